package badgerstore

import (
	"errors"
	"fmt"

	"github.com/understudy-iam/understudy/persistence"
)

// Each error about a directory is one sentence that names it and says what to
// do, and wraps what persistence calls it.

func inUse(dir string) error {
	return fmt.Errorf("%w: %q is open in another process; stop that one or choose another directory",
		persistence.ErrInUse, dir)
}

func newerFormat(dir string, found int) error {
	return fmt.Errorf("%w: %q has format %d and this version reads up to %d; use the version that wrote it or a newer one",
		persistence.ErrNewerFormat, dir, found, format)
}

func notDirectory(dir string) error {
	return fmt.Errorf("%w: %q is not a directory; choose a directory", persistence.ErrDamaged, dir)
}

func unreadable(dir string, err error) error {
	return fmt.Errorf("%w: %q cannot be used (%w); change its permissions or choose another directory",
		persistence.ErrDamaged, dir, err)
}

func foreign(dir string) error {
	return fmt.Errorf("%w: %q holds other files and no data of Understudy; choose an empty directory",
		persistence.ErrDamaged, dir)
}

func damaged(dir, what string) error {
	return fmt.Errorf("%w: in %q %s; restore the directory from a copy or choose another one",
		persistence.ErrDamaged, dir, what)
}

// cannotOpen is Badger's own refusal, after everything we know of was checked.
func cannotOpen(dir string, err error) error {
	switch {
	case dir == "":
		return fmt.Errorf("persistence: opening a store in memory: %w", err)
	case errors.Is(err, persistence.ErrDamaged):
		return fmt.Errorf("%w; restore %q from a copy or choose another directory", err, dir)
	}
	return fmt.Errorf("%w: %q cannot be opened (%w); restore it from a copy or choose another directory",
		persistence.ErrDamaged, dir, err)
}
