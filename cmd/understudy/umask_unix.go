//go:build unix

package main

import "syscall"

// keepFilesPrivate makes this process create files that only its user can read:
// what serve writes holds secrets.
func keepFilesPrivate() { syscall.Umask(0o077) }
