package intake_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/intake"
)

// patience is the longest time that a test waits; it is never reached.
const patience = time.Minute

// served is a server of a test.
type served struct {
	*intake.Intake
	addr string
	stop context.CancelFunc
	end  chan error
}

// serve starts a server. stopping tells a handler that asks when the server stops.
func serve(t *testing.T, l intake.Limits, waits intake.Times, handler http.HandlerFunc, stopping func()) *served {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(t, ln, l, waits, handler, stopping)
}

func serveOn(t *testing.T, ln net.Listener, l intake.Limits, waits intake.Times, handler http.HandlerFunc, stopping func()) *served {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	s := &served{Intake: intake.New(l, nil), addr: ln.Addr().String(), stop: stop, end: make(chan error, 1)}
	s.SetTimes(waits)
	go func() { s.end <- s.Serve(ctx, ln, handler, stopping) }()
	t.Cleanup(stop)
	return s
}

// ended waits for the end of a server that was stopped.
func (s *served) ended(t *testing.T) error {
	t.Helper()
	select {
	case err := <-s.end:
		return err
	case <-time.After(patience):
		t.Fatal("the server does not stop")
		return nil
	}
}

// dial opens a connection on which reads do not wait forever.
func (s *served) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c
}

// send writes to a connection.
func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// status reads an answer and returns its status and body; 0 if the connection was
// closed instead.
func status(t *testing.T, c net.Conn) (int, string) {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text)
}

// get sends a request on an open connection, and reads the answer.
func (s *served) get(t *testing.T, c net.Conn) {
	t.Helper()
	send(t, c, "GET / HTTP/1.1\r\nHost: "+s.addr+"\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || answer.StatusCode != http.StatusNoContent {
		t.Fatalf("%+v, %v", answer, err)
	}
}

// waits returns when n connections wait for a request.
func (s *served) waits(t *testing.T, n int) {
	t.Helper()
	for begun := time.Now(); s.Waiting() != n; runtime.Gosched() {
		if time.Since(begun) > patience {
			t.Fatalf("%d connections wait", s.Waiting())
		}
	}
}

// When a server stops, a call in progress gets its answer, however long it takes,
// and nothing else is waited for.
func TestStop(t *testing.T) {
	t.Parallel()
	began, goOn, stopping := make(chan string, 10), make(chan struct{}), make(chan struct{})
	s := serve(t, intake.Limits{}, intake.Waits(0, 0, 2*time.Second), func(w http.ResponseWriter, r *http.Request) {
		began <- r.URL.Path
		switch r.URL.Path {
		case "/call":
			<-goOn
			io.WriteString(w, "done")
		case "/nothing":
			<-goOn
			w.WriteHeader(http.StatusNoContent)
		case "/follow":
			_ = endless(w)
		case "/stream":
			w.(interface{ Unwrap() http.ResponseWriter }).Unwrap().(http.Flusher).Flush()
			<-stopping
			io.WriteString(w, "end")
		default:
			readAll(w, r)
		}
	}, func() { close(stopping) })
	open := func(path, rest string) net.Conn {
		c := s.dial(t)
		send(t, c, "POST "+path+" HTTP/1.1\r\nHost: a\r\n"+rest)
		<-began
		return c
	}
	const none = "Content-Length: 0\r\n\r\n"
	call, nothing := open("/call", none), open("/nothing", none)
	stream, body := open("/stream", none), open("/body", "Content-Length: 10\r\n\r\nabc")
	open("/follow", none)
	fresh := s.dial(t)
	headless := s.dial(t)
	send(t, headless, "POST / HT")
	s.stop()
	for name, c := range map[string]struct {
		conn   net.Conn
		status int
		text   string
	}{
		"a stream":                  {stream, 200, "end"},
		"an unfinished body":        {body, 503, intake.ErrCut.Error()},
		"a connection without more": {fresh, 0, ""},
		"an unfinished head":        {headless, 0, ""},
	} {
		if got, text := status(t, c.conn); got != c.status || !strings.Contains(text, c.text) {
			t.Errorf("%s: answered %d %s", name, got, text)
		}
	}
	select {
	case err := <-s.end:
		t.Fatalf("the server has stopped before its calls: %v", err)
	default:
	}
	close(goOn)
	if got, text := status(t, call); got != 200 || text != "done" {
		t.Errorf("a call: answered %d %s", got, text)
	}
	if got, text := status(t, nothing); got != 204 {
		t.Errorf("a call with an answer without a body: %d %s", got, text)
	}
	if err := s.ended(t); err != nil {
		t.Errorf("the server ends with %v", err)
	}
}

// A call that does not end by itself is ended.
func TestStopEndsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	began := make(chan struct{})
	s := serve(t, intake.Limits{}, intake.Drain(50*time.Millisecond), func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
	}, nil)
	send(t, s.dial(t), "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	<-began
	s.stop()
	if err := s.ended(t); err == nil {
		t.Error("nothing says that a call was ended")
	}
}
