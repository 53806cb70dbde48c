package badgerstore

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// checkKinds refuses a directory in which something is not a regular file. A
// symbolic link would lead a write out of the directory, and a pipe would stop
// the start until somebody writes to it. It is called before anything in the
// directory is opened.
func checkKinds(path string, entries []fs.DirEntry) error {
	for _, entry := range entries {
		kind := entry.Type()
		if !kind.IsRegular() && !(kind.IsDir() && slices.Contains(fileSystems, entry.Name())) {
			return notFile(path, entry.Name(), kindName(kind))
		}
	}
	return nil
}

// fileSystems are the directories that a file system makes at its top.
var fileSystems = []string{"lost+found"}

func kindName(kind fs.FileMode) string {
	switch {
	case kind&fs.ModeSymlink != 0:
		return "a symbolic link"
	case kind.IsDir():
		return "a directory"
	case kind&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case kind&fs.ModeSocket != 0:
		return "a socket"
	case kind&fs.ModeDevice != 0:
		return "a device"
	}
	return fmt.Sprintf("of the kind %v", kind)
}

// create makes a file of the directory anew. It does not write through a link
// that somebody puts there meanwhile.
func (d *directory) create(name string) (*os.File, error) {
	path := filepath.Join(d.path, name)
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
}
