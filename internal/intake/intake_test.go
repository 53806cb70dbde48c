package intake_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/intake"
)

// patience bounds what a test waits for; it is never reached.
const patience = time.Minute

// served is a server of a test.
type served struct {
	*intake.Intake
	addr string
	stop context.CancelFunc
	end  chan error
}

// serve starts a server. A handler that asks is told when it stops by stopping.
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

// waits returns when so many connections wait for a request.
func (s *served) waits(t *testing.T, n int) {
	t.Helper()
	for begun := time.Now(); s.Waiting() != n; runtime.Gosched() {
		if time.Since(begun) > patience {
			t.Fatalf("%d connections wait", s.Waiting())
		}
	}
}

// head is that of a POST with a body of so many bytes.
func head(length int) string {
	return fmt.Sprintf("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", length)
}

// readAll answers with how much it has read, or with the status of the error.
func readAll(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	var known *intake.Error
	switch {
	case errors.As(err, &known):
		w.WriteHeader(known.HTTPStatus())
		io.WriteString(w, known.Error())
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	default:
		fmt.Fprint(w, len(text))
	}
}

func TestSlowBodiesAreGivenUp(t *testing.T) {
	t.Parallel()
	s := serve(t, intake.Limits{}, intake.Waits(50*time.Millisecond, 0, 0), readAll, nil)
	for name, begin := range map[string]string{
		"nothing of the body":      head(10),
		"a part of the body":       head(10) + "abc",
		"a body of unknown length": "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := s.dial(t)
			send(t, c, begin)
			if got, text := status(t, c); got != http.StatusRequestTimeout || !strings.Contains(text, "too slowly") {
				t.Errorf("answered %d %s", got, text)
			}
			if n, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, net.ErrClosed) {
				t.Errorf("the connection is not closed: %d, %v", n, err)
			}
		})
	}
}

// A handler that does not read the body is not a way to keep the connection.
func TestSlowBodiesThatNobodyReads(t *testing.T) {
	t.Parallel()
	s := serve(t, intake.Limits{}, intake.Waits(50*time.Millisecond, 0, time.Millisecond), func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
	}, nil)
	c := s.dial(t)
	send(t, c, head(10)+"abc")
	if text, err := io.ReadAll(c); err != nil || !strings.Contains(string(text), "418") {
		t.Errorf("answered %q, %v", text, err)
	}
}

// deadlines is an answer that keeps the last deadlines of its connection.
type deadlines struct {
	http.ResponseWriter
	read, write time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error  { d.read = t; return nil }
func (d *deadlines) SetWriteDeadline(t time.Time) error { d.write = t; return nil }

// A body that has arrived has no deadline any more, which would end the request, and
// a request without a body has none at all.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body         io.Reader
		before, some bool // there is a deadline before and after some of the body is read
	}{
		"no body": {nil, false, false},
		"a body":  {strings.NewReader("abc"), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &deadlines{ResponseWriter: httptest.NewRecorder(), write: time.Now()}
			intake.Handler(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if w.read.IsZero() == c.before || !w.write.IsZero() {
					t.Errorf("at the begin: %v, %v", w.read, w.write)
				}
				if _, err := r.Body.Read(make([]byte, 1)); w.read.IsZero() == c.some {
					t.Errorf("after a part: %v, %v", w.read, err)
				}
				if _, err := io.ReadAll(r.Body); err != nil || !w.read.IsZero() {
					t.Errorf("after the end: %v, %v", w.read, err)
				}
				io.WriteString(out, "done")
				if w.write.IsZero() {
					t.Error("an answer has no deadline")
				}
			})).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", c.body))
			if !w.read.IsZero() {
				t.Errorf("after the request: %v", w.read)
			}
		})
	}
}

// Each part of an answer has a deadline of its own, also after a part that was given
// more time, and when the server stops.
func TestDeadlinesOfAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server func(http.Handler) http.Handler
		first  int // bytes of the part before
		later  bool
	}{
		"a short part after a long one":   {intake.Handler, 1 << 20, false},
		"two parts of a server that ends": {intake.Stopping, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &deadlines{ResponseWriter: httptest.NewRecorder()}
			c.server(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
				out.Write(make([]byte, c.first))
				before := w.write
				io.WriteString(out, "done")
				if w.write.Equal(before) || w.write.After(before) != c.later {
					t.Errorf("the deadline is %v later than before", w.write.Sub(before))
				}
			})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		})
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	began, goOn := make(chan struct{}, 10), make(chan struct{})
	s := serve(t, intake.Limits{Bodies: 2, BodyBytes: 100}, intake.Times{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/held" {
			if _, err := io.ReadAll(r.Body); err != nil {
				t.Error(err)
			}
			began <- struct{}{}
			<-goOn
			return
		}
		readAll(w, r)
	}, nil)
	held := func(n int) net.Conn {
		c := s.dial(t)
		send(t, c, strings.Replace(head(n), "/", "/held", 1)+strings.Repeat("x", n))
		<-began
		return c
	}
	ask := func(n int) (int, string) {
		c := s.dial(t)
		send(t, c, head(n)+strings.Repeat("x", n))
		return status(t, c)
	}
	first := held(60)
	if got, text := ask(41); got != 503 || !strings.Contains(text, "--max-body-memory") || s.Refused("--max-body-memory") != 1 {
		t.Errorf("too many bytes: answered %d %s", got, text)
	}
	if got, text := ask(40); got != 200 || text != "40" {
		t.Errorf("as many bytes as may be: answered %d %s", got, text)
	}
	second := held(1)
	if got, text := ask(1); got != 503 || !strings.Contains(text, "--max-bodies") || s.Refused("--max-bodies") != 1 {
		t.Errorf("too many bodies: answered %d %s", got, text)
	}
	if got, _ := ask(0); got != 200 {
		t.Errorf("no body: answered %d", got)
	}
	close(goOn)
	for _, c := range []net.Conn{first, second} {
		if got, _ := status(t, c); got != 200 {
			t.Errorf("a body that was held: answered %d", got)
		}
	}
	if got, text := ask(100); got != 200 || text != "100" {
		t.Errorf("when none is held: answered %d %s", got, text)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	began, goOn := make(chan struct{}), make(chan struct{})
	s := serve(t, intake.Limits{Connections: 3}, intake.Times{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/held" {
			began <- struct{}{}
			<-goOn
		}
		io.WriteString(w, "done")
	}, nil)
	get := func(c net.Conn, path string) { send(t, c, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n") }
	active := s.dial(t)
	get(active, "/held")
	<-began
	idle := s.dial(t)
	get(idle, "/")
	if got, _ := status(t, idle); got != 200 {
		t.Fatalf("answered %d", got)
	}
	s.waits(t, 1)
	younger := s.dial(t)
	s.waits(t, 2)
	fresh := s.dial(t)
	get(fresh, "/held")
	<-began
	if _, err := idle.Read(make([]byte, 1)); err == nil {
		t.Error("the connection that has waited longest is not closed")
	}
	get(younger, "/held")
	<-began
	if got, err := io.ReadAll(s.dial(t)); len(got) > 0 {
		t.Errorf("a new connection where all others are in use: %q, %v", got, err)
	}
	if s.Open() != 3 || s.Refused("--max-connections") != 2 {
		t.Errorf("%d are open, %d were refused", s.Open(), s.Refused("--max-connections"))
	}
	close(goOn)
	for _, c := range []net.Conn{active, fresh, younger} {
		if got, _ := status(t, c); got != 200 {
			t.Errorf("a call on a connection that is in use: answered %d", got)
		}
	}
}

// A client that does not read its answer is given up.
func TestAnswersThatNobodyReads(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	s := serve(t, intake.Limits{}, intake.Waits(0, 50*time.Millisecond, 0), func(w http.ResponseWriter, _ *http.Request) {
		failed <- endless(w)
	}, nil)
	send(t, s.dial(t), "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	select {
	case err := <-failed:
		if err == nil {
			t.Error("the answer was read")
		}
	case <-time.After(patience):
		t.Error("the answer is not given up")
	}
}

// endless writes until that fails.
func endless(w io.Writer) error {
	for {
		if _, err := w.Write(make([]byte, 4<<10)); err != nil {
			return err
		}
	}
}

// When a server stops, a call that is under way gets its answer, however long it
// takes, and nothing else is waited for.
func TestStop(t *testing.T) {
	t.Parallel()
	began, goOn, stopping := make(chan string, 10), make(chan struct{}), make(chan struct{})
	s := serve(t, intake.Limits{}, intake.Waits(0, 0, time.Second/2), func(w http.ResponseWriter, r *http.Request) {
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

// A call that does not end is ended.
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

// failing is a listener whose first calls of Accept fail.
type failing struct {
	net.Listener
	errors chan error
}

func (f *failing) Accept() (net.Conn, error) {
	select {
	case err := <-f.errors:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", err)}
	default:
		return f.Listener.Accept()
	}
}

// A server outlives errors of accept that pass. Where files are short, who has waited
// longest for a request makes place.
func TestErrorsOfAccept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		places int
	}{
		"too many open files":              {syscall.EMFILE, 1},
		"too many open files in the whole": {syscall.ENFILE, 1},
		"no memory for a connection":       {syscall.ENOBUFS, 0},
		"the client has gone already":      {syscall.ECONNABORTED, 0},
		"a firewall":                       {syscall.EPERM, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			broken := &failing{ln, make(chan error, 1)}
			s := serveOn(t, broken, intake.Limits{}, intake.Times{}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, nil)
			waiting := s.dial(t)
			s.get(t, waiting)
			broken.errors <- c.err
			s.get(t, s.dial(t)) // makes the Accept return that began before the error came
			s.get(t, s.dial(t))
			if got := s.Refused("ulimit -n"); got != c.places {
				t.Errorf("%d places were made, want %d", got, c.places)
			}
			if c.places == 0 {
				s.get(t, waiting)
			} else if n, err := waiting.Read(make([]byte, 1)); n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the connection that waits longest is open still: %d bytes, %v", n, err)
			}
			s.stop()
			if err := s.ended(t); err != nil {
				t.Error(err)
			}
		})
	}
}

// A listener that cannot be used any more ends the server.
func TestDeadListenerEndsTheServer(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	broken := &failing{ln, make(chan error, 1)}
	broken.errors <- syscall.EINVAL
	s := serveOn(t, broken, intake.Limits{}, intake.Times{}, http.NotFound, nil)
	if err := s.ended(t); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("the server ended with %v", err)
	}
}

// get asks for something on an open connection, and reads the answer.
func (s *served) get(t *testing.T, c net.Conn) {
	t.Helper()
	send(t, c, "GET / HTTP/1.1\r\nHost: "+s.addr+"\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || answer.StatusCode != http.StatusNoContent {
		t.Fatalf("%+v, %v", answer, err)
	}
}
