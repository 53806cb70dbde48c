package postform

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// The example of AWS's documentation: its policy to the letter, its form and its
// signature.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
const (
	docPolicy = "{ \"expiration\": \"2015-12-30T12:00:00.000Z\",\r\n  \"conditions\": [\r\n    {\"bucket\": \"sigv4examplebucket\"},\r\n" +
		"    [\"starts-with\", \"$key\", \"user/user1/\"],\r\n    {\"acl\": \"public-read\"},\r\n" +
		"    {\"success_action_redirect\": \"http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html\"},\r\n" +
		"    [\"starts-with\", \"$Content-Type\", \"image/\"],\r\n    {\"x-amz-meta-uuid\": \"14365123651274\"},\r\n" +
		"    {\"x-amz-server-side-encryption\": \"AES256\"},\r\n    [\"starts-with\", \"$x-amz-meta-tag\", \"\"],\r\n\r\n" +
		"    {\"x-amz-credential\": \"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},\r\n" +
		"    {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"},\r\n    {\"x-amz-date\": \"20151229T000000Z\" }\r\n  ]\r\n}"
	docSignature = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
	docSecret    = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	docBucket    = "sigv4examplebucket"
)

var docTime = time.Date(2015, 12, 29, 12, 0, 0, 0, time.UTC)

// example is the form of the documentation.
func example() *posted {
	return &posted{
		fields: [][2]string{
			{"key", "user/user1/${filename}"}, {"acl", "public-read"},
			{"success_action_redirect", "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},
			{"Content-Type", "image/jpeg"}, {"x-amz-meta-uuid", "14365123651274"}, {"x-amz-server-side-encryption", "AES256"},
			{"X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"}, {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
			{"X-Amz-Date", "20151229T000000Z"}, {"x-amz-meta-tag", ""},
			{"Policy", base64.StdEncoding.EncodeToString([]byte(docPolicy))}, {"X-Amz-Signature", docSignature},
		},
		disposition: `form-data; name="file"; filename="C:\photos\cat.jpg"`, file: "jpeg", after: [][2]string{{"submit", "Upload"}},
	}
}

// posted is a form that is to be sent.
type posted struct {
	fields, after [][2]string
	disposition   string // of the file; empty: no file
	file          string
	cut           int // bytes that are cut off from its end
}

func (p *posted) set(name, value string) {
	p.without(name)
	p.fields = append(p.fields, [2]string{name, value})
}

func (p *posted) without(name string) {
	p.fields = slices.DeleteFunc(p.fields, func(f [2]string) bool { return strings.EqualFold(f[0], name) })
}

func (p *posted) request(t testing.TB) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, f := range p.fields {
		check(t, w.WriteField(f[0], f[1]))
	}
	if p.disposition != "" {
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {p.disposition}, "Content-Type": {"image/jpeg"}})
		check(t, err)
		_, err = io.WriteString(part, p.file)
		check(t, err)
	}
	for _, f := range p.after {
		check(t, w.WriteField(f[0], f[1]))
	}
	check(t, w.Close())
	body.Truncate(body.Len() - p.cut)
	r := httptest.NewRequest("POST", "http://sigv4examplebucket.s3.amazonaws.com/", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// taken is what a server does with a form, up to its last byte.
func taken(r *http.Request) (key, file string, err error) {
	f, err := Read(r)
	if err != nil {
		return "", "", err
	}
	s, err := f.Signature()
	if err != nil {
		return "", "", err
	}
	if s != nil {
		if err := s.CheckScope("s3"); err != nil {
			return "", "", err
		}
		if err := f.Verify(s, docSecret); err != nil {
			return "", "", err
		}
	}
	if err := f.Check(docBucket, docTime); err != nil {
		return "", "", err
	}
	content, err := io.ReadAll(f.File())
	return f.Key(), string(content), err
}

func TestTheDocumentedForm(t *testing.T) {
	t.Parallel()
	r := example().request(t)
	if !Is(r) {
		t.Error("it is not taken for a form")
	}
	key, file, err := taken(r)
	if err != nil || key != "user/user1/cat.jpg" || file != "jpeg" {
		t.Errorf("%q, %q, %v", key, file, err)
	}
}

// What S3 answers to a form that is changed.
func TestRefusedForms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(p *posted)
		reason error
		code   string
		text   string // of the message, a part
	}{
		"another policy":    {func(p *posted) { p.set("policy", "eyJ9") }, sigv4.ErrMismatch, "", ""},
		"another signature": {func(p *posted) { p.set("x-amz-signature", strings.Repeat("0", 64)) }, sigv4.ErrMismatch, "", ""},
		"another region": {func(p *posted) { p.set("x-amz-credential", "AKIA/20151229/eu-west-1/s3/aws4_request") },
			sigv4.ErrMismatch, "", ""},
		"another service": {func(p *posted) { p.set("x-amz-credential", "AKIA/20151229/us-east-1/sqs/aws4_request") },
			sigv4.ErrScope, "", ""},
		"another day": {func(p *posted) { p.set("x-amz-credential", "AKIA/20151228/us-east-1/s3/aws4_request") },
			sigv4.ErrScope, "", ""},
		"another algorithm":  {func(p *posted) { p.set("x-amz-algorithm", "AWS4-ECDSA-P256-SHA256") }, sigv4.ErrAlgorithm, "", ""},
		"another date":       {func(p *posted) { p.set("x-amz-date", "today") }, sigv4.ErrDate, "", ""},
		"a short credential": {func(p *posted) { p.set("x-amz-credential", "AKIA") }, sigv4.ErrCredential, "", ""},
		"another field": {func(p *posted) { p.set("acl", "private") }, ErrPolicy, "AccessDenied",
			`Invalid according to Policy: Policy Condition failed: ["eq", "$acl", "public-read"]`},
		"another prefix": {func(p *posted) { p.set("key", "user/user2/x") }, ErrPolicy, "AccessDenied",
			`Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "user/user1/"]`},
		"one type of several": {func(p *posted) { p.set("Content-Type", "image/png, text/html") }, ErrPolicy, "AccessDenied",
			`Invalid according to Policy: Policy Condition failed: ["starts-with", "$Content-Type", "image/"]`},
		"a field left out": {func(p *posted) { p.without("x-amz-meta-tag") }, ErrPolicy, "AccessDenied",
			`Policy Condition failed: ["starts-with", "$x-amz-meta-tag", ""]`},
		"a field too many": {
			func(p *posted) { p.set("x-amz-Meta-B", "") }, ErrPolicy, "AccessDenied",
			"Invalid according to Policy: Extra input fields: x-amz-Meta-B",
		},
		"a field twice": {func(p *posted) { p.fields = append(p.fields, [2]string{"ACL", "private"}) }, ErrField, "InvalidArgument", "ACL"},
		"no key": {func(p *posted) { p.without("key") }, ErrField, "InvalidArgument",
			"Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields."},
		"the key after the file": {func(p *posted) { p.without("key"); p.after = [][2]string{{"key", "user/user1/x"}} }, ErrField,
			"InvalidArgument", "'key'"},
		"no signature": {func(p *posted) { p.without("x-amz-signature") }, ErrField, "InvalidArgument",
			"Bucket POST must contain a field named 'X-Amz-Signature'.  If"},
		"no algorithm and no credential": {func(p *posted) { p.without("x-amz-algorithm"); p.without("x-amz-credential") }, ErrField,
			"InvalidArgument", "'X-Amz-Algorithm'"},
		"no policy": {func(p *posted) { p.without("policy") }, ErrField, "InvalidArgument", "'policy'"},
		"no file": {
			func(p *posted) { p.disposition = "" }, ErrFile, "InvalidArgument", "POST requires exactly one file upload per request.",
		},
		"a file of another name": {func(p *posted) {
			p.disposition, p.file = `form-data; name="upload"; filename="a"`, strings.Repeat("x", 30_000)
		}, ErrTooMuch,
			"MaxPostPreDataLengthExceeded", "Your POST request fields preceeding the upload file was too large."},
		"two files": {func(p *posted) { p.after = [][2]string{{"file", "x"}} }, ErrFile, "InvalidArgument", "exactly one file"},
		"large fields": {
			func(p *posted) { p.set("x-ignore-a", strings.Repeat("x", 20_000)) }, ErrTooMuch, "MaxPostPreDataLengthExceeded", "",
		},
		"a large rest": {func(p *posted) { p.after = [][2]string{{"a", strings.Repeat("x", 200_000)}} }, ErrTooMuch, "", ""},
		"cut in a field": {func(p *posted) { p.disposition, p.after, p.cut = "", nil, 100 }, ErrMalformed, "MalformedPOSTRequest",
			"not well-formed"},
		"cut in the file": {func(p *posted) { p.after, p.cut = nil, 70 }, ErrMalformed, "MalformedPOSTRequest", "not well-formed"},
		"no end":          {func(p *posted) { p.cut = 8 }, ErrMalformed, "MalformedPOSTRequest", ""},
		"version 2": {func(p *posted) {
			p.fields = [][2]string{{"key", "a"}, {"AWSAccessKeyId", "AKIA"}, {"policy", "e30="}, {"signature", "x"}}
		}, ErrVersion,
			"InvalidRequest", "Please use AWS4-HMAC-SHA256."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := example()
			c.change(p)
			_, file, err := taken(p.request(t))
			if !errors.Is(err, c.reason) || len(file) >= len("jpeg") {
				t.Fatalf("%q, %v, want %v", file, err, c.reason)
			}
			var e *Error
			if errors.As(err, &e) && (!strings.Contains(e.Message, c.text) || c.code != "" && e.Code != c.code) {
				t.Errorf("%s: %s", e.Code, e.Message)
			}
		})
	}
}

// Fields that need no condition, and the cases of names.
func TestAllowedForms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(p *posted)
		key    string
	}{
		"fields to ignore":      {func(p *posted) { p.set("X-Ignore-A", "b") }, "user/user1/cat.jpg"},
		"several types":         {func(p *posted) { p.set("content-type", "image/png, image/gif") }, "user/user1/cat.jpg"},
		"no name of the file":   {func(p *posted) { p.disposition = `form-data; name="file"` }, "user/user1/${filename}"},
		"an empty name":         {func(p *posted) { p.disposition = `form-data; name="file"; filename=""` }, "user/user1/"},
		"a name with a path":    {func(p *posted) { p.disposition = `form-data; name="file"; filename="a/b/c.txt"` }, "user/user1/c.txt"},
		"fields after the file": {func(p *posted) { p.after = [][2]string{{"key", "other"}, {"acl", "private"}} }, "user/user1/cat.jpg"},
		"the name of a variable": {func(p *posted) { p.disposition = `form-data; name="file"; filename="${filename}"` },
			"user/user1/${filename}"},
	} {
		p := example()
		c.change(p)
		if key, file, err := taken(p.request(t)); err != nil || key != c.key || file != "jpeg" {
			t.Errorf("%s: %q, %q, %v", name, key, file, err)
		}
	}
}

// A request that is not a form has none to be read.
func TestNoForms(t *testing.T) {
	t.Parallel()
	for kind, is := range map[string]bool{
		"": false, "text/html": false, "application/x-www-form-urlencoded": false, "multipart/form-data": true,
		"Multipart/Form-Data; boundary": true,
	} {
		r := httptest.NewRequest("POST", "http://localhost/b", strings.NewReader("x"))
		r.Header.Set("Content-Type", kind)
		if Is(r) != is {
			t.Errorf("%q: %t", kind, !is)
		}
		if _, err := Read(r); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", kind, err)
		}
		r.Method = "PUT"
		if Is(r) {
			t.Errorf("PUT of %q is a form", kind)
		}
	}
}

// An error of the connection is not one of the form.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, at := range []int64{100, 2_650} {
		r := example().request(t)
		r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, at), failing{broken}))
		if _, _, err := taken(r); err != broken {
			t.Errorf("after %d: %v", at, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
