package gateway_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

// The path, the query and the body reach the upstream as they were sent.
func TestTargetsAreSentOnAsTheyAre(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	for _, target := range []string{
		"/bucket/a//b", "/bucket/a%2Fb", "/bucket/../x", "/bucket/a/./b/", "/bucket//", "/bucket/%E2%82%AC", "/bucket/a+b%20c",
		"/bucket/a?versionId=%2B",
		"/bucket/a%25b?response-content-type=a%2Bb&x-id=GetObject", "/bucket/%2e%2e/x", "/bucket/k?partNumber=1",
	} {
		q := s3(http.MethodGet, target, "")
		q.change = func(r *http.Request) {
			path, query, _ := strings.Cut(target, "?")
			r.URL.Opaque, r.URL.RawQuery = "//"+r.Host+path, query // or net/http would clean it
		}
		res, body := q.send(t, srv)
		got := up.took()
		if res.StatusCode != 200 || len(got) != 1 || got[0].Target != target {
			t.Errorf("%s: answered %d %s, the upstream got %+v", target, res.StatusCode, body, got)
		}
	}
}

// What servers could read in two ways is not sent on, or only as it was decided about.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	header := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = values }
	}
	target := dynamoDB("ListTables", "{}")
	target.change = header("X-Amz-Target", "DynamoDB_20120810.ListTables", "DynamoDB_20120810.DeleteTable")
	for name, c := range map[string]struct {
		request request
		status  int
	}{
		"two targets":                   {target, 400},
		"a query with a semicolon":      {s3(http.MethodGet, "/bucket/key?a;acl", ""), 400},
		"a query that is not an escape": {s3(http.MethodGet, "/bucket/key?acl=%zz", ""), 400},
		"two subresources":              {s3(http.MethodGet, "/bucket/key?acl&tagging", ""), 400},
		"two actions":                   {form("sns", "Action=ListTopics&Version=2010-03-31&Action=DeleteTopic"), 400},
		"an action in the query": {
			with(form("sns", "Action=ListTopics&Version=2010-03-31"), func(q *request) { q.target = "/?Action=DeleteTopic" }), 400,
		},
		"another method in a header": {with(s3(http.MethodGet, "/bucket/key", ""), func(q *request) {
			q.header = http.Header{"X-Http-Method-Override": {"DELETE"}}
		}), 200},
		"a header that the connection names": {with(s3(http.MethodPut, "/bucket/key", "body"), func(q *request) {
			q.header = http.Header{"Connection": {"X-Amz-Copy-Source"}, "X-Amz-Copy-Source": {"/other/key"}}
		}), 200},
		"a header with an underscore": {with(s3(http.MethodPut, "/bucket/key", "body"), func(q *request) {
			q.header = http.Header{"X_amz_copy_source": {"/other/key"}}
		}), 200},
	} {
		res, body := c.request.send(t, srv)
		got := up.took()
		if res.StatusCode != c.status || (len(got) == 1) != (c.status == 200) {
			t.Errorf("%s: answered %d %s, the upstream got %+v", name, res.StatusCode, body, got)
		}
		for _, r := range got {
			for _, name := range []string{"X-Http-Method-Override", "X-Amz-Copy-Source", "X_amz_copy_source"} {
				if r.Header[name] != nil {
					t.Errorf("%s: the upstream got %v", name, r.Header)
				}
			}
		}
	}
}

func with(q request, change func(*request)) request {
	change(&q)
	return q
}

// A request that is split or framed in two ways does not get through.
func TestRequestSmuggling(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	for name, head := range map[string]string{
		"two lengths":                  "PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody",
		"a length and chunks":          "PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\nbody",
		"a line break in a header":     "PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n X-C: d\r\n\r\n",
		"a blank before a colon":       "PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"an absolute target":           "GET http://169.254.169.254/latest HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"a target that is not a path":  "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"a line break in a path":       "GET /bucket/a%0d%0aX-Amz-Acl:%20public HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"a connection to another host": "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
	} {
		c, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, head)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.StatusCode < 400 && res.StatusCode != http.StatusFound {
			t.Errorf("%s: answered %+v, %v", name, res, err)
		}
		_ = c.Close()
		if got := up.took(); got != nil {
			t.Errorf("%s: the upstream got %+v", name, got)
		}
	}
}

// An upstream that fails is a failure in the form of the service, and the log has its
// address.
func TestUpstreamsThatFail(t *testing.T) {
	t.Parallel()
	answering := func(text string) string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ln.Close() })
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				_, _ = http.ReadRequest(bufio.NewReader(c))
				_, _ = io.WriteString(c, text)
				_ = c.Close()
			}
		}()
		return "http://" + ln.Addr().String()
	}
	hanging := make(chan struct{})
	slow := newUpstream(t, func(http.ResponseWriter, *http.Request) { <-hanging })
	t.Cleanup(func() { close(hanging) })
	for name, c := range map[string]struct {
		url    string
		status int
	}{
		"down":             {nobody, 503},
		"resetting":        {answering(""), 502},
		"garbage":          {answering("hello\r\n\r\n"), 502},
		"another protocol": {answering("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), 502},
		"slow":             {slow.URL, 504},
	} {
		var log strings.Builder
		srv := iamtest.Start(t, iamtest.WithUpstream(c.url), logTo(&log), iamtest.WithServer(func(o *server.Options) {
			if name == "slow" {
				o.Gateway.AnswerTimeout = time.Millisecond
			}
		}))
		q := dynamoDB("ListTables", "{}")
		res, body := q.send(t, srv)
		if res.StatusCode != c.status || !strings.HasPrefix(body, `{"__type":"`) || !strings.Contains(body, c.url) {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
		if err := srv.Stop(); err != nil || !strings.Contains(log.String(), "an upstream has failed") ||
			!strings.Contains(log.String(), c.url) {
			t.Errorf("%s: logged %s, %v", name, &log, err)
		}
	}
}

// An answer that ends early is not taken for the whole.
func TestAnswersThatEndEarly(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "part")
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	q := s3(http.MethodGet, "/bucket/key", "")
	res, err := testkit.HTTP.Do(q.make(t, srv.URL))
	if err != nil {
		return // nothing of it had been sent
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("read %q as a whole answer", body)
	}
}

// Parts of an answer come as the upstream sends them, and a client that goes away ends
// the call to the upstream.
func TestAnswersStream(t *testing.T) {
	t.Parallel()
	next, ended := make(chan string), make(chan error, 1)
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
		for part := range next {
			_, _ = io.WriteString(w, part)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
		ended <- r.Context().Err()
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	q := s3(http.MethodPost, "/bucket/key?select&select-type=2", "")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { next <- "one" }()
	res, err := testkit.HTTP.Do(q.make(t, srv.URL).WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for i, want := range []string{"one", "two", "three"} {
		if i > 0 {
			next <- want
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != want {
			t.Fatalf("read %q, %v", got, err)
		}
	}
	close(next)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the call to the upstream ended with %v", err)
	}
}

// A client that goes away while the upstream thinks ends the call to it.
func TestClientsThatGoAway(t *testing.T) {
	t.Parallel()
	began, ended := make(chan struct{}), make(chan struct{})
	up := newUpstream(t, func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
		close(ended)
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ctx, cancel := context.WithCancel(t.Context())
	q := dynamoDB("ListTables", "{}")
	done := make(chan error, 1)
	go func() {
		_, err := testkit.HTTP.Do(q.make(t, srv.URL).WithContext(ctx))
		done <- err
	}()
	<-began
	cancel()
	<-ended
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A body that is not the one that was signed never reaches the upstream whole.
func TestBodiesThatWereAltered(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	for name, q := range map[string]request{
		"S3":       s3(http.MethodPut, "/bucket/key", strings.Repeat("body", 100_000)),
		"DynamoDB": dynamoDB("ListTables", `{"Limit":1}`),
		"a form":   form("sns", "Action=ListTopics&Version=2010-03-31"),
	} {
		for what, change := range map[string]func(*http.Request){
			"another body": func(r *http.Request) {
				r.Body = io.NopCloser(strings.NewReader(strings.Replace(q.body, q.body[len(q.body)-1:], "x", 1)))
			},
			"a body that ends in another way": func(r *http.Request) {
				r.Body = io.NopCloser(strings.NewReader(q.body[:len(q.body)-1] + "x"))
			},
			"in chunks": func(r *http.Request) {
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader(q.body[:len(q.body)-1]+"x")), -1
				r.Header.Del("Content-Length")
			},
		} {
			altered := q
			altered.change = change
			res, body := altered.send(t, srv)
			if res.StatusCode < 400 || !strings.Contains(body, "Signature") && !strings.Contains(body, "XAmzContentSHA256Mismatch") {
				t.Errorf("%s, %s: answered %d %.300s", name, what, res.StatusCode, body)
			}
			for _, r := range up.took() {
				if r.Err == nil {
					t.Errorf("%s, %s: the upstream got a whole body of %d bytes", name, what, len(r.Body))
				}
			}
		}
	}
}

// Bodies pass through without being held.
func TestLargeBodies(t *testing.T) {
	t.Parallel()
	const size = 96 << 20
	up := &upstream{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n, err := io.Copy(io.Discard, r.Body); r.Method == http.MethodPut && (err != nil || n != size) {
			t.Errorf("the upstream got %d bytes, %v", n, err)
		}
		if r.Method == http.MethodGet {
			w.Header().Set("Content-Length", fmt.Sprint(size))
			_, _ = io.Copy(w, zeros(size))
		}
	}))}
	t.Cleanup(up.Close)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithServer(func(o *server.Options) { o.Limits.BodyMemory = 1 << 20 }))
	put := s3(http.MethodPut, "/bucket/key", "")
	put.payload = sigv4.UnsignedPayload
	put.change = func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(zeros(size)), size }
	if res, body := put.send(t, srv); res.StatusCode != 200 {
		t.Errorf("answered %d %s", res.StatusCode, body)
	}
	get := s3(http.MethodGet, "/bucket/key", "")
	res, err := testkit.HTTP.Do(get.make(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if n, err := io.Copy(io.Discard, res.Body); n != size || err != nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
}

// A body that has to be read to decide is bounded.
func TestBodiesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	large := strings.Repeat(" ", 16<<20)
	for _, c := range []struct {
		request request
		status  int
		code    string
	}{
		{dynamoDB("PutItem", large+"{}"), 413, "RequestEntityTooLargeException"},
		{form("sns", "Action=ListTopics&Version=2010-03-31&A="+large), 413, "RequestEntityTooLarge"},
		{s3(http.MethodPost, "/bucket?delete", large+"x"), 400, "MaxMessageLengthExceeded"},
	} {
		res, body := c.request.send(t, srv)
		if res.StatusCode != c.status || !strings.Contains(body, c.code) || up.took() != nil {
			t.Errorf("answered %d %s; want %s", res.StatusCode, body, c.code)
		}
	}
}

// No call leaves a goroutine or a connection behind, however it ends.
func TestNothingIsLeftBehind(t *testing.T) { // not parallel: it counts goroutines
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bucket/reset":
			c, _, _ := w.(http.Hijacker).Hijack()
			_ = c.Close()
		case "/bucket/early":
			w.Header().Set("Content-Length", "10")
		}
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana", "")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	round := func() {
		for _, target := range []string{"/bucket/key", "/bucket/reset", "/bucket/early"} {
			for _, key := range []sigv4.Credentials{root, ana} {
				q := s3(http.MethodPut, target, "body")
				q.key = key
				if res, err := client.Do(q.make(t, srv.URL)); err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
				}
			}
		}
		altered := s3(http.MethodPut, "/bucket/key", strings.Repeat("x", 1<<20))
		altered.change = func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(strings.Repeat("y", 1<<20))) }
		if res, err := client.Do(altered.make(t, srv.URL)); err == nil {
			_ = res.Body.Close()
		}
	}
	round()
	before := runtime.NumGoroutine()
	for range 20 {
		round()
	}
	// Those of connections end a moment after their call, which is given by calls of something else.
	for begun := time.Now(); time.Since(begun) < time.Minute; {
		if runtime.NumGoroutine() <= before+8 {
			return
		}
		up.CloseClientConnections()
		if res, err := client.Get(up.URL); err == nil {
			_ = res.Body.Close()
		}
	}
	buffer := make([]byte, 1<<20)
	t.Errorf("there were %d goroutines and now there are %d:\n%s", before, runtime.NumGoroutine(), buffer[:runtime.Stack(buffer, true)])
}
