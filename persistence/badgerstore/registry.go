package badgerstore

import (
	"bytes"
	"errors"

	"github.com/dgraph-io/badger/v4"
)

// Badger's registry of keys is random bytes and a string, and then the keys. We do
// not encrypt, so there are no keys.
const (
	registryRandom = 16
	registryText   = "Hello Badger"
)

var errRegistry = errors.New("it is not the one that was written")

// verifyRegistry checks the registry of keys, if there is one. Badger itself
// takes a length in it for the number of bytes to reserve.
func (d *directory) verifyRegistry() error {
	paths, err := d.glob(badger.KeyRegistryFileName)
	if err != nil {
		return err
	}
	return d.verifyFiles(paths, func(_ int, content []byte) error { return readRegistry(content) })
}

func readRegistry(content []byte) error {
	if len(content) < registryRandom || !bytes.Equal(content[registryRandom:], []byte(registryText)) {
		return errRegistry
	}
	return nil
}
