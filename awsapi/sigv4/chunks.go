package sigv4

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"sync"
)

// An aws-chunked body is a sequence of chunks, each with its size in hex and, if
// they are signed, a signature that also covers the one before:
//
//	10000;chunk-signature=ad80c730...\r\n
//	<65536 bytes>\r\n
//	0;chunk-signature=b6c6ea8a...\r\n
//	x-amz-checksum-crc32c:sOO8/Q==\r\n
//	x-amz-trailer-signature:d81f82fc...\r\n
//	\r\n
//
// The last chunk is empty. Only some payload words allow a trailer.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html

const (
	// minChunk is the minimum size of a chunk, except the last.
	minChunk = 8192

	// wholeChunk is the maximum size of a signed chunk that is read completely, so that nothing of
	// it is released before its signature is checked. SDKs send chunks of 64 KiB to 1 MiB.
	wholeChunk = 1 << 20

	// piece is how many bytes of any other chunk are read at once.
	piece = 64 << 10

	// maxChunkHeader is more than the longest header that any client sends: a size
	// and a signature of SigV4A.
	maxChunkHeader = 256

	// lineBuffer bounds the lines of a trailer.
	lineBuffer = 4096
)

// chunks reads the content of an aws-chunked body.
type chunks struct {
	lines *bufio.Reader
	chain *chain // nil: the chunks are not signed
	tail  *trailer
	body  *Body

	buffer []byte    // of a pool
	ready  [3][]byte // verified, not yet read: content, and its frame if frames are wanted
	last   [1]byte
	frame  []byte // the lines around the current piece, as they were sent
	framed bool   // frames are wanted too

	number   int   // of the current chunk, from 1
	size     int64 // of that chunk
	rest     int64 // of it, not yet read
	expected int64 // bytes of content not yet read
	err      error // after ready
}

var lineReaders = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, lineBuffer) }}

func newChunks(s *Signature, secret string, b *Body) (*chunks, error) {
	length, err := strconv.ParseUint(s.request.Header.Get("X-Amz-Decoded-Content-Length"), 10, 63)
	if err != nil {
		return nil, reason(ErrDecodedLength)
	}
	c := &chunks{body: b, expected: int64(length)}
	if b.form.trailer {
		if c.tail, err = newTrailer(s.request.Header); err != nil {
			return nil, err
		}
	}
	if b.form.signer != "" {
		c.chain = newChain(s, secret)
	}
	b.size = c.expected
	c.lines = lineReaders.Get().(*bufio.Reader)
	c.lines.Reset(b.source())
	return c, nil
}

func (c *chunks) Read(p []byte) (int, error) {
	for {
		for i, part := range c.ready {
			if len(part) > 0 {
				n := copy(p, part)
				c.ready[i] = part[n:]
				return n, nil
			}
		}
		if c.err != nil {
			return 0, c.err
		}
		if err := c.advance(); err != nil {
			c.end(err)
		}
	}
}

// end sets the error of all further reads, and returns the buffers. Another goroutine may close the
// body, but only the reading one calls end.
func (c *chunks) end(err error) {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = reason(ErrIncomplete)
	}
	c.err = err
	c.lines.Reset(nil)
	lineReaders.Put(c.lines)
	putBuffer(c.buffer)
	c.lines, c.buffer = nil, nil
}

// advance reads the next piece of content, or the end.
func (c *chunks) advance() error {
	c.frame = c.frame[:0]
	if c.rest == 0 {
		if err := c.begin(); err != nil {
			return err
		}
		if c.size == 0 {
			return c.finish()
		}
	}
	limit := int64(piece)
	if c.chain != nil && c.size <= wholeChunk {
		limit = wholeChunk
	}
	n, header := int(min(c.rest, limit)), len(c.frame)
	c.buffer = bufferOf(c.buffer, n)
	got := c.buffer[:n]
	if err := c.full(got); err != nil {
		return err
	}
	c.rest -= int64(n)
	c.expected -= int64(n)
	if err := c.prove(got); err != nil {
		return err
	}
	c.release(got, header)
	return nil
}

// release lets content be read, whose frame has a header of the given length. The very last byte is
// held back, unless frames are wanted too: then AttachAsSent holds back the last byte of these.
func (c *chunks) release(content []byte, header int) {
	switch {
	case c.framed:
		c.ready = [3][]byte{c.frame[:header], content, c.frame[header:]}
	case c.expected == 0:
		n := len(content) - 1
		c.last[0] = content[n]
		c.ready[1] = content[:n]
	default:
		c.ready[1] = content
	}
}

// prove hashes the content of a chunk and, at the end of the chunk, checks the signature.
func (c *chunks) prove(content []byte) error {
	if c.tail != nil {
		c.tail.sum(content)
	}
	if c.chain != nil {
		c.chain.hash.Write(content)
	}
	if c.rest > 0 {
		return nil
	}
	if err := c.lineEnd(); err != nil {
		return err
	}
	if c.chain != nil && !c.chain.chunk() {
		return reason(ErrChunkMismatch)
	}
	return nil
}

// begin reads the header of a chunk.
func (c *chunks) begin() error {
	line, err := c.line(ErrChunk)
	if err != nil {
		return err
	}
	size := line
	if c.chain != nil {
		var signature []byte
		var ok bool
		if size, signature, ok = bytes.Cut(line, []byte(";chunk-signature=")); !ok || !c.chain.expect(signature) {
			return reason(ErrChunk)
		}
	}
	n, ok := hexSize(size)
	if !ok || len(line) > maxChunkHeader {
		return reason(ErrChunk)
	}
	c.number++
	switch {
	case n > c.expected, n == 0 && c.expected > 0:
		return reason(ErrIncomplete)
	case n > 0 && c.number > 1 && c.size < minChunk:
		return &Error{Reason: ErrChunkSize, Chunk: c.number, Size: c.size}
	}
	c.size, c.rest = n, n
	return nil
}

// finish reads what follows the header of the last chunk, and verifies the rest.
func (c *chunks) finish() error {
	if c.chain != nil && !c.chain.chunk() {
		return reason(ErrChunkMismatch)
	}
	if c.tail != nil {
		if err := c.tail.read(c); err != nil {
			return err
		}
		c.body.trailer = c.tail.header
	} else if err := c.lineEnd(); err != nil {
		return err
	}
	if _, err := c.lines.ReadByte(); err == nil {
		return reason(ErrIncomplete)
	} else if err != io.EOF {
		return err
	}
	switch {
	case c.framed:
		c.ready[0] = c.frame
	case c.body.size > 0:
		c.ready[1] = c.last[:]
	}
	return io.EOF
}

// line reads a line, without its end. For a line that is too long, or does not end correctly, it
// returns the given error.
func (c *chunks) line(fault error) ([]byte, error) {
	line, err := c.lines.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, reason(fault)
	case err == io.EOF:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	}
	c.frame = append(c.frame, line...)
	content, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok && fault == ErrChunk {
		return nil, reason(fault)
	}
	if !ok {
		content = line[:len(line)-1]
	}
	return content, nil
}

// lineEnd reads the end of a line, and nothing else.
func (c *chunks) lineEnd() error {
	var end [2]byte
	for i := range end {
		var err error
		if end[i], err = c.lines.ReadByte(); err == io.EOF {
			return io.ErrUnexpectedEOF
		} else if err != nil {
			return err
		}
	}
	if end != [2]byte{'\r', '\n'} {
		return reason(ErrChunk)
	}
	c.frame = append(c.frame, end[:]...)
	return nil
}

// full fills p.
func (c *chunks) full(p []byte) error {
	_, err := io.ReadFull(c.lines, p)
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// hexSize reads the size of a chunk: hex digits and nothing else.
func hexSize(digits []byte) (size int64, ok bool) {
	if len(digits) == 0 || len(digits) > 16 {
		return 0, false
	}
	for _, c := range digits {
		d := unhex(c)
		if d > 15 || size >= 1<<58 {
			return 0, false
		}
		size = size<<4 | int64(d)
	}
	return size, true
}
