package badgerstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// format is the version of layout.go. It is increased by a change that an older version
// would misread.
const format = 1

const (
	// formatFile holds formatText and the version. It is the first file of a
	// directory, so a directory without it is not ours.
	formatFile = "FORMAT"
	formatText = "understudy-data %d\n"

	// formatDraft becomes formatFile once it is written.
	formatDraft = "FORMAT.new"
)

// directory is a data directory that is checked and locked. Its methods may be
// called on nil, for a store in memory.
type directory struct {
	path   string
	unlock func() error // nil where Badger locks the directory itself
	seal   []byte       // what sealFile held, if it was there
	fresh  int          // the number of tables of level zero
	room   *room
	medium medium
	named  map[string]bool // the logs whose names are on the medium

	acceptLoss bool
	old        bool // the directory was in use before
	contents        // what verify found

	markFile *os.File // while the store is open
	mark     mark     // as it is on the medium
	marked   bool     // verify found a mark
}

// contents says how much of what was written a directory holds.
type contents struct {
	number uint64   // of the last transaction before the first that is missing
	torn   string   // what is broken after that, if anything is
	lost   []string // logs that continue after a gap

	before   mark // the mark that was found
	accepted bool // it would be refused without acceptLoss
}

// openDirectory makes or checks a data directory and locks it. If it returns an
// error, a directory that was there is as it was.
func openDirectory(o Options) (d *directory, err error) {
	path := o.Dir
	if err := os.MkdirAll(path, directoryMode); err != nil {
		if info, statErr := os.Stat(path); statErr == nil && !info.IsDir() {
			return nil, notDirectory(path)
		}
		return nil, unreadable(path, err)
	}
	fresh, err := checkFormat(path)
	if err != nil {
		return nil, err
	}
	d = &directory{path: path, acceptLoss: o.AcceptLoss, old: !fresh, medium: o.medium}
	if d.medium.file == nil {
		d.medium = realMedium
	}
	if d.unlock, err = lock(path); err != nil {
		return nil, err
	}
	if err := d.prepare(o); err != nil {
		return nil, errors.Join(err, d.release())
	}
	return d, nil
}

// prepare makes an empty directory ours, or verifies one that is ours already. Only the
// owner can read it afterwards.
func (d *directory) prepare(o Options) error {
	if err := d.watchRoom(o); err != nil {
		return err
	}
	if err := d.roomToOpen(); err != nil { // before anything is read
		return err
	}
	if d.old {
		if err := d.verify(); err != nil {
			return err
		}
		if err := d.roomToOpen(); err != nil { // the tables are known now
			return err
		}
	}
	if err := d.tighten(); err != nil || d.old {
		return err
	}
	return d.writeFormat()
}

// checkFormat reports whether a directory is empty, and refuses one that is neither
// empty nor a data directory of a format that we read.
func checkFormat(path string) (fresh bool, err error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return false, unreadable(path, err)
	}
	fresh = !slices.ContainsFunc(entries, func(entry fs.DirEntry) bool { return entry.Name() == formatFile })
	if fresh && slices.ContainsFunc(entries, isForeign) {
		return false, foreign(path)
	}
	if err := checkKinds(path, entries); err != nil || fresh {
		return fresh, err
	}
	text, err := os.ReadFile(filepath.Join(path, formatFile))
	if err != nil {
		return false, unreadable(path, err)
	}
	var found int
	if _, err := fmt.Sscanf(string(text), formatText, &found); err != nil || found < 1 {
		return false, damaged(path, "the file "+formatFile+" is not readable")
	}
	if found > format {
		return false, newerFormat(path, found)
	}
	return false, nil
}

// isForeign reports whether an entry of a directory that is not ours yet is something
// else than what a new file system has or a process leaves that was killed at its start.
func isForeign(entry fs.DirEntry) bool {
	return entry.Name() != formatDraft && !slices.Contains(fileSystems, entry.Name())
}

// writeFormat makes the directory ours. Badger syncs the directory after it.
func (d *directory) writeFormat() error {
	file, err := d.create(formatDraft)
	if err != nil {
		return unreadable(d.path, err)
	}
	_, err = fmt.Fprintf(file, formatText, format)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return unreadable(d.path, err)
	}
	if err := os.Rename(file.Name(), filepath.Join(d.path, formatFile)); err != nil {
		return unreadable(d.path, err)
	}
	return nil
}

// locked tells whether we hold the lock that Badger would take.
func (d *directory) locked() bool { return d != nil && d.unlock != nil }

// release gives the lock back.
func (d *directory) release() error {
	if !d.locked() {
		return nil
	}
	return d.unlock()
}

// crowded tells whether compaction did not keep up with the tables.
func (d *directory) crowded() bool { return d != nil && d.fresh > levelZero }
