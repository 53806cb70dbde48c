package gateway_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
)

// upload is a form that a browser sends to the bucket "bucket".
type upload struct {
	fields     [][2]string
	file       string
	key        sigv4.Credentials // zero: anonymous
	conditions []any             // beside those for the fields
	life       time.Duration     // of the policy; 0: an hour
	change     func(*request)
}

// make is the request with the form, whose policy is signed.
func (u *upload) make(t *testing.T) request {
	t.Helper()
	fields := u.fields
	if u.key.AccessKeyID != "" {
		fields = u.sign(t)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("file", "cat.jpg")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(file, u.file)
	_ = w.Close()
	q := request{target: "/bucket", unsigned: true, body: body.String(), header: http.Header{"Content-Type": {w.FormDataContentType()}}}
	if u.change != nil {
		u.change(&q)
	}
	return q
}

// sign adds a policy for the fields and its signature.
func (u *upload) sign(t *testing.T) [][2]string {
	t.Helper()
	now, life := time.Now(), u.life
	if life == 0 {
		life = time.Hour
	}
	signer := sigv4.Signer{Credentials: u.key, Service: "s3", Region: "us-east-1"}
	of := signer.PolicyFields(now)
	fields := append(u.fields[:len(u.fields):len(u.fields)], [2]string{"x-amz-algorithm", of.Algorithm},
		[2]string{"x-amz-credential", of.Credential}, [2]string{"x-amz-date", of.Date})
	if of.SessionToken != "" {
		fields = append(fields, [2]string{"x-amz-security-token", of.SessionToken})
	}
	conditions := append([]any{map[string]string{"bucket": "bucket"}}, u.conditions...)
	for _, f := range fields {
		if f[0] == "key" {
			conditions = append(conditions, []string{"starts-with", "$key", ""})
			continue
		}
		conditions = append(conditions, map[string]string{f[0]: f[1]})
	}
	text, err := json.Marshal(map[string]any{"expiration": now.Add(life).UTC().Format("2006-01-02T15:04:05Z"), "conditions": conditions})
	if err != nil {
		t.Fatal(err)
	}
	policy := base64.StdEncoding.EncodeToString(text)
	return append(fields, [2]string{"policy", policy}, [2]string{"x-amz-signature", signer.SignPolicy(policy, now)})
}

// sentFields are the fields and the file of a form that an upstream got.
func sentFields(t *testing.T, s seen) map[string]string {
	t.Helper()
	r := &http.Request{Method: s.Method, Header: s.Header, Body: io.NopCloser(strings.NewReader(s.Body))}
	form, err := r.MultipartReader()
	if err != nil {
		t.Fatalf("the upstream got %+v: %v", s, err)
	}
	fields := map[string]string{}
	for {
		part, err := form.NextPart()
		if err != nil {
			return fields
		}
		value, _ := io.ReadAll(part)
		fields[strings.ToLower(part.FormName())] = string(value)
	}
}

const mayPost = `[{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/in/*"},` +
	`{"Effect":"Allow","Action":"s3:PutObjectAcl","Resource":"arn:aws:s3:::bucket/in/*","Condition":{"StringEquals":{"s3:x-amz-acl":"public-read"}}}]`

// A form is decided as the upload that it is, by the fields that it has, and each way
// of being wrong is answered as S3 answers it.
func TestPostedForms(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana", mayPost)
	key := func(name string) [][2]string { return [][2]string{{"key", name}} }
	unknown, wrong := sigv4.Credentials{AccessKeyID: "AKIANOBODY", SecretAccessKey: "x"}, ana
	wrong.SecretAccessKey = "wrong"
	large := []any{[]any{"content-length-range", 0, 3}}
	for name, c := range map[string]struct {
		upload upload
		status int
		code   string
	}{
		"allowed":                {upload{fields: key("in/a"), key: ana}, 204, ""},
		"named by the file":      {upload{fields: key("in/${filename}"), key: ana}, 204, ""},
		"an ACL that is allowed": {upload{fields: [][2]string{{"key", "in/a"}, {"acl", "public-read"}}, key: ana}, 204, ""},
		"another ACL":            {upload{fields: [][2]string{{"key", "in/a"}, {"acl", "private"}}, key: ana}, 403, "s3:PutObjectAcl"},
		"tags": {
			upload{fields: [][2]string{
				{"key", "in/a"}, {"tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"},
			}, key: ana}, 403, "s3:PutObjectTagging",
		},
		"a legal hold": {upload{fields: [][2]string{{"key", "in/a"}, {"x-amz-object-lock-legal-hold", "ON"}}, key: ana}, 403,
			"s3:PutObjectLegalHold"},
		"another key": {
			upload{fields: key("out/a"), key: ana}, 403, `s3:PutObject on resource: &#34;arn:aws:s3:::bucket/out/a&#34;`,
		},
		"anonymous":      {upload{fields: key("in/a")}, 403, "<Code>AccessDenied</Code><Message>Access Denied"},
		"an unknown key": {upload{fields: key("in/a"), key: unknown}, 403, "InvalidAccessKeyId"},
		"a wrong secret": {upload{fields: key("in/a"), key: wrong}, 403, "SignatureDoesNotMatch"},
		"an expired policy": {
			upload{fields: key("in/a"), key: ana, life: -time.Hour}, 403, "Invalid according to Policy: Policy expired.",
		},
		"another bucket": {upload{fields: key("in/a"), key: ana, change: func(q *request) { q.target = "/other" }}, 403,
			"Invalid according to Policy: Policy Condition failed:"},
		"a condition that fails": {upload{fields: key("in/a"), key: ana, conditions: []any{[]string{"eq", "$x-amz-meta-a", "b"}}}, 403,
			"Invalid according to Policy: Policy Condition failed:"},
		"a file that is too large": {upload{fields: key("in/a"), key: ana, file: "four", conditions: large}, 400, "EntityTooLarge"},
		"no key": {
			upload{fields: [][2]string{{"acl", "private"}}, key: ana}, 400, "Bucket POST must contain a field named",
		},
		"no form": {upload{fields: key("in/a"), key: ana, change: func(q *request) { q.body = "x" }}, 400,
			"MalformedPOSTRequest"},
		"fields in the query": {upload{fields: key("in/a"), key: ana, change: func(q *request) { q.target = "/bucket?key=out/a" }},
			400, "it is a form with a file, and has a query"},
		"a signature in the head": {
			upload{fields: key("in/a"), key: ana, change: func(q *request) { q.unsigned, q.service, q.key = false, "s3", ana }}, 400,
			"Only one auth mechanism allowed",
		},
	} {
		q := c.upload.make(t)
		res, body := q.send(t, srv)
		if res.StatusCode != c.status || !strings.Contains(body, c.code) {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
		for _, s := range up.took() {
			if s.Err == nil && c.status != 204 {
				t.Errorf("%s: the upstream got a whole form: %s", name, s.Body)
			}
		}
	}
}

// The upstream gets a form that is signed as calls are that it gets, or none, or the
// client's own signature, and nothing that is not in the form.
func TestPostedFormsAreSentOn(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]map[string]string{
		"account": {"x-amz-credential": "000000000000/", "key": "in/cat.jpg"}, "strip": {"policy": "", "key": "in/cat.jpg"},
		"UP:STREAM": {"x-amz-credential": "UP/", "key": "in/cat.jpg"}, "keep": {"x-amz-credential": "test/", "key": "in/${filename}"},
	} {
		up := newUpstream(t, nil)
		srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithUpstreamCredentials(mode))
		u := upload{fields: [][2]string{{"key", "in/${filename}"}, {"acl", "public-read"}}, key: root,
			file: strings.Repeat("file", 100_000), change: func(q *request) {
				q.header.Set("X-Amz-Tagging", "a=b")
			}}
		q := u.make(t)
		res, body := q.send(t, srv)
		got := up.took()
		if res.StatusCode != 200 || len(got) != 1 {
			t.Errorf("%s: answered %d %s, and the upstream got %+v", mode, res.StatusCode, body, got)
			continue
		}
		fields := sentFields(t, got[0])
		for name, value := range want {
			if !strings.HasPrefix(fields[name], value) || value == "" && fields[name] != "" {
				t.Errorf("%s: %s is %q, want %q", mode, name, fields[name], value)
			}
		}
		if fields["file"] != u.file || fields["acl"] != "public-read" || got[0].Header.Get("X-Amz-Tagging") != "" ||
			got[0].Header.Get("Authorization") != "" {
			t.Errorf("%s: the upstream got %d bytes, ACL %q, headers %v", mode, len(fields["file"]), fields["acl"], got[0].Header)
		}
	}
}
