package npm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pack builds an npm archive of the given files.
func pack(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	tape := tar.NewWriter(zip)
	for name, text := range files {
		header := &tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(text)), Mode: 0o644}
		if err := tape.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := tape.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(tape.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestOpen(t *testing.T) {
	t.Parallel()
	archive := pack(t, map[string]string{"package/data/a.json": "{}", "package/README": "read"})
	p := Package{Name: "@scope/name", Version: "1.2.3", Integrity: integrity(archive)}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "scope-name-1.2.3.tgz"), archive, 0o644); err != nil {
		t.Fatal(err)
	}

	files, err := Open(p, dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range []string{"data/a.json", "README"} {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		got[name] = string(data)
	}
	want := map[string]string{"data/a.json": "{}", "README": "read"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	archive := pack(t, map[string]string{"package/a": "a"})
	dir := t.TempDir()
	for _, name := range []string{"altered-1.0.0.tgz", "garbled-1.0.0.tgz"} {
		data := archive
		if name == "garbled-1.0.0.tgz" {
			data = []byte("not a gzip archive")
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		p    Package
		want error
	}{
		{"an archive with another hash", Package{"altered", "1.0.0", "sha512-AAAA"}, ErrIntegrity},
		{"an archive that is absent", Package{"absent", "1.0.0", "sha512-AAAA"}, fs.ErrNotExist},
		{"an archive that is not a gzip archive", Package{"garbled", "1.0.0", integrity([]byte("not a gzip archive"))}, gzip.ErrHeader},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Open(test.p, dir); !errors.Is(err, test.want) {
				t.Errorf("Open: %v, want %v", err, test.want)
			}
		})
	}
}
