// Package textfile reads files that a user names, up to a maximum size: a device
// such as /dev/zero, an endless pipe or a wrong name must not fill the memory.
package textfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// The maximum sizes of files, in bytes.
const (
	Seed     = 256 << 20 // a seed, with all files that it refers to, if it is sent
	Document = 1 << 20   // a policy, a certificate, a set of keys or a list of rules
)

// Read reads the file with the name. The error is the system's, or wraps a
// *TooLarge.
func Read(name string, most int) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadFrom(f, name, most)
}

// NotEndless returns an error if the name is that of a named pipe, because reading it
// may never end. Standard input and what a shell gives for <(command) may be pipes. It
// does not check whether the file can be read.
func NotEndless(name string) error {
	info, err := os.Stat(name)
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 || strings.HasPrefix(name, "/dev/") || strings.HasPrefix(name, "/proc/") {
		return nil
	}
	return fmt.Errorf("%s: it is a pipe, for which the server would wait; write it to a file, or give /dev/stdin", name)
}

// ReadFrom reads from a reader without a file name, such as standard input; errors
// use name for it.
func ReadFrom(r io.Reader, name string, most int) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return nil, err
	}
	if len(text) > most {
		return nil, fmt.Errorf("%s: %w", name, &TooLarge{most})
	}
	return text, nil
}

// TooLarge is the error of a file that is larger than the maximum.
type TooLarge struct{ Most int }

// Error says how large it may be.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("it is larger than %d MiB, and was not read", e.Most>>20)
}

// RootCause returns the innermost error: the outer ones repeat the name of the
// file, or the address, which is already in the caller's message.
func RootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
