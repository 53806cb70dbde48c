package badgerstore

import (
	"fmt"

	"github.com/understudy-iam/understudy/persistence"
)

// refusal is an error about a data directory: one sentence that names the directory
// and says what to do. It unwraps to persistence's error and to the system's.
type refusal struct {
	sentence string
	causes   []error
}

func (r *refusal) Error() string   { return r.sentence }
func (r *refusal) Unwrap() []error { return r.causes }

func refuse(sentence string, causes ...error) error { return &refusal{sentence, causes} }

func inUse(dir string) error {
	return refuse(fmt.Sprintf("data directory %q is in use by another process; stop that one or choose another directory",
		dir), persistence.ErrInUse)
}

func newerFormat(dir string, found int) error {
	return refuse(fmt.Sprintf("data directory %q has format %d, and this version of Understudy reads up to %d; "+
		"use the version that wrote it or a newer one", dir, found, format), persistence.ErrNewerFormat)
}

func noRoom(dir string, free, need uint64) error {
	return refuse(fmt.Sprintf("data directory %q cannot be opened, since its file system has room for %s and that takes %s; "+
		"make room or choose another directory", dir, megabytes(free), megabytes(need)), persistence.ErrFull)
}

func notDirectory(dir string) error {
	return refuse(fmt.Sprintf("data directory %q is not a directory; choose one that is, or that does not exist yet",
		dir), persistence.ErrDamaged)
}

func unreadable(dir string, err error) error {
	return refuse(fmt.Sprintf("data directory %q cannot be used (%v); change its permissions or choose another directory",
		dir, err), persistence.ErrDamaged, err)
}

func unreadableIf(dir string, err error) error {
	if err == nil {
		return nil
	}
	return unreadable(dir, err)
}

func readableToOthers(dir string, err error) error {
	return refuse(fmt.Sprintf("data directory %q or a file in it can be read by others, and that cannot be changed (%v); "+
		"let its owner run chmod 700 on it, or choose a directory of your own", dir, err), persistence.ErrDamaged, err)
}

func foreign(dir string) error {
	return refuse(fmt.Sprintf("data directory %q holds other files and no data of Understudy; choose an empty directory",
		dir), persistence.ErrDamaged)
}

func notFile(dir, name, kind string) error {
	return refuse(fmt.Sprintf("data directory %q holds %q, which is %s and not a file of its own; remove that or choose another directory",
		dir, name, kind), persistence.ErrDamaged)
}

// removed is returned when the directory of an open store has gone.
func removed(dir string) error {
	return refuse(fmt.Sprintf("data directory %q was removed or replaced while it was in use, and what was stored in it is lost; "+
		"restore it from a copy", dir), persistence.ErrDamaged)
}

func notClosed(dir string, why error) error {
	return refuse(fmt.Sprintf("data directory %q was not closed (%v), and what was acknowledged last may be lost; start again to see what is left",
		dir, why), why)
}

// What a user can do about damage.
const (
	restoreAdvice = "restore it from a copy or choose another directory"
	acceptAdvice  = "restore it from a copy, or keep what is left with --accept-loss"
)

func damaged(dir, what string) error { return damagedBut(dir, what, restoreAdvice) }

func damagedBut(dir, what, advice string) error {
	return refuse(fmt.Sprintf("data directory %q is damaged: %s; %s", dir, what, advice), persistence.ErrDamaged)
}

// short refuses a directory that lacks data that was on the medium.
func short(dir string, found, synced uint64) error {
	return damagedBut(dir, fmt.Sprintf("changes were written up to number %d, and only those up to %d are there", synced, found), acceptAdvice)
}

// cannotOpen is a refusal by Badger, or by what we stored in it, after the files
// were verified.
func cannotOpen(dir string, err error) error {
	if dir == "" {
		return fmt.Errorf("persistence: opening a store in memory: %w", err)
	}
	return refuse(fmt.Sprintf("data directory %q is damaged: %v; restore it from a copy or choose another directory",
		dir, err), persistence.ErrDamaged, err)
}
