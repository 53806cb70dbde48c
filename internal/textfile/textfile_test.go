package textfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/internal/textfile"
)

func TestRead(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := textfile.Read(name, 3); string(text) != "abc" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	var large *textfile.TooLarge
	if text, err := textfile.Read(name, 2); text != nil || !errors.As(err, &large) || !strings.HasPrefix(err.Error(), name+": ") {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := textfile.Read(name+"x", 3); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := textfile.Read(filepath.Dir(name), 3); err == nil {
		t.Error("a directory was read")
	}
}

// Reading an endless input stops.
func TestReadFromSomethingEndless(t *testing.T) {
	t.Parallel()
	read := 0
	_, err := textfile.ReadFrom(endless{&read}, "standard input", textfile.Document)
	if err == nil || err.Error() != "standard input: it is larger than 1 MiB, and was not read" {
		t.Error(err)
	}
	if read > 2*textfile.Document {
		t.Errorf("%d bytes were read", read)
	}
}

type endless struct{ read *int }

func (e endless) Read(p []byte) (int, error) {
	*e.read += len(p)
	return len(p), nil
}
