package badgerstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// wantPrivate checks that only the owner has permissions on a directory and on
// everything in it.
func wantPrivate(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode()&others != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOnlyTheOwnerReads opens a directory that is new, and one that is readable
// to all, as are its files.
func TestOnlyTheOwnerReads(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes are those of POSIX")
	}
	dir := filepath.Join(t.TempDir(), "data")
	for range 2 {
		stopped(t, dir, func(s *store) {
			wantPrivate(t, dir)
			err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("a"), []byte("secret")) })
			if err != nil {
				t.Fatal(err)
			}
		})
		wantPrivate(t, dir)
		loosen(t, dir)
	}
}

// loosen gives everybody the right to read.
func loosen(t *testing.T, dir string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	err = errors.Join(err, os.Chmod(dir, 0o755))
	for _, path := range paths {
		err = errors.Join(err, os.Chmod(path, 0o644))
	}
	if err != nil || len(paths) == 0 {
		t.Fatal(len(paths), err)
	}
}

// TestModeThatStays opens a directory that belongs to somebody else, and one on a file
// system that accepts a mode and does not keep it.
func TestModeThatStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		chmod func(string, fs.FileMode) error
		want  error
	}{
		{func(string, fs.FileMode) error { return fs.ErrPermission }, fs.ErrPermission},
		{func(string, fs.FileMode) error { return nil }, errModeStays},
	} {
		err := narrow(dir, directoryMode, test.chmod)
		if !errors.Is(err, test.want) {
			t.Errorf("narrow = %v, want %v", err, test.want)
		}
		if text := readableToOthers(dir, err).Error(); !strings.Contains(text, "chmod 700") {
			t.Errorf("the error does not say what to do: %s", text)
		}
	}
}
