package gateway_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

// allowExample lets clients call a server by names below example.com.
func allowExample() iamtest.Option {
	return iamtest.WithServer(func(o *server.Options) { o.AllowHosts = []string{".example.com"} })
}

// raw sends a request with the target exactly as it is, and returns the status.
func raw(t *testing.T, srv *iamtest.Server, q request) int {
	t.Helper()
	q.change = func(r *http.Request) {
		path, query, _ := strings.Cut(q.target, "?")
		r.URL.Opaque, r.URL.RawQuery = "//"+r.Host+path, query
	}
	res, _ := q.send(t, srv)
	return res.StatusCode
}

// A call that a server could take for another one than it is decided as is not sent on.
func TestDisguisedRequests(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	lenient := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithGateway("lenient"))
	keep := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithUpstreamCredentials("keep"), allowExample())
	target := func(service, method, path, name string) request {
		return request{
			service: service, method: method, target: path, body: "{}",
			header: http.Header{"X-Amz-Target": {name}, "Content-Type": {"application/x-amz-json-1.0"}},
		}
	}
	for name, c := range map[string]struct {
		srv     *iamtest.Server
		request request
	}{
		"moto's reset with a target":     {srv, target("dynamodb", "POST", "/moto-api/reset", "DynamoDB_20120810.ListTables")},
		"an object's path with a target": {srv, target("dynamodb", "DELETE", "/bucket/key", "DynamoDB_20120810.ListTables")},
		"moto's reset for S3":            {srv, s3(http.MethodPost, "/moto-api/reset", "")},
		"a path of S3 Control for S3":    {srv, s3(http.MethodDelete, "/v20180820/accesspoint/a", "")},
		"an action beside an object":     {srv, s3(http.MethodGet, "/bucket/key?Action=DeleteQueue&Version=2012-11-05", "")},
		"two prefixes":                   {srv, s3(http.MethodGet, "/bucket?list-type=2&prefix=a&prefix=b", "")},
		"two versions":                   {srv, s3(http.MethodGet, "/bucket/key?versionId=1&versionId=2", "")},
		"a subresource twice":            {srv, s3(http.MethodGet, "/bucket?acl&acl=", "")},
		"a slash that is escaped":        {srv, s3(http.MethodGet, "/bucket%2Fkey", "")},
		"a bucket that is dots":          {srv, s3(http.MethodGet, "/%2e%2e/bucket/key", "")},
		"no bucket":                      {srv, s3(http.MethodGet, "//bucket/key", "")},
		"a target of another service":    {srv, target("dynamodb", "POST", "/", "Kinesis_20131202.DeleteStream")},
		"a target for S3":                {srv, target("s3", "POST", "/", "DynamoDB_20120810.DeleteTable")},
		"another body than the query": {
			srv, request{service: "sns", target: "/?Action=ListTopics&Version=2010-03-31", body: "Action=DeleteTopic&TopicArn=x",
				header: http.Header{"Content-Type": {"text/plain"}}},
		},
		"a table twice":           {srv, dynamoDB("DescribeTable", `{"TableName":"a","TableName":"b"}`)},
		"a table in another case": {srv, dynamoDB("DescribeTable", `{"TableName":"a","tablename":"b"}`)},
		"a byte order mark":       {srv, dynamoDB("DescribeTable", "\ufeff"+`{"TableName":"a"}`)},
		"UTF-16":                  {srv, dynamoDB("DescribeTable", "{\x00}\x00")},
		"a comment":               {srv, dynamoDB("DescribeTable", `{"TableName":/*"b"*/"a"}`)},
		"a NUL":                   {srv, dynamoDB("DescribeTable", `{"TableName":"a"}`+"\x00")},
		"a body in UTF-7": {
			srv, with(dynamoDB("DescribeTable", `{"TableName":"a"}`),
				func(q *request) { q.header["Content-Type"][0] += "; charset=utf-7" }),
		},
		"a body that is deflated": {
			srv, with(dynamoDB("DescribeTable", `{"TableName":"a"}`),
				func(q *request) { q.header["Content-Encoding"] = []string{"deflate"} }),
		},
		"a body that is not gzip": {
			srv, with(dynamoDB("DescribeTable", `{"TableName":"a"}`), func(q *request) { q.header["Content-Encoding"] = []string{"gzip"} }),
		},
		"lenient: a target on a path of S3": {lenient, target("s3", "DELETE", "//bucket/key", "S3.GetObject")},
		"lenient: a service nobody knows":   {lenient, target("nosuch", "POST", "/", "DynamoDB_20120810.DeleteTable")},
		"keep: a bucket in the host": {
			keep, with(s3(http.MethodGet, "/public/secret", ""), func(q *request) { q.host = "private.localhost" }),
		},
		"keep: a host where moto finds one": {
			keep, with(s3(http.MethodGet, "/public/secret", ""), func(q *request) { q.host = "private.example.com" }),
		},
		"a header that hides the bucket": {
			srv, request{
				unsigned: true, method: "GET", target: "/public/secret", host: "private.localhost",
				header: http.Header{"Connection": {"X-Amz-Target"}, "X-Amz-Target": {"x"}},
			},
		},
		"a protocol that hides the bucket": {
			srv, request{
				unsigned: true, method: "GET", target: "/public/secret", host: "private.localhost",
				header: http.Header{"Smithy-Protocol": {"x"}},
			},
		},
		"the source of a copy in two places": {
			srv, with(s3(http.MethodPut, "/bucket/key?X-Amz-Copy-Source=a/b", ""),
				func(q *request) { q.header = http.Header{"X-Amz-Copy-Source": {"c/d"}} }),
		},
	} {
		if status := raw(t, c.srv, c.request); status < 400 || status >= 500 {
			t.Errorf("%s: answered %d", name, status)
		}
		if got := up.took(); got != nil {
			t.Errorf("%s: the upstream got %+v", name, got)
		}
	}
}

// A header of S3 that the signature does not cover is not sent on.
func TestUnsignedHeaders(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	for name, value := range map[string]string{"X-Amz-Copy-Source": "/private/secret", "X-Amz-Acl": "public-read"} {
		q := s3(http.MethodPut, "/bucket/key", "")
		q.change = func(r *http.Request) { r.Header.Set(name, value) }
		res, body := q.send(t, srv)
		if got := up.took(); res.StatusCode != http.StatusForbidden || got != nil {
			t.Errorf("%s: answered %d %s, the upstream got %+v", name, res.StatusCode, body, got)
		}
	}
}

// A body that is compressed is decided by what it says, and sent on as it was received.
func TestCompressedBodies(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, "Action=PutMetricData&Version=2010-08-01&Namespace=Own")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	q := form("monitoring", b.String())
	q.header.Set("Content-Encoding", "gzip")
	res, body := q.send(t, srv)
	record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
	if err != nil || res.StatusCode != 200 || record.Operation != "PutMetricData" {
		t.Errorf("answered %d %s, recorded %+v, %v", res.StatusCode, body, record, err)
	}
	if got := up.took(); len(got) != 1 || got[0].Body != b.String() {
		t.Errorf("the upstream got %+v", got)
	}
}

// FuzzWhatIsSentOn compares the resource that a call of S3 is decided about with the one
// that the upstream gets, which it reads as S3 does.
func FuzzWhatIsSentOn(f *testing.F) {
	for _, target := range []string{
		"/bucket/a//b", "/bucket/a%2Fb", "/bucket/../x", "/bucket/%2e%2E/x", "/bucket%2fkey", "//bucket/key", "/bucket/a;b", "/bucket/a+b",
		"/bucket/%41",
		"/Bucket/key", "/bucket//", "/bucket/a?versionId=1&versionId=2", "/bucket/a?%76ersionId=1", "/./bucket/k", "/bucket/k?acl",
		"/bucket/k%3facl", "/bucket/k?acl&tagging",
	} {
		for _, host := range []string{
			"localhost", "private.localhost", "private.s3.localhost", "private.example.com", "S3.localhost", "a..localhost:1",
			"%2e.localhost",
		} {
			f.Add("GET", target, host, "")
		}
	}
	for _, target := range []string{
		"/v20180820/configuration/publicAccessBlock", "/v20180820/accesspoint/a", "/v2%30180820/a", "/v20180820", "/k",
	} {
		for _, host := range []string{
			"localhost", "000000000000.localhost", "000000000000.s3-control.us-east-1.localhost", "000000000000.s3.localhost",
		} {
			f.Add("PUT", target, host, "000000000000")
			f.Add("PUT", target, host, "111122223333")
		}
	}
	got := make(chan seen, 10)
	up := http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.UserAgent() != "understudy" { // a question of the gateway's own
			got <- seen{r.Method, r.RequestURI, r.Host, "", r.Header, nil}
		}
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	go func() { _ = up.Serve(ln) }()
	f.Cleanup(func() { _ = up.Close() })
	srv := iamtest.Start(f, iamtest.WithUpstream("http://"+ln.Addr().String()), allowExample())
	f.Fuzz(func(t *testing.T, method, target, host, account string) {
		id := exchange(t, srv, method, target, host, account)
		select {
		case r := <-got:
			compare(t, srv, id, r)
		default:
		}
	})
}

// exchange sends a signed request by bytes of its own, and returns the ID of the answer.
// The account is that of S3 Control's header; "" sends none.
func exchange(t *testing.T, srv *iamtest.Server, method, target, host, account string) string {
	t.Helper()
	u, err := url.ParseRequestURI(target)
	if err != nil || strings.ContainsAny(method+target+host+account, " \r\n\t") ||
		host == "" || method == "" || !strings.HasPrefix(target, "/") {
		t.Skip()
	}
	r := &http.Request{Method: method, URL: u, Host: host, Header: http.Header{}}
	if account != "" {
		r.Header.Set("X-Amz-Account-Id", account)
	}
	signer := sigv4.Signer{Credentials: root, Service: "s3", Region: "us-east-1"}
	signer.Sign(r, sigv4.HashPayload(nil), time.Now())
	c, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var head strings.Builder
	head.WriteString(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n")
	_ = r.Header.Write(&head)
	_, _ = io.WriteString(c, head.String()+"\r\n")
	res, err := http.ReadResponse(bufio.NewReader(c), r)
	if err != nil {
		t.Skip()
	}
	defer res.Body.Close()
	return res.Header.Get("X-Amzn-Requestid")
}

// compare reads what the upstream got, and compares it with what was decided.
func compare(t *testing.T, srv *iamtest.Server, id string, r seen) {
	t.Helper()
	record, err := srv.Decision(id)
	if err != nil {
		t.Fatalf("%s %s was sent on without a record: %v", r.Method, r.Target, err)
	}
	path, query, _ := strings.Cut(r.Target, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Errorf("the query %q was sent on", query)
	}
	for name, list := range values {
		if len(list) > 1 {
			t.Errorf("%s was sent on %d times", name, len(list))
		}
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if bucket, err = url.PathUnescape(bucket); err != nil {
		t.Errorf("%s was sent on", path)
	}
	key, _ = url.PathUnescape(key)
	arn := "arn:aws:s3:::" + bucket
	if key != "" {
		arn += "/" + key
	}
	if name, _, _ := strings.Cut(r.Host, ":"); strings.Contains(name, ".") && net.ParseIP(name) == nil {
		t.Errorf("the host %s was sent on, where an upstream may find a bucket", r.Host)
	}
	check := record.Checks[0]
	if bucket == "v20180820" { // moto takes what is below for a call to S3 Control
		if strings.HasPrefix(check.Resource, "arn:aws:s3:::") || r.Header.Get("X-Amz-Account-Id") == "" {
			t.Errorf("%s %s was sent on, and %s on %s was decided", r.Method, r.Target, check.Action, check.Resource)
		}
		return
	}
	if check.Resource != arn && (check.Resource != "*" || bucket != "") && !strings.HasPrefix(bucket, "arn:") {
		t.Errorf("%s %s was sent on, and %s on %s was decided", r.Method, r.Target, check.Action, check.Resource)
	}
	if writes := r.Method != "GET" && r.Method != "HEAD"; writes && strings.HasPrefix(check.Action, "s3:Get") &&
		check.Action != "s3:GetObject" {
		t.Errorf("%s was sent on, and %s was decided", r.Method, check.Action)
	}
}
