package badgerstore

import (
	"os"
	"syscall"
)

// datasync does not write a file's times out, since they would cost a commit of the
// file system's journal.
func datasync(file *os.File) error {
	for {
		err := syscall.Fdatasync(int(file.Fd()))
		if err != syscall.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
