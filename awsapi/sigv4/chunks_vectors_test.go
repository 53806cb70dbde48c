package sigv4

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The example of AWS's documentation of chunked uploads, without and with a
// trailer: 65 KiB of the letter a, in a chunk of 64 KiB and one of 1 KiB.
const (
	docSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	docHead   = "PUT /examplebucket/chunkObject.txt HTTP/1.1\r\nHost: s3.amazonaws.com\r\nX-Amz-Date: 20130524T000000Z\r\n" +
		"X-Amz-Storage-Class: REDUCED_REDUNDANCY\r\nContent-Encoding: aws-chunked\r\nX-Amz-Decoded-Content-Length: 66560\r\n" +
		"Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
	docPlain = docHead +
		"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class, " +
		"Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9\r\n" +
		"X-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\r\nContent-Length: 66824\r\n\r\n"
	docTrailer = docHead +
		"SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer, " +
		"Signature=106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e\r\n" +
		"X-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\r\nX-Amz-Trailer: x-amz-checksum-crc32c\r\nContent-Length: 66946\r\n\r\n"
)

var docContent = strings.Repeat("a", 66560)

// docBody frames the content of the examples with the three signatures that they
// give.
func docBody(one, two, last, end string) string {
	return "10000;chunk-signature=" + one + "\r\n" + docContent[:65536] + "\r\n" +
		"400;chunk-signature=" + two + "\r\n" + docContent[65536:] + "\r\n" +
		"0;chunk-signature=" + last + "\r\n" + end
}

var docBodies = map[string]string{
	"chunks": docPlain + docBody("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
		"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
		"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", "\r\n"),
	"a trailer": docTrailer + docBody(docTrailerSignatures[0], docTrailerSignatures[1], docTrailerSignatures[2],
		"x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"),
	"a trailer as minio-go sends it": strings.Replace(docTrailer, "66946", "66947", 1) +
		docBody(docTrailerSignatures[0], docTrailerSignatures[1], docTrailerSignatures[2],
			"x-amz-checksum-crc32c:sOO8/Q==\n\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"),
}

var docTrailerSignatures = [3]string{
	"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
	"1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
	"2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
}

func TestDocumentedChunkedUploads(t *testing.T) {
	t.Parallel()
	for name, wire := range docBodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{1, 7, 4096, 1 << 20} {
				b, err := opened(wire)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(struct{ io.Reader }{&limited{b, size}})
				if err != nil || string(got) != docContent {
					t.Errorf("reads of %d bytes: %d bytes, %v", size, len(got), err)
				}
				if trailer := b.Trailer().Get("X-Amz-Checksum-Crc32c"); strings.Contains(name, "trailer") != (trailer == "sOO8/Q==") {
					t.Errorf("trailer %q", trailer)
				}
				if b.Err() != io.EOF || b.Size() != 66560 || !b.Proved() {
					t.Errorf("err %v, size %d", b.Err(), b.Size())
				}
			}
		})
	}
}

// Whatever byte of a body is changed, left out or added, it is refused, and its
// last byte is never read.
func TestTamperedChunksAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"chunks", "a trailer"} {
		wire := docBodies[name]
		head := strings.Index(wire, "\r\n\r\n") + 4
		for _, at := range tamperedAt(len(wire) - head) {
			for how, change := range map[string]func(body string) string{
				"changed":   func(b string) string { return b[:at] + string(b[at]^1) + b[at+1:] },
				"left out":  func(b string) string { return b[:at] + b[at+1:] },
				"added":     func(b string) string { return b[:at] + "x" + b[at:] },
				"cut off":   func(b string) string { return b[:at] },
				"cut clean": func(b string) string { return b[:at] + "\r\n" },
			} {
				body := change(wire[head:])
				if body == wire[head:] || how == "left out" && harmless(wire[head:], at) {
					continue
				}
				got, err := readTampered(wire[:head], body)
				var fault *Error
				if !errors.As(err, &fault) || len(got) >= len(docContent) || !strings.HasPrefix(docContent, string(got)) {
					t.Fatalf("%s: byte %d %s: %d bytes, %v", name, at, how, len(got), err)
				}
			}
		}
	}
}

// harmless reports whether a byte is one of the carriage returns that a trailer may
// be without.
func harmless(body string, at int) bool {
	end := strings.LastIndex(body, "0;chunk-signature=") + len("0;chunk-signature=") + 64 + 2
	return at >= end && body[at] == '\r' && strings.Contains(body[end:], "trailer-signature")
}

func tamperedAt(length int) (list []int) {
	for at := range length {
		if at%3 == 0 && (at < 100 || at > 65536+80 && at < 65536+200) || at > length-220 || at%9973 == 0 {
			list = append(list, at)
		}
	}
	return list
}

func readTampered(head, body string) ([]byte, error) {
	r, err := http.ReadRequest(newReader(head))
	if err != nil {
		return nil, err
	}
	// As HTTP's own chunks bring it, so that a length says nothing.
	r.Body = io.NopCloser(strings.NewReader(body))
	sig, err := Parse(r)
	if err != nil {
		return nil, err
	}
	b, err := sig.Open(docSecret)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(b)
}

// opened reads a request and opens its body.
func opened(wire string) (*Body, error) {
	r, err := http.ReadRequest(newReader(wire))
	if err != nil {
		return nil, err
	}
	sig, err := Parse(r)
	if err != nil {
		return nil, err
	}
	return sig.Open(docSecret)
}

// limited reads a few bytes at once.
type limited struct {
	r    io.Reader
	most int
}

func (l *limited) Read(p []byte) (int, error) { return l.r.Read(p[:min(len(p), l.most)]) }

// The parts of a body are in an order, and none can be left out.
func TestReorderedChunksAreRefused(t *testing.T) {
	t.Parallel()
	wire := docBodies["chunks"]
	head := strings.Index(wire, "\r\n\r\n") + 4
	body := wire[head:]
	second := strings.Index(body, "\r\n400;") + 2
	last := strings.Index(body, "\r\n0;") + 2
	one, two, end := body[:second], body[second:last], body[last:]
	for name, c := range map[string]struct {
		body string
		want error
	}{
		"in the other order":      {two + one + end, ErrChunkMismatch},
		"the first one left out":  {two + end, ErrChunkMismatch},
		"the second one left out": {one + end, ErrIncomplete},
		"the last one left out":   {one + two, ErrIncomplete},
		"one twice":               {one + one + end, ErrIncomplete},
		"something behind it":     {body + "x", ErrIncomplete},
		"nothing at all":          {"", ErrIncomplete},
		"a longer size":           {strings.Replace(body, "400;", "401;", 1), ErrIncomplete},
		"a size with a sign":      {strings.Replace(body, "400;", "+400;", 1), ErrChunk},
		"a size in a prefix":      {strings.Replace(body, "400;", "0x400;", 1), ErrChunk},
		"no size":                 {strings.Replace(body, "400;", ";", 1), ErrChunk},
		"a huge size":             {strings.Replace(body, "400;", "ffffffffffffffff;", 1), ErrChunk},
		"a size of 17 digits":     {strings.Replace(body, "400;", "00000000000000400;", 1), ErrChunk},
		"another extension":       {strings.Replace(body, "400;", "400;a=b;", 1), ErrChunk},
		"no signature":            {strings.Replace(body, "10000;chunk-signature="+body[22:86], "10000", 1), ErrChunk},
		"a line feed alone":       {strings.Replace(body, "\r\n", "\n", 1), ErrChunk},
		"an endless header":       {strings.Repeat("0", 1<<20), ErrChunk},
	} {
		got, err := readTampered(wire[:head], c.body)
		if !errors.Is(err, c.want) || len(got) >= len(docContent) || bytes.Contains(got, []byte("\r")) {
			t.Errorf("%s: %d bytes, %v, want %v", name, len(got), err, c.want)
		}
	}
}
