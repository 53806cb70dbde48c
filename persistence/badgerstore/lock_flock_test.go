//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package badgerstore

import (
	"os"
	"syscall"
	"testing"
)

// TestLockOutlivesNoClose has a copy of the locked file, as a child process has
// until it runs its program.
func TestLockOutlivesNoClose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		t.Fatal(err)
	}
	dup, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(dup) })
	if err := giveBack(f); err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(dir)
	if err != nil {
		t.Fatalf("the directory is locked after it was given back: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
}
