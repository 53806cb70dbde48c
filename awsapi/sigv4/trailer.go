package sigv4

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
)

const (
	trailerHeader    = "X-Amz-Trailer"
	trailerSignature = "x-amz-trailer-signature"
	checksumPrefix   = "x-amz-checksum-"

	// maxTrailers is how many lines a trailer may have.
	maxTrailers = 16
)

// trailer reads what follows the last chunk.
type trailer struct {
	names  []string // that were announced, in lower case
	sums   []*checksum
	header http.Header
}

// newTrailer reads which trailers a request announces.
func newTrailer(h http.Header) (*trailer, error) {
	t := &trailer{header: http.Header{}}
	for _, name := range strings.Split(strings.Join(h[trailerHeader], ","), ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
			continue
		}
		if !strings.HasPrefix(name, checksumPrefix) || len(t.names) == maxTrailers {
			return nil, &Error{Reason: ErrTrailerName, Given: name}
		}
		t.names = append(t.names, name)
		if sum := newChecksum(name); sum != nil {
			t.sums = append(t.sums, sum)
		}
	}
	return t, nil
}

// sum adds content to the checksums.
func (t *trailer) sum(content []byte) {
	for _, s := range t.sums {
		s.Write(content)
	}
}

// read reads the trailer, verifies it and compares the checksums.
func (t *trailer) read(c *chunks) error {
	signed, err := t.lines(c)
	if err != nil {
		return err
	}
	if len(t.header) != len(t.names) {
		return reason(ErrTrailer)
	}
	if c.chain != nil {
		c.chain.hash.Write(t.canonical())
		if !signed || !c.chain.trailer() {
			return reason(ErrTrailerMismatch)
		}
	}
	for _, s := range t.sums {
		if t.header.Get(s.name) != s.encoded() {
			return &Error{Reason: ErrChecksum, Given: s.name}
		}
	}
	return nil
}

// lines reads the lines of the trailer, up to the empty one. Before the signature
// there may be an empty line too, and lines may end without a carriage return:
// minio-go sends such a trailer, and S3 is known to accept it.
func (t *trailer) lines(c *chunks) (signed bool, err error) {
	for range 2 * maxTrailers {
		line, err := c.line(ErrTrailer)
		if err != nil {
			return false, err
		}
		if len(line) == 0 {
			if signed || c.chain == nil {
				return signed, nil
			}
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		lower := strings.ToLower(string(name))
		value = bytes.Trim(value, " \t")
		switch {
		case !ok || signed:
			return false, reason(ErrTrailer)
		case lower == trailerSignature && c.chain != nil:
			if signed = c.chain.expect(value); !signed {
				return false, reason(ErrTrailer)
			}
		case !slices.Contains(t.names, lower) || t.header.Get(lower) != "":
			return false, &Error{Reason: ErrTrailer, Given: lower}
		default:
			t.header.Set(lower, string(value))
		}
	}
	return false, reason(ErrTrailer)
}

// canonical returns what is signed for the trailer: its lines, sorted.
func (t *trailer) canonical() (b []byte) {
	for _, name := range slices.Sorted(slices.Values(t.names)) {
		b = append(b, name...)
		b = append(b, ':')
		b = append(b, t.header.Get(name)...)
		b = append(b, '\n')
	}
	return b
}
