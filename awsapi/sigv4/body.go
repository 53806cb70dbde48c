package sigv4

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// Body is the body of a request, verified while it is read. What is read is the
// content, without the framing of an aws-chunked body.
//
// The last byte is held back until everything is verified. So a body that is passed on, and
// completed only after io.EOF, is always the one that was signed.
type Body struct {
	content io.Reader
	closer  io.Closer
	request *http.Request

	payload string // as signed; empty: the whole body is needed to verify
	form    payloadForm
	size    int64
	trailer http.Header // of an aws-chunked body; set after its end
	err     atomic.Pointer[error]
}

// Open verifies the head of a request, and wraps its body so that it is verified while it is read;
// an empty body is verified at once. The error is ErrMismatch or one of those for bodies.
//
// For S3, what the request says about its payload decides. Any other service uses the hash of the
// body: if the request declares it and it is signed, the head is verified at once; otherwise
// nothing is verified before the whole body is read, as Proved tells. For such a service
// UNSIGNED-PAYLOAD verifies the head if it was signed; AWS accepts it only for operations whose
// payload is not signed.
func (s *Signature) Open(secret string) (*Body, error) {
	b, err := s.open(secret)
	if err == nil {
		err = b.empty()
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// OpenUnsigned wraps the body of a request that has no signature. What the request declares about
// it is checked nevertheless: a hash, and the checksum of a trailer. Chunks with signatures are
// refused.
func OpenUnsigned(r *http.Request) (*Body, error) {
	s := &Signature{request: r}
	b := newBody(r)
	b.payload = cmp.Or(s.Payload(), UnsignedPayload)
	err := s.checkPayload(b.payload)
	if err == nil {
		b.form = payloadForms[b.payload]
		err = b.read(s, "")
	}
	if err == nil {
		err = b.empty()
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

func newBody(r *http.Request) *Body {
	b := &Body{request: r, closer: r.Body, size: r.ContentLength}
	if b.closer == nil {
		b.closer = http.NoBody
	}
	return b
}

// empty verifies an empty body.
func (b *Body) empty() error {
	if b.size != 0 {
		return nil
	}
	if _, err := b.Read(make([]byte, 1)); err != io.EOF { // there is nothing to hold back
		return err
	}
	return nil
}

func (s *Signature) open(secret string) (*Body, error) {
	b := newBody(s.request)
	if !singleEncoded(s.Service) {
		return b, s.openOther(secret, b)
	}
	if b.payload = s.Payload(); b.payload == "" {
		return nil, reason(ErrPayloadMissing)
	}
	if err := cmp.Or(s.checkPayload(b.payload), s.VerifyPayload(secret, b.payload)); err != nil {
		return nil, err
	}
	b.form = payloadForms[b.payload]
	return b, b.read(s, secret)
}

// openOther opens the body of a request to a service other than S3.
func (s *Signature) openOther(secret string, b *Body) error {
	said := s.Payload()
	if strings.HasPrefix(said, "STREAMING-") {
		return &Error{Reason: ErrPayloadWord, Presigned: s.presigned, Given: said}
	}
	if said == UnsignedPayload || isHash(said) {
		if s.VerifyPayload(secret, said) == nil {
			b.payload = said
			return b.read(s, secret)
		}
	}
	b.content = hashed(b.source(), func(sum [sha256.Size]byte) error { return s.VerifySum(secret, sum) })
	return nil
}

// read chooses how the body is read, once the head is verified.
func (b *Body) read(s *Signature, secret string) error {
	switch {
	case b.form.chunked:
		c, err := newChunks(s, secret, b)
		b.content = c
		return err
	case b.payload == UnsignedPayload:
		b.content = b.source()
	default:
		declared := strings.ToLower(b.payload)
		b.content = hashed(b.source(), func(sum [sha256.Size]byte) error {
			if computed := hex.EncodeToString(sum[:]); computed != declared {
				return &Error{Reason: ErrPayloadMismatch, Given: b.payload, Computed: computed}
			}
			return nil
		})
	}
	return nil
}

func (b *Body) source() io.Reader {
	if b.request.Body == nil {
		return http.NoBody
	}
	return b.request.Body
}

// Read returns verified bytes. Only if one hash or signature covers more than a mebibyte does it
// return bytes before they are verified, and never the last byte. The error is io.EOF when
// everything is verified.
func (b *Body) Read(p []byte) (int, error) {
	n, err := b.content.Read(p)
	if err != nil {
		b.keep(err)
	}
	return n, err
}

func (b *Body) keep(err error) { b.err.Store(&err) }

// Close closes the body of the request. It may be called while Read is running.
func (b *Body) Close() error { return b.closer.Close() }

// Err returns the error that Read has returned, which is io.EOF after a valid end. A transport may
// return it wrapped, or return another error instead. It may be called while Read is running.
func (b *Body) Err() error {
	if err := b.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Payload returns what the signature covers for the body: a hash in hex, a word of S3's, or "" if
// nothing is declared, so that the whole body is needed to verify the head.
func (b *Body) Payload() string { return b.payload }

// Proved reports whether the head of the request is verified. If not, it will be when Read has
// returned io.EOF.
func (b *Body) Proved() bool { return b.payload != "" || b.Err() == io.EOF }

// Size returns how many bytes can be read, or -1 if the request does not say.
func (b *Body) Size() int64 { return b.size }

// Trailer returns the trailer of an aws-chunked body, after io.EOF.
func (b *Body) Trailer() http.Header { return b.trailer }
