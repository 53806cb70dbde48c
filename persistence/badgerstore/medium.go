package badgerstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// medium writes out what the system holds in memory. Tests replace it to see what was
// written out and when.
type medium struct {
	file      func(*os.File) error // content and size
	content   func(*os.File) error // of a file whose size does not change
	directory func(path string) error
}

var realMedium = medium{file: (*os.File).Sync, content: datasync, directory: syncDirectory}

func syncDirectory(path string) error {
	if runtime.GOOS == "windows" { // which cannot, and writes names out by itself
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// writeOut brings everything in Badger's write-ahead logs to the medium. Badger itself
// writes out tables and the MANIFEST before it removes the log from which they were
// made; a log that has just disappeared is therefore fine.
//
// Badger's own Sync would lock out all readers meanwhile, and writes out only the log
// that is being filled.
func (d *directory) writeOut() error {
	logs, err := d.glob("*.mem")
	if err != nil {
		return err
	}
	made := false
	for _, path := range logs {
		if err := d.writeOutFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		made = made || !d.named[filepath.Base(path)]
	}
	if !made {
		return nil
	}
	if err := errors.Join(d.medium.directory(d.path), d.tightenFiles()); err != nil {
		return err
	}
	d.named = map[string]bool{}
	for _, path := range logs {
		d.named[filepath.Base(path)] = true
	}
	return nil
}

func (d *directory) writeOutFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(d.medium.file(file), file.Close())
}
