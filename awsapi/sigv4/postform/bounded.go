package postform

import (
	"io"
	"math"
)

const unbounded = math.MaxInt64

// bounded reads a body with a limit on what comes before the file, and on what comes after it.
type bounded struct {
	r    io.Reader
	left int64
}

// brokenOff is an error of the body itself, which package multipart may wrap.
type brokenOff struct{ err error }

func (b *brokenOff) Error() string { return b.err.Error() }

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, tooMuch()
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	if b.left != unbounded {
		b.left -= int64(n)
	}
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		err = &brokenOff{err}
	}
	return n, err
}
