package intake_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/intake"
)

// deadlines is an answer that records the last deadlines of its connection.
type deadlines struct {
	http.ResponseWriter
	read, write time.Time
	set         int // how often write was set
}

func (d *deadlines) SetReadDeadline(t time.Time) error { d.read = t; return nil }

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.write = t
	d.set++
	return nil
}

// Each part of an answer has its own deadline, also after a part that got more time,
// and when the server stops.
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

// unhurried is a listener whose connections record their write deadlines; these have no
// effect until the test says that the time is over. A real deadline that is short enough
// for a test could pass on a slow machine while the client reads.
type unhurried struct {
	net.Listener
	accepted chan *unhurriedConn
}

func (l *unhurried) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	u := &unhurriedConn{Conn: c}
	l.accepted <- u
	return u, nil
}

type unhurriedConn struct {
	net.Conn
	mu    sync.Mutex
	until time.Time
}

func (c *unhurriedConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = t
	return nil
}

// deadline returns the deadline that is in force.
func (c *unhurriedConn) deadline() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.until
}

// over ends the writes, as the deadline would.
func (c *unhurriedConn) over(t *testing.T) {
	t.Helper()
	if err := c.Conn.SetWriteDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
}

// A client that does not read its answer is given up, even if it has read others on the
// same connection: net/http removes the deadline after each answer.
func TestAnswersThatNobodyReads(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]int{"the first answer of a connection": 0, "an answer after others": 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			clients := &unhurried{ln, make(chan *unhurriedConn, 1)}
			began, until, failed := make(chan *unhurriedConn), make(chan time.Time, 1), make(chan error, 1)
			s := serveOn(t, clients, intake.Limits{}, intake.Times{}, func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write(part)
				if r.URL.Path != "/short" {
					client := <-clients.accepted
					began <- client
					err := endless(w)
					until <- client.deadline()
					failed <- err
				}
			}, nil)
			c := s.dial(t)
			for range read {
				send(t, c, "GET /short HTTP/1.1\r\nHost: a\r\n\r\n")
				if got, text := status(t, c); got != http.StatusOK || len(text) != len(part) {
					t.Fatalf("answered %d with %d bytes", got, len(text))
				}
			}
			send(t, c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			(<-began).over(t)
			if until, err := <-until, <-failed; until.IsZero() || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the client had until %v to read what could not be written: %v", until, err)
			}
		})
	}
}

// part is a part of an answer.
var part = make([]byte, 4<<10)

// endless writes until that fails.
func endless(w io.Writer) error {
	for {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
}

// Setting a deadline is expensive, so an answer of many parts sets it seldom.
func TestPartsShareTheDeadlineOfTheirAnswer(t *testing.T) {
	t.Parallel()
	w := &deadlines{ResponseWriter: httptest.NewRecorder()}
	begun := time.Now()
	intake.Handler(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		for range 5 {
			io.WriteString(out, "part")
		}
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	// It moves on by one percent of 30 seconds or more.
	if most := 1 + int(time.Since(begun)/(300*time.Millisecond)); w.set > most {
		t.Errorf("the deadline of 5 parts was set %d times; want at most %d", w.set, most)
	}
}

// The time for an answer runs from when the answer begins, whatever its handler
// does.
func TestEveryAnswerHasADeadline(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter){
		"a handler that writes":         func(w http.ResponseWriter) { io.WriteString(w, "done") },
		"a handler that writes nothing": func(http.ResponseWriter) {},
		"a handler that flushes":        func(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() },
	} {
		w := &deadlines{ResponseWriter: httptest.NewRecorder()}
		begun := time.Now()
		intake.Handler(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			answer(out)
		})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if w.write.Before(begun.Add(30 * time.Second)) {
			t.Errorf("%s: the client has until %v, which is %v", name, w.write, w.write.Sub(begun))
		}
	}
}

// The deadline that all connections get when the server stops does not shorten a
// handler's time.
func TestHandlersOfAServerThatStops(t *testing.T) {
	t.Parallel()
	w := &deadlines{ResponseWriter: httptest.NewRecorder(), write: time.Now()}
	intake.Stopping(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if !w.write.IsZero() {
			t.Errorf("the handler has until %v", w.write)
		}
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.write.IsZero() {
		t.Error("the answer has no deadline")
	}
}
