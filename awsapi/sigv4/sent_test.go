package sigv4

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
)

// A body can be sent on byte for byte, so that the signature of the client holds
// upstream too.
func TestAttachAsSent(t *testing.T) {
	t.Parallel()
	requests := map[string]func() *http.Request{
		"a hash": func() *http.Request {
			return sent(t, signing{service: "s3", method: "PUT", url: "http://localhost/b/k", body: "body"})
		},
	}
	for name, u := range map[string]upload{
		"a trailer": digits, "chunks": {content: bytesOf(200_000), sizes: []int{8192, 65_536}, word: StreamingPayload},
		"a large chunk": {content: bytesOf(3 << 20), word: StreamingPayload}, "nothing": {word: StreamingPayload},
		"unsigned chunks": {content: bytesOf(200_000), sizes: []int{150_000}, word: StreamingUnsignedTrailer},
	} {
		requests[name] = func() *http.Request { return u.request(t) }
	}
	for name, request := range requests {
		want, err := io.ReadAll(request().Body)
		if err != nil {
			t.Fatal(err)
		}
		r := request()
		r.ContentLength = int64(len(want))
		b, err := open(t, r)
		if err != nil {
			t.Fatal(err)
		}
		out := r.Clone(t.Context())
		b.AttachAsSent(out)
		got, err := io.ReadAll(out.Body)
		if err != nil || !bytes.Equal(got, want) || out.ContentLength != int64(len(want)) || b.Err() != io.EOF {
			t.Errorf("%s: %d bytes of %d, %v, length %d", name, len(got), len(want), err, out.ContentLength)
		}
	}
}

// Nor does a changed one complete when it is sent on as it was sent.
func TestTamperedBodiesAreNotSentOn(t *testing.T) {
	t.Parallel()
	u := upload{content: bytesOf(100_000), sizes: []int{50_000}, word: StreamingPayload}
	r := u.request(t)
	whole, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	for at, most := range map[int]int{0: 0, 100: 0, 40_000: 0, 60_000: 50_100, len(whole) - 10: 100_300} {
		changed := bytes.Clone(whole)
		changed[at] ^= 1
		r := u.request(t)
		r.Body = io.NopCloser(bytes.NewReader(changed))
		b, err := open(t, r)
		if err != nil {
			t.Fatal(err)
		}
		b.AttachAsSent(r)
		got, err := io.ReadAll(r.Body)
		var fault *Error
		if !errors.As(err, &fault) || len(got) > most || len(got) >= len(whole)-10 {
			t.Errorf("byte %d: %d bytes, %v", at, len(got), err)
		}
	}
}
