package sigv4

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// upload is an aws-chunked request that is to be made.
type upload struct {
	content  []byte
	sizes    []int  // of the chunks; the rest is the last one
	word     string // of the payload
	trailer  string // names in x-amz-trailer
	lines    string // of the trailer, as they are sent
	length   string // the decoded length; empty: that of the content
	encoding string
}

// request makes the request. AWS's signers sign it: the head, and the chunks with
// the signer of event streams, which signs the same string.
func (u upload) request(t testing.TB) *http.Request {
	t.Helper()
	r, err := http.NewRequest("PUT", "http://localhost:4260/bucket/a//b%2Fc", nil)
	if err != nil {
		t.Fatal(err)
	}
	if u.length == "" {
		u.length = strconv.Itoa(len(u.content))
	}
	for name, value := range map[string]string{
		"X-Amz-Content-Sha256": u.word, "X-Amz-Decoded-Content-Length": u.length, "X-Amz-Trailer": u.trailer,
		"Content-Encoding": strings.TrimPrefix(u.encoding+",aws-chunked", ","),
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	credentials := aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}
	sdk := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := sdk.SignHTTP(context.Background(), credentials, r, u.word, "s3", "eu-west-1", signedAt); err != nil {
		t.Fatal(err)
	}
	seed, err := hex.DecodeString(r.Header.Get("Authorization")[strings.Index(r.Header.Get("Authorization"), "Signature=")+10:])
	if err != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(u.framed(t, v4.NewStreamSigner(credentials, "s3", "eu-west-1", seed))))
	return r
}

func (u upload) framed(t testing.TB, signer *v4.StreamSigner) []byte {
	var b bytes.Buffer
	add := func(content []byte) {
		fmt.Fprintf(&b, "%x", len(content))
		if payloadForms[u.word].signer != "" {
			signature, err := signer.GetSignature(context.Background(), nil, content, signedAt)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, ";chunk-signature=%x", signature)
		}
		b.WriteString("\r\n")
		b.Write(content)
		if len(content) > 0 {
			b.WriteString("\r\n")
		}
	}
	rest := u.content
	for _, size := range append(u.sizes, len(u.content)) {
		if size = min(size, len(rest)); size > 0 {
			add(rest[:size])
			rest = rest[size:]
		}
	}
	add(nil)
	b.WriteString(u.lines + "\r\n")
	return b.Bytes()
}

func (u upload) open(t testing.TB) (*Body, error) {
	t.Helper()
	return open(t, u.request(t))
}

func open(t testing.TB, r *http.Request) (*Body, error) {
	t.Helper()
	sig, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	return sig.Open(testSecret)
}

// read is what can be read of the body.
func (u upload) read(t testing.TB) ([]byte, *Body, error) {
	t.Helper()
	b, err := u.open(t)
	if err != nil {
		return nil, nil, err
	}
	got, err := io.ReadAll(b)
	return got, b, err
}

// bytesOf are bytes that do not repeat.
func bytesOf(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// Chunks of all sizes that AWS's signer has signed are read.
func TestChunksThatTheSDKSigned(t *testing.T) {
	t.Parallel()
	for name, sizes := range map[string][]int{
		"no content": nil, "one byte": {1}, "one chunk": {100_000}, "the smallest chunks": {8192, 8192, 8192, 5},
		"chunks of 64 KiB": {65536, 65536, 65536, 1}, "a mebibyte": {1 << 20, 1 << 20}, "more than a mebibyte": {1<<20 + 1, 3 << 20, 7},
		"larger and larger": {8192, 70_000, 300_000, 1_048_576, 2_000_000}, "at the end of a piece": {2 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := 0
			for _, size := range sizes {
				total += size
			}
			for _, word := range []string{StreamingPayload, StreamingUnsignedTrailer} {
				u := upload{content: bytesOf(total), sizes: sizes, word: word}
				got, b, err := u.read(t)
				if err != nil || !bytes.Equal(got, u.content) || b.Size() != int64(total) {
					t.Errorf("%s: %d bytes of %d, %v", word, len(got), total, err)
				}
			}
		})
	}
}

// checksumsOfDigits are the checksums of "123456789": the CRCs are the check values
// of the catalogue of CRC algorithms, the hashes are Python's.
var checksumsOfDigits = map[string]string{
	"x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-checksum-crc32c": "4waSgw==", "x-amz-checksum-crc64nvme": "rosUhgp5mIg=",
	"x-amz-checksum-sha1": "98O8HYCOBHMq32eZZczDTKeuNEE=", "x-amz-checksum-sha256": "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
}

func TestTrailingChecksums(t *testing.T) {
	t.Parallel()
	for name, value := range checksumsOfDigits {
		u := upload{content: []byte("123456789"), word: StreamingUnsignedTrailer, trailer: name, lines: name + ":" + value + "\r\n"}
		got, b, err := u.read(t)
		if err != nil || string(got) != "123456789" || b.Trailer().Get(name) != value {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		u.content = []byte("123456780")
		if got, _, err = u.read(t); !errors.Is(err, ErrChecksum) || string(got) != "12345678" {
			t.Errorf("%s: another content: %q, %v", name, got, err)
		}
	}
}

// A CRC-64 is the same however its content is cut.
func TestNVMEInPieces(t *testing.T) {
	t.Parallel()
	content := bytesOf(1000)
	whole := newChecksum("x-amz-checksum-crc64nvme")
	whole.Write(content)
	for cut := range 40 {
		pieces := newChecksum("x-amz-checksum-crc64nvme")
		pieces.Write(content[:cut])
		pieces.Write(content[cut:])
		if pieces.encoded() != whole.encoded() {
			t.Errorf("cut at %d: %s, want %s", cut, pieces.encoded(), whole.encoded())
		}
	}
}

// What is wrong with an upload, and how much of it can be read.
func TestRefusedUploads(t *testing.T) {
	t.Parallel()
	const crc, line = "x-amz-checksum-crc32", "x-amz-checksum-crc32:y/Q5Jg==\r\n"
	good := upload{content: []byte("123456789"), word: StreamingUnsignedTrailer, trailer: crc, lines: line}
	for name, c := range map[string]struct {
		change func(u *upload)
		want   error
		most   int
	}{
		"no decoded length":                {func(u *upload) { u.length = "many" }, ErrDecodedLength, 0},
		"a negative decoded length":        {func(u *upload) { u.length = "-1" }, ErrDecodedLength, 0},
		"a longer decoded length":          {func(u *upload) { u.length = "10" }, ErrIncomplete, 9},
		"a shorter decoded length":         {func(u *upload) { u.length = "8" }, ErrIncomplete, 0},
		"a decoded length of nothing":      {func(u *upload) { u.length = "0" }, ErrIncomplete, 0},
		"another trailer":                  {func(u *upload) { u.lines = "x-amz-checksum-crc32c:y/Q5Jg==\r\n" }, ErrTrailer, 8},
		"a trailer that is not a header":   {func(u *upload) { u.lines = "x-amz-checksum-crc32\r\n" }, ErrTrailer, 8},
		"a trailer twice":                  {func(u *upload) { u.lines = line + line }, ErrTrailer, 8},
		"no trailer":                       {func(u *upload) { u.lines = "" }, ErrTrailer, 8},
		"a trailer too many":               {func(u *upload) { u.lines = line + "x-amz-checksum-sha1:x\r\n" }, ErrTrailer, 8},
		"a signature of nothing signed":    {func(u *upload) { u.lines = line + "x-amz-trailer-signature:0\r\n" }, ErrTrailer, 8},
		"a long trailer":                   {func(u *upload) { u.lines = crc + ":" + strings.Repeat("y", 5000) }, ErrTrailer, 8},
		"a checksum of something else":     {func(u *upload) { u.lines = crc + ":AAAAAA==\r\n" }, ErrChecksum, 8},
		"an unannounced trailer":           {func(u *upload) { u.trailer = "" }, ErrTrailer, 8},
		"a trailer that is not a checksum": {func(u *upload) { u.trailer = "x-amz-meta-a" }, ErrTrailerName, 0},
		"an unsigned trailer":              {func(u *upload) { u.word = StreamingPayloadTrailer }, ErrIncomplete, 8},
		"chunks of SigV4A":                 {func(u *upload) { u.word = StreamingPayloadV4A }, ErrPayloadWord, 0},
		"events":                           {func(u *upload) { u.word = "STREAMING-AWS4-HMAC-SHA256-EVENTS" }, ErrPayloadWord, 0},
		"a hash that is too short":         {func(u *upload) { u.word = "00" }, ErrPayloadWord, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := good
			c.change(&u)
			got, _, err := u.read(t)
			if !errors.Is(err, c.want) || len(got) > c.most {
				t.Errorf("%d bytes, %v, want %v", len(got), err, c.want)
			}
		})
	}
}

// As S3 has it, a small chunk is refused when another one follows.
func TestSmallChunks(t *testing.T) {
	t.Parallel()
	for _, word := range []string{StreamingPayload, StreamingUnsignedTrailer} {
		u := upload{content: bytesOf(20_000), sizes: []int{10_000, 8191}, word: word}
		got, _, err := u.read(t)
		var fault *Error
		if !errors.As(err, &fault) || fault.Reason != ErrChunkSize || fault.Chunk != 3 || fault.Size != 8191 || len(got) > 18191 {
			t.Errorf("%s: %d bytes, %+v", word, len(got), err)
		}
	}
}

// Nothing of a chunk is read before its signature is known to be right, unless it is
// larger than a mebibyte; then its end is not.
func TestNothingIsReadOfAChunkThatIsChanged(t *testing.T) {
	t.Parallel()
	for size, most := range map[int]int{100_000: 8192, 1 << 20: 8192, 3 << 20: 8192 + 3<<20 - 1} {
		u := upload{content: bytesOf(8192 + size), sizes: []int{8192, size}, word: StreamingPayload}
		r := u.request(t)
		wire, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		wire[20_000] ^= 1
		r.Body = io.NopCloser(bytes.NewReader(wire))
		b, err := open(t, r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(b)
		if !errors.Is(err, ErrChunkMismatch) || len(got) > most {
			t.Errorf("a chunk of %d: %d bytes, %v", size, len(got), err)
		}
		if n, again := b.Read(make([]byte, 9)); n != 0 || again != err {
			t.Errorf("read again: %d, %v", n, again)
		}
	}
}

// A source that fails is not one that has ended.
func TestChunksOfASourceThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	u := upload{content: bytesOf(100_000), word: StreamingPayload}
	whole, err := io.ReadAll(u.request(t).Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 10, 5_000, 100_100, len(whole) - 1, len(whole)} {
		r := u.request(t)
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(whole[:at]), failing{broken}))
		b, err := open(t, r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(b)
		if err != broken || b.Err() != broken || len(got) >= len(u.content) {
			t.Errorf("after %d: %d bytes, %v", at, len(got), err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// The buffers that bodies share are of one body at a time.
func TestManyBodiesAtOnce(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	for i := range 8 {
		u := upload{content: bytes.Repeat([]byte{byte(i)}, 300_000), sizes: []int{8192, 65536, 100_000}, word: StreamingPayload}
		group.Go(func() {
			for range 5 {
				if got, _, err := u.read(t); err != nil || !bytes.Equal(got, u.content) {
					t.Errorf("body %d: %d bytes, %v", i, len(got), err)
				}
			}
		})
	}
	group.Wait()
}
