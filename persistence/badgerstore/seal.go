package badgerstore

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"

	"github.com/dgraph-io/badger/v4"
)

// sealFile exists while no process uses the directory, if the last one closed it. It
// holds the size and the checksum of the MANIFEST, which names all tables. Because of
// it, a MANIFEST whose end was lost is not mistaken for one that a killed process left.
const sealFile = "CLOSED"

// manifestSeal returns what sealFile should hold.
func (d *directory) manifestSeal() ([]byte, error) {
	manifest, err := os.ReadFile(filepath.Join(d.path, badger.ManifestFilename))
	if err != nil {
		return nil, err
	}
	sum := crc32.Checksum(manifest, crc32.MakeTable(crc32.Castagnoli))
	return fmt.Appendf(nil, "manifest %d bytes, crc32c %08x\n", len(manifest), sum), nil
}

// begin prepares a verified directory for Badger. It removes the seal, since Badger may
// now write at any time; the logs that a killed process had created but not yet sized,
// which Badger cannot open; and the logs after a gap. From now on there is a mark.
func (d *directory) begin() error {
	if d == nil {
		return nil
	}
	logs, err := d.logs()
	if err != nil {
		return err
	}
	gone := slices.Clone(d.lost)
	for _, path := range logs {
		if info, err := os.Stat(path); err == nil && info.Size() == 0 && !slices.Contains(gone, path) {
			gone = append(gone, path)
		}
	}
	if d.seal != nil {
		gone = append(gone, filepath.Join(d.path, sealFile))
	}
	for _, path := range gone {
		if err := os.Remove(path); err != nil {
			return unreadable(d.path, err)
		}
	}
	if err := d.openMark(); err != nil {
		return err
	}
	// A removed log that is there again, or a mark that is not, would look like damage.
	return unreadableIf(d.path, d.medium.directory(d.path))
}

// giveUp restores the seal when Badger could not be opened.
func (d *directory) giveUp() error {
	if d == nil || d.seal == nil {
		return d.abandon()
	}
	file, err := d.create(sealFile)
	if err == nil {
		_, err = file.Write(d.seal)
		err = errors.Join(err, file.Close())
	}
	return errors.Join(err, d.abandon())
}

// abandon releases the directory without a seal.
func (d *directory) abandon() error {
	if d == nil {
		return nil
	}
	return errors.Join(d.closeMark(), d.release())
}

// close seals the directory after Badger has closed all its files. A seal that is cut
// off counts as none.
func (d *directory) close() error {
	if d == nil {
		return nil
	}
	return errors.Join(d.writeSeal(), d.tightenFiles(), d.abandon())
}

func (d *directory) writeSeal() error {
	seal, err := d.manifestSeal()
	if err != nil {
		return err
	}
	file, err := d.create(sealFile)
	if err != nil {
		return err
	}
	_, err = file.Write(seal)
	return errors.Join(err, d.medium.file(file), file.Close(), d.medium.directory(d.path))
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
