//go:build unix

package intake

import "syscall"

// openFiles is how many files and connections the system lets the process have
// open at once; Go has raised it as far as the process may.
func openFiles() (n uint64, known bool) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, false
	}
	return uint64(limit.Cur), true
}
