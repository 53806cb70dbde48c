//go:build unix

package badgerstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
)

// TestOnlyRegularFiles replaces each file that a store opens by something that is not a
// regular file. A link leads to the file's own content, so that nothing else is wrong.
func TestOnlyRegularFiles(t *testing.T) {
	t.Parallel()
	closed := copies(t, closedDirectory)
	empty := func(t *testing.T) string { return t.TempDir() }
	kinds := map[string]func(path, content string) error{
		"a symbolic link": func(path, content string) error { return os.Symlink(content, path) },
		"a named pipe":    func(path, _ string) error { return syscall.Mkfifo(path, 0o600) },
		"a directory":     func(path, _ string) error { return os.Mkdir(path, 0o700) },
	}
	for _, at := range []struct {
		name, file string
		make       func(*testing.T) string
	}{
		{"format", "FORMAT", closed},
		{"draft of the format", "FORMAT.new", empty},
		{"mark", "SYNCED", closed},
		{"seal", "CLOSED", closed},
		{"manifest", "MANIFEST", closed},
		{"discards", "DISCARD", closed},
		{"key registry", "KEYREGISTRY", closed},
		{"value log", "000001.vlog", closed},
		{"next log", "00009.mem", closed},
		{"new manifest", "MANIFEST-REWRITE", closed},
		{"a name of nobody", "letter.txt", closed},
	} {
		for kind, put := range kinds {
			t.Run(at.name+" is "+kind, func(t *testing.T) {
				t.Parallel()
				dir := at.make(t)
				path := filepath.Join(dir, at.file)
				if err := put(path, moved(t, path)); err != nil {
					t.Fatal(err)
				}
				wantKindRefused(t, dir, kind)
			})
		}
	}
}

// moved moves a file out of the directory, makes it if it is not there, and
// returns its new path.
func moved(t *testing.T, path string) string {
	content := filepath.Join(t.TempDir(), "content")
	err := os.Rename(path, content)
	if errors.Is(err, os.ErrNotExist) {
		err = os.WriteFile(content, []byte("a file of somebody else"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func wantKindRefused(t *testing.T, dir, kind string) {
	t.Helper()
	before := names(t, dir)
	s, err := badgerstore.Open(badgerstore.Options{Dir: dir})
	if err == nil {
		t.Fatal("it opens, and closing it: ", s.Close())
	}
	if text := err.Error(); !errors.Is(err, persistence.ErrDamaged) || !strings.Contains(text, dir) ||
		!strings.Contains(text, kind) || strings.Contains(text, "\n") {
		t.Errorf("the error is not one sentence that names the directory and the kind: %s", text)
	}
	if diff := cmp.Diff(before, names(t, dir)); diff != "" {
		t.Errorf("the directory has changed (-before +after):\n%s", diff)
	}
}

func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		out = append(out, entry.Type().String()+" "+entry.Name())
	}
	return out
}

// TestLinkLeadsNowhere opens an empty-looking directory that has a link to another file.
func TestLinkLeadsNowhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	draft := filepath.Join(dir, "FORMAT.new")
	outside := moved(t, draft)
	before, err := os.ReadFile(outside)
	if err := errors.Join(err, os.Symlink(outside, draft)); err != nil {
		t.Fatal(err)
	}
	if s, err := badgerstore.Open(badgerstore.Options{Dir: dir}); err == nil {
		t.Errorf("it opens, and closing it: %v", s.Close())
	}
	if after, err := os.ReadFile(outside); err != nil || string(after) != string(before) {
		t.Errorf("the file outside is now %q, %v", after, err)
	}
}
