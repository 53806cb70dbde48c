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

// Attach gives a request to an upstream the body, and the headers that say how it is sent. It
// returns the payload for Signer.Sign.
//
// A declared hash is kept. A chunked body with a trailer is sent as StreamingUnsignedTrailer, so
// that the upstream gets the checksum: only the client can sign its chunks, which are verified
// here. Any other body is sent plain, as UnsignedPayload.
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

// AttachAsSent gives a request the body byte for byte as it was sent, for an upstream that verifies
// the client's signature itself. Everything is verified here too, before the end is sent on. No
// header is changed. Call it before Read.
func (b *Body) AttachAsSent(r *http.Request) {
	c, ok := b.content.(*chunks)
	switch {
	case !ok:
		b.set(r, b, b.size)
	case b.size == 0: // Open has read the frame
		b.set(r, bytes.NewReader(c.frame), int64(len(c.frame)))
	default:
		c.framed = true
		held := HoldBack(b, func() error { return nil })
		b.set(r, held, cmp.Or(b.request.ContentLength, -1)) // a body without any byte is incomplete; reading it reports that
	}
}

// set sets the body and its length. An empty body is already verified, and is left out because
// net/http would send it in chunks of its own.
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
