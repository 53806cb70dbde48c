//go:build linux || darwin

package badgerstore

import (
	"io/fs"
	"syscall"
)

// freeBytes returns how many bytes a user without privileges may still write to a file
// system.
func freeBytes(dir string) (bytes uint64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true
}

// allocated returns how many bytes a file takes on the disk; Badger's logs have holes.
func allocated(info fs.FileInfo) uint64 {
	const block = 512
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Blocks) * block
	}
	return uint64(info.Size())
}
