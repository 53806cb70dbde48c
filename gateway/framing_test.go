package gateway_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
)

// overWire sends a request with a length that it says of its body, and what is its
// body. If the body is shorter, it ends the sending: after a whole body, the server would
// take that for a client that has gone. It returns the answer.
func overWire(t *testing.T, srv *iamtest.Server, q request, length, body string) (int, string) {
	t.Helper()
	r := q.make(t, srv.URL)
	n, err := strconv.ParseInt(length, 10, 64)
	if err == nil && n > 0 { // it is signed
		r.ContentLength = n
		signer := sigv4.Signer{Credentials: root, Service: q.service, Region: "us-east-1"}
		payload := q.payload
		if payload == "" {
			payload = sigv4.HashPayload([]byte(q.body))
		}
		signer.Sign(r, payload, time.Now())
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var head strings.Builder
	head.WriteString(r.Method + " " + r.URL.RequestURI() + " HTTP/1.1\r\nHost: " + r.URL.Host +
		"\r\nConnection: close\r\nContent-Length: " + length + "\r\n")
	_ = r.Header.Write(&head)
	if _, err := io.WriteString(c, head.String()+"\r\n"+body); err != nil {
		t.Fatal(err)
	}
	if n > int64(len(body)) {
		_ = c.(*net.TCPConn).CloseWrite()
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(answer)
}

// A body that is not as long as the head says never comes to the upstream whole.
func TestWrongLengths(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	put := s3(http.MethodPut, "/bucket/key", "body")
	open := put
	open.payload = sigv4.UnsignedPayload
	chunks := chunked(http.MethodPut, "/bucket/key", "body", "body")
	for name, c := range map[string]struct {
		request request
		length  string
		body    string
		status  int
		says    string
	}{
		"S3, too short":        {open, "10", "body", 400, "<Code>IncompleteBody</Code>"},
		"S3, signed and short": {put, "10", "body", 400, "<Code>IncompleteBody</Code>"},
		"S3, too long":         {put, "3", "body", 400, "<Code>XAmzContentSHA256Mismatch</Code>"},
		"S3, chunks cut off":   {chunks, "90", chunks.body[:12], 400, "<Code>IncompleteBody</Code>"},
		"DynamoDB, too short":  {dynamoDB("ListTables", "{}"), "10", "{}", 400, `"__type":"SerializationException"`},
		"SNS, too short": {form("sns", "Action=ListTopics&Version=2010-03-31"), "99", "Action=ListTopics&Version=2010-03-31", 400,
			"<Code>IncompleteSignature</Code>"},
		"no number": {put, "x", "body", 400, ""},
	} {
		status, answer := overWire(t, srv, c.request, c.length, c.body)
		if status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s: answered %d %s", name, status, answer)
		}
	}
	_ = srv.Stop()
	for _, s := range up.took() {
		if s.Err == nil {
			t.Errorf("the upstream got a whole body of %d bytes", len(s.Body))
		}
	}
}

// A body whose hash the head declares is compared with it, for every service.
func TestDeclaredHashes(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	for body, want := range map[string]int{`{"Limit":1}`: 200, `{"Limit":2}`: 400} {
		q := dynamoDB("ListTables", `{"Limit":1}`)
		q.header.Set("X-Amz-Content-Sha256", sigv4.HashPayload([]byte(q.body)))
		q.change = func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(body)) }
		res, answer := q.send(t, srv)
		if got := up.took(); res.StatusCode != want || (len(got) == 1) != (want == 200) ||
			want == 400 && !strings.Contains(answer, "InvalidSignatureException") {
			t.Errorf("%s: answered %d %s, the upstream got %+v", body, res.StatusCode, answer, got)
		}
	}
}

// A head that is too long is refused before anything of it is looked at.
func TestHeadsThatAreTooLong(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	for name, q := range map[string]request{
		"S3":       s3(http.MethodGet, "/bucket/key", ""),
		"DynamoDB": dynamoDB("ListTables", "{}"),
		"a path":   s3(http.MethodGet, "/bucket/"+strings.Repeat("k", 30<<10), ""),
	} {
		if name != "a path" {
			q.change = func(r *http.Request) { r.Header.Set("X-Long", strings.Repeat("x", 30<<10)) }
		}
		if status, _ := overWire(t, srv, q, "0", ""); status != http.StatusRequestHeaderFieldsTooLarge || up.took() != nil {
			t.Errorf("%s: answered %d", name, status)
		}
	}
}

// What a client signs event by event cannot be verified, and is not sent on.
func TestEventsThatAreSigned(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	const events = "STREAMING-AWS4-HMAC-SHA256-EVENTS"
	for _, service := range []string{"bedrock", "transcribe", "kinesis"} {
		q := request{service: service, target: "/model/m/invoke-with-bidirectional-stream", body: "x", payload: events, header: http.Header{
			"X-Amz-Content-Sha256": {events}, "Content-Type": {"application/vnd.amazon.eventstream"},
		}}
		if res, body := q.send(t, srv); res.StatusCode != http.StatusNotImplemented ||
			!strings.Contains(body, "event by event ("+events+")") || up.took() != nil {
			t.Errorf("%s: answered %d %s", service, res.StatusCode, body)
		}
	}
}

// A parameter of a query that is there twice has one meaning or none: that of a list
// is decided with all its values, and any other one is refused.
func TestParametersThatAreThereTwice(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	const function = "arn:aws:lambda:us-east-1:000000000000:function:f"
	ana := user(t, srv, "ana",
		`[{"Effect":"Allow","Action":"lambda:UntagResource","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}},`+
			`{"Effect":"Allow","Action":["lambda:GetFunction","s3:*"],"Resource":"*"}]`)
	for target, want := range map[string]int{
		"DELETE /2017-03-31/tags/" + function + "?tagKeys=a&tagKeys=b": 200,
		"DELETE /2017-03-31/tags/" + function + "?tagKeys=a&tagKeys=c": 403,
		"GET /2015-03-31/functions/f?Qualifier=1":                      200,
		"GET /2015-03-31/functions/f?Qualifier=1&Qualifier=2":          400,
		"GET /2015-03-31/functions/f?Qualifier=1&%51ualifier=2":        400,
		"GET /2015-03-31/functions/f?Qualifier=1&qualifier=2":          400,
	} {
		method, path, _ := strings.Cut(target, " ")
		q := request{service: "lambda", method: method, target: path, key: ana}
		res, body := q.send(t, srv)
		if got := up.took(); res.StatusCode != want || (len(got) == 1) != (want == 200) {
			t.Errorf("%s: answered %d %s, the upstream got %+v", target, res.StatusCode, body, got)
		}
	}
}
