package sigv4

import (
	"io"
	"slices"
	"strconv"
)

// framer sends the content of a body in the form StreamingUnsignedTrailer: in chunks without
// signatures, with the trailer of the body.
type framer struct {
	content *Body
	buffer  []byte // of a pool: a header, a chunk and the end of its line
	ready   []byte // of the buffer, not yet read
	err     error  // after ready
}

const (
	// frameRoom is the maximum size of a chunk's header, in bytes.
	frameRoom = 16

	// framed is the size of the content of a chunk that we send, so that it fits into a buffer with
	// its frame.
	framed = piece - 2*frameRoom
)

func (f *framer) Read(p []byte) (int, error) {
	for len(f.ready) == 0 && f.err == nil {
		f.err = f.advance()
	}
	if len(f.ready) > 0 {
		n := copy(p, f.ready)
		f.ready = f.ready[n:]
		return n, nil
	}
	if f.buffer != nil {
		putBuffer(f.buffer)
		f.buffer = nil
	}
	return 0, f.err
}

// advance makes the next chunk or, after the last one, the end with the trailer.
func (f *framer) advance() error {
	f.buffer = bufferOf(f.buffer, piece)
	n, err := io.ReadFull(f.content, f.buffer[frameRoom:frameRoom+framed])
	if err == io.ErrUnexpectedEOF { // from ReadFull: the content has ended as it should
		err = io.EOF
	}
	if err != nil && err != io.EOF {
		return err
	}
	f.ready = nil
	if n > 0 {
		f.ready = f.chunk(n)
	}
	if err == io.EOF {
		f.ready = f.appendEnd(f.ready)
	}
	return err
}

// chunk frames n bytes that are in the buffer.
func (f *framer) chunk(n int) []byte {
	var room [frameRoom]byte
	header := append(strconv.AppendInt(room[:0], int64(n), 16), "\r\n"...)
	start := frameRoom - len(header)
	copy(f.buffer[start:], header)
	return append(f.buffer[start:frameRoom+n], "\r\n"...)
}

func (f *framer) appendEnd(b []byte) []byte {
	b = append(b, "0\r\n"...)
	for _, name := range f.names() {
		b = append(b, name...)
		b = append(b, ':')
		b = append(b, f.content.trailer.Get(name)...)
		b = append(b, "\r\n"...)
	}
	return append(b, "\r\n"...)
}

// names returns the names of the trailers, in the order in which they are sent.
func (f *framer) names() []string {
	c, ok := f.content.content.(*chunks)
	if !ok || c.tail == nil {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(c.tail.names)))
}

// length returns the length of the framed body, or -1 if a trailer may have any length.
func (f *framer) length(b *Body) int64 {
	whole, rest := b.size/framed, b.size%framed
	total := whole * framedLength(framed)
	if rest > 0 {
		total += framedLength(rest)
	}
	total += int64(len("0\r\n\r\n"))
	for _, name := range f.names() {
		sum := newChecksum(name)
		if sum == nil {
			return -1
		}
		total += int64(len(name) + len(":") + len(sum.encoded()) + len("\r\n"))
	}
	return total
}

func framedLength(n int64) int64 {
	return int64(len(strconv.FormatInt(n, 16))) + n + int64(len("\r\n\r\n"))
}
