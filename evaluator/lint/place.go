package lint

import (
	"unicode/utf8"

	"github.com/understudy-iam/understudy/evaluator"
)

// offset is the offset in bytes of a place. A place behind the end of its line is the
// end of the line.
func offset(src string, at evaluator.Position) int {
	line, column := int32(1), int32(1)
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRuneInString(src[i:])
		ends := r == '\n' || r == '\r'
		if line == at.Line && (column >= at.Column || ends) || line > at.Line {
			return i
		}
		i += size
		switch {
		case r == '\r' && i < len(src) && src[i] == '\n':
			i++
			line, column = line+1, 1
		case ends:
			line, column = line+1, 1
		case r > 0xFFFF:
			column += 2 // two UTF-16 units
		default:
			column++
		}
	}
	return len(src)
}
