//go:build unix

package intake

import "syscall"

// openFiles returns how many files and connections the system lets the process have
// open at once; Go has already raised the limit as far as it can.
func openFiles() (n uint64, known bool) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, false
	}
	return uint64(limit.Cur), true
}
