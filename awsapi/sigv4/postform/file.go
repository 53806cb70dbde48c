package postform

import (
	"io"
	"math"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// sizes are the smallest and the largest size of a file that a policy allows.
type sizes struct{ least, most int64 }

var anySize = sizes{0, math.MaxInt64}

// File returns the content of the file as a stream. Its last byte is returned only if the policy
// allows the size and the form ends correctly. Read it, or call Attach, which reads it.
func (f *Form) File() io.Reader {
	file := &file{form: f}
	return sigv4.HoldBack(file, file.good)
}

// file counts what is read.
type file struct {
	form *Form
	size int64
}

func (f *file) Read(p []byte) (int, error) {
	n, err := f.form.part.Read(p)
	f.size += int64(n)
	if err != nil && err != io.EOF {
		return 0, fault(err)
	}
	if f.size > f.form.limits.most {
		rest, err := io.Copy(io.Discard, f.form.part) // S3's answer has the size of the file
		if err != nil {
			return 0, fault(err)
		}
		return 0, tooLarge(f.size+rest, f.form.limits.most)
	}
	return n, err
}

// good reports whether the file may end here, and with it the form.
func (f *file) good() error {
	if f.size < f.form.limits.least {
		return tooSmall(f.size, f.form.limits.least)
	}
	f.form.source.left = maxRest
	for {
		part, err := f.form.reader.NextRawPart()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return fault(err)
		case strings.EqualFold(part.FormName(), fileField):
			return notOneFile(2)
		}
	}
}
