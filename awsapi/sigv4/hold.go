package sigv4

import (
	"crypto/sha256"
	"errors"
	"io"
)

// held reads a body, and holds back its last byte until the end is known to be valid.
type held struct {
	source io.Reader
	good   func() error

	last  byte
	has   bool    // last is a byte that is held back
	room  [1]byte // for one byte more than the reader has room for
	ended error   // of the source, when it must not be read any more
	err   error   // of all further reads
}

// HoldBack returns a reader of source that asks, at the end, whether the content is valid. If it is
// not, it returns that error instead of io.EOF, and never the last byte, so that content which is
// passed on is not completed. The error for a source that breaks off is ErrIncomplete.
func HoldBack(source io.Reader, good func() error) io.Reader {
	return &held{source: source, good: good}
}

// hashed is HoldBack for a body that is valid if its hash is.
func hashed(source io.Reader, good func(sum [sha256.Size]byte) error) io.Reader {
	hash := sha256.New()
	return HoldBack(io.TeeReader(source, hash), func() error { return good([sha256.Size]byte(hash.Sum(nil))) })
}

func (h *held) Read(p []byte) (int, error) {
	if h.err != nil || len(p) == 0 {
		return 0, h.err
	}
	for {
		if h.ended != nil {
			return h.finish(p)
		}
		if n := h.step(p); n > 0 {
			return n, nil
		}
	}
}

// step continues reading, and releases everything but the last byte that has arrived.
func (h *held) step(p []byte) (released int) {
	into := p
	if h.has {
		p[0] = h.last
		if into = p[1:]; len(into) == 0 {
			into = h.room[:]
		}
	}
	n, err := h.source.Read(into)
	h.ended = err
	if n == 0 {
		return 0
	}
	if released = n - 1; h.has {
		released = n
	}
	h.last, h.has = into[n-1], true
	return released
}

// finish asks whether everything is valid, and releases the last byte.
func (h *held) finish(p []byte) (n int, err error) {
	if h.err = h.ended; errors.Is(h.ended, io.ErrUnexpectedEOF) {
		h.err = reason(ErrIncomplete)
	}
	if h.ended == io.EOF {
		if err := h.good(); err != nil {
			h.err = err
		}
	}
	if h.err == io.EOF && h.has {
		p[0], n = h.last, 1
	}
	return n, h.err
}
