package sigv4

import "sync"

// bufferSizes are the sizes of the buffers that are kept for reuse: those of the chunks that SDKs
// send.
var bufferSizes = [...]int{piece, 4 * piece, wholeChunk}

var buffers [len(bufferSizes)]sync.Pool

// bufferOf returns a buffer with room for n bytes: the old one, if it is large enough.
func bufferOf(old []byte, n int) []byte {
	if cap(old) >= n {
		return old[:cap(old)]
	}
	putBuffer(old)
	for i, size := range bufferSizes {
		if n > size {
			continue
		}
		if kept, ok := buffers[i].Get().(*[]byte); ok {
			return *kept
		}
		return make([]byte, size)
	}
	return make([]byte, n)
}

// putBuffer keeps a buffer for reuse.
func putBuffer(b []byte) {
	for i, size := range bufferSizes {
		if cap(b) == size {
			b = b[:size]
			buffers[i].Put(&b)
		}
	}
}
