//go:build !linux && !darwin

package badgerstore

import "io/fs"

// freeBytes cannot tell on these systems: a full disk ends the process there.
func freeBytes(string) (bytes uint64, known bool) { return 0, false }

func allocated(info fs.FileInfo) uint64 { return uint64(info.Size()) }
