//go:build !linux && !darwin

package badgerstore

import "io/fs"

// freeBytes is not known on other systems: there a full disk ends the process.
func freeBytes(string) (bytes uint64, known bool) { return 0, false }

func allocated(info fs.FileInfo) uint64 { return uint64(info.Size()) }
