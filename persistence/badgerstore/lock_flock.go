//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package badgerstore

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the lock that Badger would take, but before anything in the directory is
// written, so that nobody else uses the data while we check it. The system releases it
// when the process ends.
func lock(dir string) (unlock func() error, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, errors.Join(inUse(dir), f.Close())
	case err != nil:
		return nil, errors.Join(unreadable(dir, err), f.Close())
	}
	return func() error { return giveBack(f) }, nil
}

// giveBack unlocks before it closes the file: a child process that is being started has
// a copy of each open file until it runs its program, and the lock would last as long
// as that copy.
func giveBack(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
