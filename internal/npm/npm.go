// Package npm opens published npm packages as read-only file trees, for the
// generators that turn other people's data into ours.
//
// A package is named by its version and by the integrity hash that the
// registry publishes for it, and Open refuses an archive with another hash: a
// generator run twice reads the same bytes.
//
// Caveats: only the archive's files are read; nothing in a package is run. The
// whole archive is held in memory, unpacked.
package npm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing/fstest"
)

// ErrIntegrity is returned when an archive is not the one that was pinned.
var ErrIntegrity = errors.New("archive does not have the pinned integrity hash")

// Package is one published version of a package.
type Package struct {
	Name      string // with its scope, such as "@scope/name"
	Version   string // an exact version
	Integrity string // as the registry prints it: "sha512-" and base64
}

// Archive returns the file name that "npm pack" gives the package.
func (p Package) Archive() string {
	name := strings.ReplaceAll(strings.TrimPrefix(p.Name, "@"), "/", "-")
	return name + "-" + p.Version + ".tgz"
}

// Open returns the files of p below its "package" directory. It reads the
// archive from the directory dir, or, where dir is empty, has the npm client
// download it into a directory that it removes again.
func Open(p Package, dir string) (fs.FS, error) {
	if dir == "" {
		temp, err := os.MkdirTemp("", "npm")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(temp)
		if err := download(p, temp); err != nil {
			return nil, err
		}
		dir = temp
	}
	archive, err := os.ReadFile(filepath.Join(dir, p.Archive()))
	if err != nil {
		return nil, err
	}
	if got := integrity(archive); got != p.Integrity {
		return nil, fmt.Errorf("%s@%s: %w: got %s", p.Name, p.Version, ErrIntegrity, got)
	}
	return unpack(archive)
}

func download(p Package, dir string) error {
	cmd := exec.Command("npm", "pack", "--silent", "--ignore-scripts", p.Name+"@"+p.Version)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack %s@%s: %w: %s", p.Name, p.Version, err, out)
	}
	return nil
}

func integrity(archive []byte) string {
	sum := sha512.Sum512(archive)
	return "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

// unpack reads a gzipped tar; npm puts every file below one directory, usually
// "package", which is removed from the names.
func unpack(archive []byte) (fs.FS, error) {
	zip, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	files := fstest.MapFS{}
	for tape := tar.NewReader(zip); ; {
		header, err := tape.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		_, name, found := strings.Cut(header.Name, "/")
		if header.Typeflag != tar.TypeReg || !found {
			continue
		}
		data, err := io.ReadAll(tape)
		if err != nil {
			return nil, err
		}
		files[name] = &fstest.MapFile{Data: data, Mode: 0o444}
	}
}
