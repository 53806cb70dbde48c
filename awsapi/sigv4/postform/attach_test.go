package postform

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// A form that is sent on is one that an upstream takes, for the same object, with
// the same file and nothing that was not checked.
func TestAttach(t *testing.T) {
	t.Parallel()
	by := &sigv4.Signer{Credentials: sigv4.Credentials{AccessKeyID: "UPSTREAM", SecretAccessKey: docSecret, SessionToken: "token"},
		Service: "s3", Region: "eu-west-1"}
	for name, disposition := range map[string]string{
		"a name": `form-data; name="file"; filename="cat \"1\".jpg"`, "no name": `form-data; name="file"`,
		"a variable as the name": `form-data; name="file"; filename="a${filename}b"`,
	} {
		p := example()
		p.disposition, p.file, p.after = disposition, strings.Repeat("file", 50_000), [][2]string{{"key", "other"}, {"acl", "private"}}
		p.set("x-ignore-note", "é\"<&")
		f, err := Read(p.request(t))
		check(t, err)
		out := httptest.NewRequest("POST", "http://upstream/", nil)
		check(t, f.Attach(out, docBucket, by, docTime))
		body, err := io.ReadAll(out.Body)
		check(t, err)
		if int64(len(body)) != out.ContentLength {
			t.Errorf("%s: %d bytes, and %d were promised", name, len(body), out.ContentLength)
		}
		if n := strings.Count(string(body), "other"); n != 0 {
			t.Errorf("%s: a field after the file is sent on", name)
		}
		out.Body = io.NopCloser(bytes.NewReader(body))
		again, err := Read(out)
		check(t, err)
		s, err := again.Signature()
		check(t, err)
		if s.AccessKeyID != "UPSTREAM" || s.SessionToken != "token" || again.Field("acl") != "public-read" ||
			again.Field("x-amz-meta-uuid") != "14365123651274" {
			t.Errorf("%s: %+v, fields %v", name, s, again.Fields())
		}
		check(t, s.CheckScope("s3"))
		check(t, again.Verify(s, docSecret))
		check(t, again.Check(docBucket, docTime))
		file, err := io.ReadAll(again.File())
		if err != nil || string(file) != p.file || again.Key() != f.Key() {
			t.Errorf("%s: %d bytes, %v, key %q, want %q", name, len(file), err, again.Key(), f.Key())
		}
	}
}

// A form of no known length is sent on as one, and a short one fits.
func TestAttachedLengths(t *testing.T) {
	t.Parallel()
	const short = "--b\r\nContent-Disposition:form-data;name=key\r\n\r\nk\r\n--b\r\nContent-Disposition:form-data;name=file\r\n\r\n\r\n--b--"
	for _, known := range []bool{true, false} {
		r := httptest.NewRequest("POST", "http://localhost/b", strings.NewReader(short))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		if !known {
			r.ContentLength = -1
		}
		f, err := Read(r)
		check(t, err)
		out := httptest.NewRequest("POST", "http://upstream/", nil)
		check(t, f.Attach(out, docBucket, nil, docTime))
		body, err := io.ReadAll(out.Body)
		if err != nil || known != (out.ContentLength == int64(len(body))) || !known && out.ContentLength != -1 {
			t.Errorf("%d bytes of %d, %v", len(body), out.ContentLength, err)
		}
	}
}

// Without a signer a form is anonymous upstream.
func TestAttachUnsigned(t *testing.T) {
	t.Parallel()
	f, err := Read(example().request(t))
	check(t, err)
	out := httptest.NewRequest("POST", "http://upstream/", nil)
	check(t, f.Attach(out, docBucket, nil, docTime))
	again, err := Read(out)
	check(t, err)
	if s, err := again.Signature(); s != nil || err != nil || again.Field("policy") != "" {
		t.Errorf("%+v, %v, fields %v", s, err, again.Fields())
	}
}

// A file that the policy does not allow never completes upstream.
func TestAttachedFilesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	f, err := Read(withPolicy(`, ["content-length-range", 0, 7]`).request(t))
	check(t, err)
	check(t, f.Check(docBucket, docTime))
	out := httptest.NewRequest("POST", "http://upstream/", nil)
	check(t, f.Attach(out, docBucket, nil, docTime))
	body, err := io.ReadAll(out.Body)
	if !errors.Is(err, ErrSize) || strings.Contains(string(body), "12345678") {
		t.Errorf("%q, %v", body, err)
	}
}
