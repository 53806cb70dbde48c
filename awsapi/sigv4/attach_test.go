package sigv4

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// arrival is a request as an upstream got it.
type arrival struct {
	length   int64
	header   http.Header
	payload  string
	path     string
	content  []byte
	checksum string
	err      error
}

// relay sends a request through a proxy that verifies it, with a client and a server
// of net/http on both sides. The second error is that of the body.
func relay(t *testing.T, r *http.Request, attach func(*Body, *http.Request) string) (arrival, error) {
	t.Helper()
	arrived, refused := make(chan arrival, 1), make(chan error, 1)
	upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { arrived <- arrive(r) }))
	defer upstream.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { refused <- forward(r, upstream, attach) }))
	defer proxy.Close()
	to, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.Host, r.URL.Host = r.URL.Host, to.Host
	if answer, err := testkit.HTTP.Do(r); err == nil {
		answer.Body.Close()
	}
	return <-arrived, <-refused
}

func arrive(r *http.Request) (a arrival) {
	a = arrival{length: r.ContentLength, header: r.Header, path: r.URL.EscapedPath()}
	sig, err := Parse(r)
	if err != nil {
		a.err = err
		return a
	}
	b, err := sig.Open("upstream")
	if err != nil {
		a.err = err
		return a
	}
	a.payload = b.Payload()
	a.content, a.err = io.ReadAll(b)
	a.checksum = b.Trailer().Get("X-Amz-Checksum-Crc32")
	return a
}

func forward(r *http.Request, to *httptest.Server, attach func(*Body, *http.Request) string) error {
	sig, err := Parse(r)
	if err != nil {
		return err
	}
	b, err := sig.Open(testSecret)
	if err != nil {
		return err
	}
	defer b.Close()
	out := r.Clone(r.Context())
	out.RequestURI, out.Host = "", ""
	out.URL.Scheme, out.URL.Host = "http", strings.TrimPrefix(to.URL, "http://")
	payload := attach(b, out)
	(&Signer{Credentials: Credentials{AccessKeyID: "upstream", SecretAccessKey: "upstream"}, Service: sig.Service,
		Region: sig.Region}).Sign(out, payload, signedAt)
	answer, err := to.Client().Transport.RoundTrip(out)
	if err == nil {
		answer.Body.Close()
	}
	if b.Err() != io.EOF {
		return b.Err()
	}
	return err
}

var digits = upload{content: []byte("123456789"), word: StreamingUnsignedTrailer, trailer: "x-amz-checksum-crc32",
	lines: "x-amz-checksum-crc32:y/Q5Jg==\r\n", encoding: "gzip"}

// What arrives at an upstream is what was sent, and says what it is.
func TestAttach(t *testing.T) {
	t.Parallel()
	large := digits
	large.content, large.trailer, large.lines = bytesOf(1_000_000), "", ""
	chunked := large
	chunked.word, chunked.encoding = StreamingPayload, ""
	empty := chunked
	empty.content = nil
	plain := sent(t, signing{service: "s3", method: "PUT", url: "http://localhost/bucket/a//b%2Fc", body: "body"})
	unknown := digits
	unknown.trailer, unknown.lines = "x-amz-checksum-new", "x-amz-checksum-new:0\r\n"
	for name, c := range map[string]struct {
		request *http.Request
		attach  func(*Body, *http.Request) string
		want    arrival
	}{
		"a trailer": {
			digits.request(t), (*Body).Attach, arrival{length: 9 + 5 + 5 + 31, payload: StreamingUnsignedTrailer, content: digits.content,
				checksum: "y/Q5Jg=="},
		},
		"a trailer dropped": {
			digits.request(t), (*Body).AttachPlain, arrival{length: 9, payload: UnsignedPayload, content: digits.content},
		},
		"a large body": {
			large.request(t), (*Body).Attach, arrival{length: 1_000_133, payload: StreamingUnsignedTrailer, content: large.content},
		},
		"signed chunks": {
			chunked.request(t), (*Body).Attach, arrival{length: 1_000_000, payload: UnsignedPayload, content: chunked.content},
		},
		"signed, but nothing": {empty.request(t), (*Body).Attach, arrival{payload: UnsignedPayload}},
		"a hash":              {plain, (*Body).Attach, arrival{length: 4, payload: HashPayload([]byte("body")), content: []byte("body")}},
		"a checksum of no use": {
			unknown.request(t), (*Body).Attach, arrival{length: -1, payload: StreamingUnsignedTrailer, content: digits.content},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := relay(t, c.request, c.attach)
			if err != nil || got.err != nil {
				t.Fatalf("%v, %v", err, got.err)
			}
			if got.length != c.want.length || got.payload != c.want.payload || !bytes.Equal(got.content, c.want.content) ||
				got.checksum != c.want.checksum {
				t.Errorf("length %d, payload %s, %d bytes, checksum %q", got.length, got.payload, len(got.content), got.checksum)
			}
			if got.path != "/bucket/a//b%2Fc" {
				t.Errorf("path %s", got.path)
			}
			framed := got.payload == StreamingUnsignedTrailer
			if encoded := strings.Contains(got.header.Get("Content-Encoding"), "aws-chunked"); encoded != framed ||
				(got.header.Get("X-Amz-Decoded-Content-Length") != "") != framed {
				t.Errorf("header %v", got.header)
			}
		})
	}
}

// Other encodings stay.
func TestAttachKeepsOtherEncodings(t *testing.T) {
	t.Parallel()
	b, err := digits.open(t)
	if err != nil {
		t.Fatal(err)
	}
	out := httptest.NewRequest("PUT", "http://localhost/", nil)
	out.Header = http.Header{"Content-Encoding": {"gzip, aws-chunked", "br,AWS-Chunked"}, "X-Amz-Sdk-Checksum-Algorithm": {"CRC32"},
		"X-Amz-Trailer": {"a"}, "X-Amz-Decoded-Content-Length": {"9"}, "X-Amz-Meta-A": {"b"}}
	b.AttachPlain(out)
	if diff := cmp.Diff(http.Header{"Content-Encoding": {"gzip,br"}, "X-Amz-Meta-A": {"b"}}, out.Header); diff != "" {
		t.Error(diff)
	}
}

// An upstream never gets a whole body that is not the one that was signed.
func TestAttachedBodiesThatAreChangedNeverArrive(t *testing.T) {
	t.Parallel()
	wrong := digits
	wrong.content = []byte("123456780")
	short := digits
	short.length = "10"
	hashed := sent(t, signing{service: "s3", method: "PUT", url: "http://localhost/b/k", body: "body"})
	hashed.Body = io.NopCloser(strings.NewReader("bodx"))
	for name, c := range map[string]struct {
		request *http.Request
		attach  func(*Body, *http.Request) string
		want    error
	}{
		"framed":    {wrong.request(t), (*Body).Attach, ErrChecksum},
		"plain":     {wrong.request(t), (*Body).AttachPlain, ErrChecksum},
		"too short": {short.request(t), (*Body).AttachPlain, ErrIncomplete},
		"hashed":    {hashed, (*Body).Attach, ErrPayloadMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := relay(t, c.request, c.attach)
			if !errors.Is(err, c.want) || got.err == nil {
				t.Errorf("%v, want %v; the upstream got %q, %v", err, c.want, got.content, got.err)
			}
		})
	}
}
