package badgerstore

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
)

// sealFile is there while no process uses the directory, if the last one closed
// it. It holds the size and the checksum of the MANIFEST, which names all
// tables. With it no loss at the end of the MANIFEST passes for what a killed
// process left.
const sealFile = "CLOSED"

// manifestSeal is what sealFile should hold.
func (d *directory) manifestSeal() ([]byte, error) {
	manifest, err := os.ReadFile(filepath.Join(d.path, badger.ManifestFilename))
	if err != nil {
		return nil, err
	}
	sum := crc32.Checksum(manifest, crc32.MakeTable(crc32.Castagnoli))
	return fmt.Appendf(nil, "manifest %d bytes, crc32c %08x\n", len(manifest), sum), nil
}

// begin makes a verified directory ready for Badger: it removes the seal, since
// Badger may now write at any time, and the logs that a killed process had made
// but not yet sized, over which Badger would stumble.
func (d *directory) begin() error {
	if d == nil {
		return nil
	}
	logs, err := d.logs()
	if err != nil {
		return err
	}
	for _, path := range logs {
		if info, err := os.Stat(path); err == nil && info.Size() == 0 {
			if err := os.Remove(path); err != nil {
				return unreadable(d.path, err)
			}
		}
	}
	if d.seal != nil {
		if err := os.Remove(filepath.Join(d.path, sealFile)); err != nil {
			return unreadable(d.path, err)
		}
	}
	return nil
}

// giveUp puts the seal back as it was, when Badger could not be opened.
func (d *directory) giveUp() error {
	if d == nil || d.seal == nil {
		return d.release()
	}
	return errors.Join(os.WriteFile(filepath.Join(d.path, sealFile), d.seal, fileMode), d.release())
}

// close seals the directory when Badger has closed all its files. A seal that is
// cut off by a kill is like none, so it needs no care.
func (d *directory) close() error {
	if d == nil {
		return nil
	}
	seal, err := d.manifestSeal()
	if err == nil {
		err = os.WriteFile(filepath.Join(d.path, sealFile), seal, fileMode)
	}
	err = errors.Join(err, d.tightenFiles())
	return errors.Join(err, d.release())
}

// verifySeal compares the seal, if there is one, with the MANIFEST.
func (d *directory) verifySeal() error {
	found, err := os.ReadFile(filepath.Join(d.path, sealFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unreadable(d.path, err)
	}
	want, err := d.manifestSeal()
	switch {
	case err != nil:
		return damaged(d.path, "the file MANIFEST is missing")
	case bytes.Equal(found, want):
	case bytes.HasPrefix(want, found): // killed while it sealed
	default:
		return damaged(d.path, "the file MANIFEST is not the one that was last written")
	}
	d.seal = found
	return nil
}
