package sigv4

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzChunks gives anything for an aws-chunked body. Whatever is read of it, a whole
// content is read only if the body, framed anew, is read alike; a signed one only if
// it is the one that was signed.
func FuzzChunks(f *testing.F) {
	signed := upload{content: []byte("0123456789"), word: StreamingPayload}
	wire, err := io.ReadAll(signed.request(f).Body)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wire, true)
	f.Add([]byte("a\r\n0123456789\r\n0\r\n\r\n"), false)
	f.Add([]byte("a\r\n0123456789\r\n0\r\nx-amz-checksum-crc32:poTDxw==\r\n\r\n"), false)
	f.Add([]byte("00a\r\n0123456789\r\n0\r\nX-Amz-Checksum-Crc32: poTDxw==\n\r\n"), false)
	f.Add([]byte("5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"), false)
	f.Fuzz(func(t *testing.T, body []byte, sign bool) {
		u := upload{content: []byte("0123456789"), word: StreamingUnsignedTrailer, trailer: "x-amz-checksum-crc32"}
		if sign {
			u = signed
		}
		r := u.request(t)
		r.Body = io.NopCloser(bytes.NewReader(body))
		b, err := open(t, r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(b)
		var fault *Error
		switch {
		case err != nil && (!errors.As(err, &fault) || len(got) >= len(u.content)):
			t.Fatalf("%d bytes, %v", len(got), err)
		case err == nil && len(got) != len(u.content), err == nil && sign && string(got) != string(u.content):
			t.Fatalf("%q is read", got)
		case err == nil && !sign:
			reframed(t, u, body, got)
		}
		asSent(t, u, body, err)
	})
}

// asSent sends a body on as it was sent, and expects the error that it had.
func asSent(t *testing.T, u upload, body []byte, want error) {
	r := u.request(t)
	r.Body = io.NopCloser(bytes.NewReader(body))
	b, err := open(t, r)
	if err != nil {
		t.Fatal(err)
	}
	out := httptest.NewRequest("PUT", "http://localhost/", strings.NewReader(""))
	b.AttachAsSent(out)
	wire, err := io.ReadAll(out.Body)
	if (err == nil) != (want == nil) || !bytes.HasPrefix(body, wire) || err == nil && len(wire) != len(body) ||
		err != nil && len(wire) == len(body) && len(body) > 0 {
		t.Fatalf("%d bytes of %d, %v, and the content has %v", len(wire), len(body), err, want)
	}
}

// reframed sends a good body on, and reads it again.
func reframed(t *testing.T, u upload, body, want []byte) {
	r := u.request(t)
	r.Body = io.NopCloser(bytes.NewReader(body))
	b, err := open(t, r)
	if err != nil {
		t.Fatal(err)
	}
	out := httptest.NewRequest("PUT", "http://localhost/", strings.NewReader(""))
	b.Attach(out)
	wire, err := io.ReadAll(out.Body)
	if err != nil || int64(len(wire)) != out.ContentLength {
		t.Fatalf("%d bytes of %d, %v", len(wire), out.ContentLength, err)
	}
	r = u.request(t)
	r.Body = io.NopCloser(bytes.NewReader(wire))
	again, err := open(t, r)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(again); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%q is %q when framed anew, %v", want, got, err)
	}
}
