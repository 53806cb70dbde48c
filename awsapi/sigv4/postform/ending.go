package postform

import "io"

// ending is what follows the file in a form that is sent on. S3 wants to know how
// long a form is, but how long the file is nobody knows before it has been read. So
// as many bytes are sent as have been received, or rather less; what is left over
// when the form is closed is filled with line ends, which are no part of it.
// https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
type ending struct {
	file  *file
	close string // the boundary that closes the form
	room  int64  // for the file and all that follows; -1: no length was promised

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

// at is the byte at a place of the ending.
func (e *ending) at(i int64) byte {
	if i < int64(len(e.close)) {
		return e.close[i]
	}
	return "\r\n"[(i-int64(len(e.close)))%2]
}
