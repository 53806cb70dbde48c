package persistence

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// ErrNotUTF8 is returned when a record with a string that is not UTF-8 is put. The record
// is not stored, since it could not be read back.
var ErrNotUTF8 = errors.New("persistence: a string of a record is not UTF-8")

// Major types of CBOR whose contents follow their head.
// https://www.rfc-editor.org/rfc/rfc8949.html#section-3.1
const (
	cborBytes = 2
	cborText  = 3
)

// validTexts reports whether all text strings of a record are UTF-8. The encoder writes
// others without an error, and the decoder refuses them. The value must be what the encoder
// wrote: complete, and with a length before each string.
func validTexts(value []byte) bool {
	for len(value) > 0 {
		major, n, rest := cborHead(value)
		value = rest
		if major != cborBytes && major != cborText {
			continue // a number, or a list or a map, whose elements follow
		}
		if major == cborText && !utf8.Valid(value[:n]) {
			return false
		}
		value = value[n:]
	}
	return true
}

// cborHead splits the head off a value: its major type and its argument, which
// is the length of a string.
func cborHead(value []byte) (major byte, argument uint64, rest []byte) {
	major, argument, rest = value[0]>>5, uint64(value[0]&0x1f), value[1:]
	switch argument {
	case 24:
		return major, uint64(rest[0]), rest[1:]
	case 25:
		return major, uint64(binary.BigEndian.Uint16(rest)), rest[2:]
	case 26:
		return major, uint64(binary.BigEndian.Uint32(rest)), rest[4:]
	case 27:
		return major, binary.BigEndian.Uint64(rest), rest[8:]
	}
	return major, argument, rest
}
