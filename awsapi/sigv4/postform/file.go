package postform

import (
	"io"
	"math"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// sizes are what a policy allows for the size of a file, both included.
type sizes struct{ least, most int64 }

var anySize = sizes{0, math.MaxInt64}

// File is the content of the file, which streams. Its last byte is read only when
// the size is one that the policy allows, and the form ends well. It is read here, or
// by what Attach makes of it.
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
		rest, err := io.Copy(io.Discard, f.form.part) // S3 answers how large the file is
		if err != nil {
			return 0, fault(err)
		}
		return 0, tooLarge(f.size+rest, f.form.limits.most)
	}
	return n, err
}

// good reports whether the file may end here, and the form with it.
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
