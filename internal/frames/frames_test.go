package frames_test

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/understudy-iam/understudy/internal/frames"
)

const dictionary = "words that both have"

func compressed(t *testing.T, text string, options ...zstd.EOption) string {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, options...)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoder.EncodeAll([]byte(text), nil))
}

func TestWhatIsPackedIsRead(t *testing.T) {
	t.Parallel()
	plain := compressed(t, "plain")
	against := compressed(t, dictionary+" and more", zstd.WithEncoderDictRaw(frames.DictionaryID, []byte(dictionary)))
	table := binary.AppendUvarint(nil, 2)
	for _, frame := range []string{plain, against} {
		table = binary.AppendUvarint(table, uint64(len(frame)))
	}
	n, rest := frames.Varint(string(table) + plain + against)
	list := frames.Cut(rest, n)
	got := []string{string(frames.Inflate(list[0], nil)), string(frames.Inflate(list[1], []byte(dictionary)))}
	if diff := cmp.Diff([]string{"plain", dictionary + " and more"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDamageIsAPanic(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(){
		"no head":    func() { frames.Varint("") },
		"cut off":    func() { frames.Cut("\x05abc", 1) },
		"no frame":   func() { frames.Inflate("x", nil) },
		"other text": func() { frames.Inflate(compressed(t, "text")[1:], nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: a damaged table is read", name)
				}
			}()
			read()
		}()
	}
}
