package badgerstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Modes of a data directory and of the files in it: secrets are stored in clear.
const (
	directoryMode = 0o700
	fileMode      = 0o600

	// others are the permissions of everybody but the owner.
	others = 0o077
)

// tighten removes everybody's permissions on the directory and its files, except the
// owner's. An older version, or whoever made the directory, may have left them readable.
func (d *directory) tighten() error {
	if runtime.GOOS == "windows" { // which has no such modes
		return nil
	}
	if err := narrow(d.path, directoryMode, os.Chmod); err != nil {
		return readableToOthers(d.path, err)
	}
	return d.tightenFiles()
}

// tightenFiles does so for the files alone. Badger creates its files with the mode that
// the umask leaves, so this is repeated when there may be new ones; until then the mode
// of the directory protects them.
func (d *directory) tightenFiles() error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return unreadable(d.path, err)
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			continue
		}
		err := narrow(filepath.Join(d.path, entry.Name()), fileMode, os.Chmod)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return readableToOthers(d.path, err)
		}
	}
	return nil
}

var errModeStays = errors.New("the file system does not keep the mode")

// narrow sets this mode on path if others have a permission on it, and checks whether
// that worked: some file systems have one mode for all files.
func narrow(path string, mode fs.FileMode, chmod func(string, fs.FileMode) error) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&others == 0 {
		return err
	}
	if err := chmod(path, mode); err != nil {
		return err
	}
	if info, err = os.Stat(path); err == nil && info.Mode()&others != 0 {
		err = errModeStays
	}
	return err
}
