package sigv4

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Attach makes the body that of a request to an upstream, and makes the headers of
// that request say how it is sent. The result is what Signer.Sign needs as payload.
//
// A declared hash stays declared. A chunked body with a trailer is sent as
// StreamingUnsignedTrailer, so that the upstream gets the checksum: nobody but the
// client can sign its chunks, and they are verified here. Any other is sent plain,
// as UnsignedPayload.
func (b *Body) Attach(r *http.Request) (payload string) {
	if !b.form.trailer {
		return b.AttachPlain(r)
	}
	f := &framer{content: b}
	b.set(r, f, f.length(b))
	r.Header.Set("X-Amz-Decoded-Content-Length", strconv.FormatInt(b.size, 10))
	return StreamingUnsignedTrailer
}

// AttachPlain is Attach for an upstream that does not know the aws-chunked encoding.
// A trailer is verified, but does not reach it.
func (b *Body) AttachPlain(r *http.Request) (payload string) {
	b.set(r, b, b.size)
	if !b.form.chunked {
		return b.payload
	}
	for _, name := range []string{"X-Amz-Decoded-Content-Length", trailerHeader, "X-Amz-Sdk-Checksum-Algorithm"} {
		r.Header.Del(name)
	}
	kept := strings.FieldsFunc(strings.Join(r.Header["Content-Encoding"], ","),
		func(c rune) bool { return strings.ContainsRune(", \t", c) })
	kept = slices.DeleteFunc(kept, func(encoding string) bool { return strings.EqualFold(encoding, "aws-chunked") })
	if r.Header.Del("Content-Encoding"); len(kept) > 0 {
		r.Header.Set("Content-Encoding", strings.Join(kept, ","))
	}
	return UnsignedPayload
}

// AttachAsSent makes the body that of a request, byte for byte as it was sent, for an
// upstream that verifies the signature of the client itself. All is verified here too,
// before the end is sent on. No header is changed. It must be called before Read.
func (b *Body) AttachAsSent(r *http.Request) {
	c, ok := b.content.(*chunks)
	switch {
	case !ok:
		b.set(r, b, b.size)
	case b.size == 0: // the frame has been read by Open
		b.set(r, bytes.NewReader(c.frame), int64(len(c.frame)))
	default:
		c.framed = true
		held := HoldBack(b, func() error { return nil })
		b.set(r, held, cmp.Or(b.request.ContentLength, -1)) // without any byte it is incomplete, and is read to say so
	}
}

// set sets the body and its length. Of no bytes all is proved already, and net/http
// would send them in chunks of its own if there were a body.
func (b *Body) set(r *http.Request, content io.Reader, length int64) {
	r.GetBody, r.TransferEncoding, r.ContentLength, r.Trailer = nil, nil, length, nil
	delete(r.Header, "Trailer")
	if length == 0 {
		r.Body = http.NoBody
		return
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{content, b}
}
