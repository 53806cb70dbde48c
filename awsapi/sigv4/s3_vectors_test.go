package sigv4

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// contents are what the requests of s3.txt upload.
var contents = map[string]string{
	"put with a hash": "content", "put with a trailer": "content", "put with a trailer and a token": strings.Repeat("content", 9),
	"put, unsigned": "content", "put, signed": "content", "presigned put, unsigned": "content",
}

// Requests to S3 that boto3 has signed are proved with their bodies, and are not
// with another path, which to other services would be the same.
func TestBoto3RequestsToS3(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t, "s3.txt") {
		if strings.HasPrefix(v.name, "posted form") {
			continue // tested in package postform
		}
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			r, body := v.request(t)
			r.Body = io.NopCloser(bytes.NewReader(body))
			sig, err := Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := sig.CheckLife(sig.time.Add(time.Minute)); err != nil {
				t.Error(err)
			}
			if err := sig.CheckScope("s3"); err != nil || strings.Contains(v.name, "token") != (sig.SessionToken == testToken) {
				t.Errorf("%v, token %q", err, sig.SessionToken)
			}
			b, err := sig.Open(testSecret)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(b)
			want, known := contents[v.name]
			if err != nil || known && string(got) != want || int64(len(got)) != b.Size() {
				t.Errorf("%q, %v", got, err)
			}
			if names := sig.UnsignedHeaders(); names != nil {
				t.Errorf("not signed: %v", names)
			}
			if sent := r.URL.EscapedPath(); sig.SignedPath() != sent {
				t.Errorf("%s was sent, and %s was signed", sent, sig.SignedPath())
			}
			r.URL.Path, r.URL.RawPath = r.URL.Path+"/", ""
			if _, err := sig.Open(testSecret); !errors.Is(err, ErrMismatch) {
				t.Errorf("with a slash more: %v", err)
			}
		})
	}
}
