package sigv4

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// The payload that a request declares decides what its body has to be.
func TestOpen(t *testing.T) {
	t.Parallel()
	const url, body = "http://localhost/b/k", "the body"
	hash := HashPayload([]byte(body))
	declared := http.Header{"X-Amz-Content-Sha256": {hash}}
	for name, c := range map[string]struct {
		signing signing
		change  func(r *http.Request)
		open    error // of Open
		read    error // of reading
		late    bool  // the head is proved by the body
	}{
		"s3, a hash":                     {signing: signing{service: "s3"}},
		"s3, a hash in capitals":         {signing: signing{service: "s3", payload: strings.ToUpper(hash)}},
		"s3, the hash of something else": {signing: signing{service: "s3", payload: HashPayload(nil)}, read: ErrPayloadMismatch},
		"s3, unsigned":                   {signing: signing{service: "s3", payload: UnsignedPayload}},
		"s3, nothing declared": {
			signing: signing{service: "s3"}, change: without("X-Amz-Content-Sha256"), open: ErrPayloadMissing,
		},
		"s3, another hash declared": {signing: signing{service: "s3"},
			change: with("X-Amz-Content-Sha256", HashPayload(nil)), open: ErrMismatch},
		"s3, another path":   {signing: signing{service: "s3"}, change: func(r *http.Request) { r.URL.Path = "/b//k" }, open: ErrMismatch},
		"s3express, a hash":  {signing: signing{service: "s3express"}},
		"lambda, undeclared": {signing: signing{service: "lambda"}, late: true},
		"lambda, declared":   {signing: signing{service: "lambda", header: declared}},
		"lambda, wrongly declared, but signed with the body": {signing: signing{service: "lambda", header: http.Header{"X-Other": {"a"}}},
			change: with("X-Amz-Content-Sha256", HashPayload(nil)), late: true},
		"lambda, another body": {signing: signing{service: "lambda"},
			change: func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("another")) },
			read:   ErrMismatch, late: true},
		"lambda, declared, another body": {signing: signing{service: "lambda", header: declared},
			change: func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("another")) }, read: ErrPayloadMismatch},
		"lambda, unsigned": {
			signing: signing{service: "lambda", payload: UnsignedPayload, header: http.Header{"X-Amz-Content-Sha256": {"x"}}},
		},
		"lambda, another path": {
			signing: signing{service: "lambda", header: declared}, change: func(r *http.Request) { r.URL.Path = "/other" },
			read: ErrMismatch, late: true,
		},
		"lambda, events": {signing: signing{
			service: "lambda", payload: "STREAMING-AWS4-HMAC-SHA256-EVENTS", header: http.Header{"X-Amz-Content-Sha256": {"x"}},
		},
			open: ErrPayloadWord},
		"lambda, cut off":       {signing: signing{service: "lambda", header: declared}, change: cutOff, read: ErrIncomplete},
		"s3, unsigned, cut off": {signing: signing{service: "s3", payload: UnsignedPayload}, change: cutOff, read: io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.signing.method, c.signing.url, c.signing.body = "PUT", url, body
			r := sent(t, c.signing)
			if c.change != nil {
				c.change(r)
			}
			b, err := open(t, r)
			if !errors.Is(err, c.open) {
				t.Fatalf("open: %v, want %v", err, c.open)
			}
			if err != nil {
				return
			}
			if b.Proved() == c.late {
				t.Errorf("proved is %t before the body is read", b.Proved())
			}
			got, err := io.ReadAll(b)
			if !errors.Is(err, c.read) || err == nil && string(got) != body || err != nil && len(got) >= len(body) {
				t.Errorf("%q, %v, want %v", got, err, c.read)
			}
			if b.Proved() != (c.read == nil || !c.late) {
				t.Errorf("proved is %t at the end", b.Proved())
			}
		})
	}
}

func without(name string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(name) }
}

func with(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func cutOff(r *http.Request) {
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader("the b"), failing{io.ErrUnexpectedEOF}))
}

// A body of nothing is proved before anything is read.
func TestOpenNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		signing signing
		want    error
	}{
		"s3":                     {signing{service: "s3"}, nil},
		"s3, another hash":       {signing{service: "s3", payload: HashPayload([]byte("x"))}, ErrPayloadMismatch},
		"sqs":                    {signing{service: "sqs"}, nil},
		"sqs, of something else": {signing{service: "sqs", payload: HashPayload([]byte("x"))}, ErrMismatch},
	} {
		c.signing.method, c.signing.url = "GET", "http://localhost/a"
		r := sent(t, c.signing)
		r.Body = nil
		b, err := open(t, r)
		if !errors.Is(err, c.want) || err == nil && !b.Proved() {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// The last byte is held back, and all arrive, however the source gives them.
func TestBodiesOfOddSources(t *testing.T) {
	t.Parallel()
	content := bytesOf(5000)
	for name, source := range map[string]func(io.Reader) io.Reader{
		"one byte at a time": iotest.OneByteReader, "half": iotest.HalfReader, "the end with the data": iotest.DataErrReader,
	} {
		for _, size := range []int{1, 2, 512} {
			r := sent(t, signing{service: "s3", method: "PUT", url: "http://localhost/b/k", body: string(content)})
			r.Body = io.NopCloser(source(bytes.NewReader(content)))
			b, err := open(t, r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(&limited{b, size})
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s in %d: %d bytes, %v", name, size, len(got), err)
			}
		}
	}
}

// A presigned request to S3 says in its query what is signed, or means that nothing
// is.
func TestOpenPresigned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		query, payload string
	}{
		"not said":           {"", UnsignedPayload},
		"said in the query":  {"?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD", UnsignedPayload},
		"a hash in a query":  {"?X-Amz-Content-Sha256=" + HashPayload([]byte("body")), HashPayload([]byte("body"))},
		"with other queries": {"?partNumber=1", UnsignedPayload},
	} {
		s := signing{service: "s3", method: "PUT", url: "http://localhost/b/k", body: "body", token: testToken}
		r := s.request(t)
		r.URL.RawQuery = strings.TrimPrefix(c.query, "?")
		presignKeeping(s, r, c.payload)
		b, err := open(t, r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := io.ReadAll(b)
		if err != nil || string(got) != "body" || b.Payload() != c.payload {
			t.Errorf("%s: %q, %v, payload %s", name, got, err, b.Payload())
		}
	}
}

// presignKeeping presigns a request, and keeps the parameter for the payload in its
// query, which Presign strips as one of a signature.
func presignKeeping(s signing, r *http.Request, payload string) {
	said, found := queryValue(r.URL.RawQuery, payloadHeader)
	s.signer().Presign(r, payload, signedAt, time.Hour)
	if !found {
		return
	}
	query, _, _ := strings.Cut(r.URL.RawQuery, "&X-Amz-Signature=")
	r.URL.RawQuery = query + "&X-Amz-Content-Sha256=" + said
	sig := s.signer().begin(r.Clone(r.Context()), signedAt)
	sig.request, sig.presigned, sig.signedHeaders = r, true, signedHeaders(r)
	r.URL.RawQuery += "&X-Amz-Signature=" + sig.compute(testSecret, payload)
}
