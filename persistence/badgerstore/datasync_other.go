//go:build !linux

package badgerstore

import "os"

func datasync(file *os.File) error { return file.Sync() }
