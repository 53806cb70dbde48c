package sigv4

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

// held reads a body that has one hash, and keeps the last byte until the hash is
// compared.
type held struct {
	source  io.Reader
	hash    hash.Hash
	compare func(sum [sha256.Size]byte) error

	last  byte
	has   bool    // last is a byte that is held back
	room  [1]byte // for a byte more than the reader has room for
	ended error   // of the source, when it is not to be read any more
	err   error   // of all further reads
}

func hold(source io.Reader, compare func([sha256.Size]byte) error) *held {
	return &held{source: source, hash: sha256.New(), compare: compare}
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

// step reads on, and releases all but the last byte that has arrived.
func (h *held) step(p []byte) int {
	into, released := p, 0
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
	h.hash.Write(into[:n])
	if released = n - 1; h.has {
		released = n
	}
	h.last, h.has = into[n-1], true
	return released
}

// finish compares the hash, and releases the last byte.
func (h *held) finish(p []byte) (n int, err error) {
	if h.err = h.ended; errors.Is(h.ended, io.ErrUnexpectedEOF) {
		h.err = reason(ErrIncomplete)
	}
	if h.ended == io.EOF {
		if err := h.compare([sha256.Size]byte(h.hash.Sum(nil))); err != nil {
			h.err = err
		}
	}
	if h.err == io.EOF && h.has {
		p[0], n = h.last, 1
	}
	return n, h.err
}
