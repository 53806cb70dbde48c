package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// passed remembers what has passed on this machine: a directory with an empty file for
// each. Without a directory it remembers nothing.
type passed string

// passedCommits returns where the commits that passed with this toolchain are
// remembered. They are remembered by the IDs of their trees, because the same files
// would pass again.
func passedCommits(ctx context.Context) (passed, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", nil // a machine without a home remembers nothing
	}
	toolchain, err := output(ctx, ".", "go", "env", "GOVERSION", "GOOS", "GOARCH", "CGO_ENABLED", "GOFLAGS")
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, toolchain, vetting)))
	return passed(filepath.Join(cache, "understudy-gate", name)), nil
}

func (p passed) has(name string) bool {
	if p == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(string(p), name))
	return err == nil
}

func (p passed) add(name string) error {
	if p == "" {
		return nil
	}
	if err := os.MkdirAll(string(p), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(string(p), name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil // another run has already noted it
	}
	if err != nil {
		return err
	}
	return f.Close()
}
