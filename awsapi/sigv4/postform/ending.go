package postform

import "io"

// ending is what follows the file in a form that is sent on. S3 requires the length of a form, but
// the length of the file is not known before it has been read. So the length that was received, or
// a little less, is promised, and what is left over after the form is closed is filled with line
// breaks, which are not part of it. https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
type ending struct {
	file  *file
	close string // the boundary that closes the form
	room  int64  // for the file and everything after it; -1: no length was promised

	begun bool
	left  int64
	sent  int64
}

func (e *ending) Read(p []byte) (int, error) {
	if !e.begun {
		e.begun, e.left = true, int64(len(e.close))
		if e.room >= 0 {
			e.left = e.room - e.file.size
		}
	}
	if e.left < int64(len(e.close)) && e.sent == 0 {
		return 0, malformed()
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.left))
	for i := range p[:n] {
		p[i] = e.at(e.sent + int64(i))
	}
	e.sent += int64(n)
	e.left -= int64(n)
	return n, nil
}

// at returns the byte at a position of the ending.
func (e *ending) at(i int64) byte {
	if i < int64(len(e.close)) {
		return e.close[i]
	}
	return "\r\n"[(i-int64(len(e.close)))%2]
}
