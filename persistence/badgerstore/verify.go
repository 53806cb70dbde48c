package badgerstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/ristretto/v2/z"
)

// verify looks for damage in a directory that no process uses, and changes
// nothing. Badger would cut off, delete or overlook what it cannot read, end the
// process over some of it, and notice some only when it is read.
func (d *directory) verify() (err error) {
	if d.mark, d.marked, err = d.readMark(); err != nil {
		return err
	}
	d.before = d.mark
	if err := d.verifySeal(); err != nil {
		return err
	}
	logs, err := d.logs()
	if err != nil {
		return err
	}
	tables, err := d.manifestTables(len(logs) > 0)
	if err != nil {
		return err
	}
	number, err := d.verifyTables(tables)
	if err != nil {
		return err
	}
	if err := d.verifyLogs(number); err != nil {
		return err
	}
	return d.verifyRest()
}

// verifyRest checks the files of Badger that hold none of our data.
func (d *directory) verifyRest() error {
	values, err := d.glob("*.vlog")
	if err != nil {
		return err
	}
	err = d.verifyFiles(values, func(_ int, content []byte) error {
		state := readLog(content)
		return errors.Join(state.err, state.torn)
	})
	if err != nil {
		return err
	}
	return d.verifyRegistry()
}

// logs returns the files of Badger's write-ahead and value logs.
func (d *directory) logs() ([]string, error) { return d.glob("*.mem", "*.vlog") }

func (d *directory) glob(patterns ...string) (paths []string, err error) {
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(d.path, pattern))
		if err != nil {
			return nil, unreadable(d.path, err)
		}
		paths = append(paths, found...)
	}
	return paths, nil
}

// manifestTables returns the files of the tables that the MANIFEST names. It may
// be missing only if a process was killed before it stored anything.
func (d *directory) manifestTables(logs bool) (paths []string, err error) {
	file, err := os.Open(filepath.Join(d.path, badger.ManifestFilename))
	if errors.Is(err, os.ErrNotExist) {
		if tables, err := d.glob("*.sst"); err != nil || len(tables) == 0 && !logs {
			return nil, err
		}
		return nil, damaged(d.path, "the file MANIFEST is missing")
	}
	if err != nil {
		return nil, unreadable(d.path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, unreadable(d.path, err)
	}
	manifest, end, err := badger.ReplayManifestFile(file, 0, badger.Options{})
	if err != nil || info.Size() != end && !tornWrite(info.Size()) {
		return nil, damaged(d.path, "the file MANIFEST is not readable")
	}
	if len(manifest.Levels) > 0 {
		d.fresh = len(manifest.Levels[0].Tables)
	}
	for id := range manifest.Tables {
		paths = append(paths, table.NewFilename(id, d.path))
	}
	slices.Sort(paths)
	return paths, nil
}

// tornWrite tells whether a file of this size can end in a record that a killed
// process did not finish: systems write whole blocks.
func tornWrite(size int64) bool { return size%512 == 0 }

// verifyFiles verifies files on all processors, since that takes most of the time of
// opening a large store, and returns the first error in the files' order.
func (d *directory) verifyFiles(paths []string, verify func(i int, content []byte) error) error {
	errs := make([]error, len(paths))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(len(paths), runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(paths)); i = next.Add(1) - 1 {
				errs[i] = d.verifyFile(paths[i], func(content []byte) error { return verify(int(i), content) })
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// verifyFile calls verify with the content of a file, and wraps its error.
func (d *directory) verifyFile(path string, verify func([]byte) error) error {
	name := filepath.Base(path)
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return damaged(d.path, "the file "+name+" is missing")
	}
	if err != nil {
		return unreadable(d.path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return unreadable(d.path, err)
	case !info.Mode().IsRegular():
		return damaged(d.path, name+" is not a file")
	case info.Size() == 0: // cannot be mapped
		err = verify(nil)
	default:
		data, mapErr := z.Mmap(file, false, info.Size())
		if mapErr != nil {
			return unreadable(d.path, mapErr)
		}
		err = errors.Join(verify(data), z.Munmap(data))
	}
	if err != nil {
		return damaged(d.path, fmt.Sprintf("the file %s is not readable, since %v", name, err))
	}
	return nil
}
