package gateway_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// chunked is a request to S3 whose body comes in chunks that are not signed, with the
// checksum of what was meant behind them, as SDKs send it.
func chunked(method, target, content, meant string) request {
	sum := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(meant))))
	q := s3(method, target, fmt.Sprintf("%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n", len(content), content, sum))
	q.payload = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	q.header = http.Header{
		"Content-Encoding": {"aws-chunked"}, "X-Amz-Content-Sha256": {q.payload},
		"X-Amz-Decoded-Content-Length": {strconv.Itoa(len(content))}, "X-Amz-Trailer": {"x-amz-checksum-crc32"},
	}
	return q
}

// An object that an anonymous caller sends in chunks comes to the upstream as chunks
// that it can tell from the object, and an upstream that verifies signatures itself gets
// every byte as it was sent. A content that is not the one of the checksum does not
// come whole.
func TestChunksAreSentOn(t *testing.T) {
	t.Parallel()
	const object, list = "hello, world!", "<Delete><Object><Key>key</Key></Object></Delete>"
	for name, c := range map[string]struct {
		method, target, content string
		options                 []iamtest.Option
		unsigned                bool
	}{
		"anonymous":      {http.MethodPut, "/bucket/key", object, []iamtest.Option{iamtest.WithEnforcement("log")}, true},
		"kept":           {http.MethodPut, "/bucket/key", object, []iamtest.Option{iamtest.WithUpstreamCredentials("keep")}, false},
		"kept, and read": {http.MethodPost, "/bucket?delete", list, []iamtest.Option{iamtest.WithUpstreamCredentials("keep")}, false},
		"signed anew":    {http.MethodPut, "/bucket/key", object, nil, false},
	} {
		up := newUpstream(t, nil) // of each case its own: one may hear of a body that broke off after its answer
		srv := iamtest.Start(t, append(c.options, iamtest.WithUpstream(up.URL))...)
		q := chunked(c.method, c.target, c.content, c.content)
		q.unsigned = c.unsigned
		res, body := q.send(t, srv)
		got := up.took()
		if res.StatusCode != 200 || len(got) != 1 {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
			continue
		}
		if sent := got[0]; sent.Body != q.body || sent.Header.Get("X-Amz-Content-Sha256") != q.payload ||
			sent.Header.Get("Content-Encoding") != "aws-chunked" {
			t.Errorf("%s: the upstream got %q with %v", name, sent.Body, sent.Header)
		}
		q = chunked(c.method, c.target, strings.Replace(c.content, "e", "E", 1), c.content)
		q.unsigned = c.unsigned
		if res, body := q.send(t, srv); res.StatusCode != 400 || !strings.Contains(body, "BadDigest") {
			t.Errorf("%s: another content was answered %d %s", name, res.StatusCode, body)
		}
		for _, r := range up.took() {
			if r.Err == nil {
				t.Errorf("%s: the upstream got the whole of another content", name)
			}
		}
	}
}
