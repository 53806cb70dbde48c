package intake_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/intake"
)

// head returns the head of a POST whose body has that length.
func head(length int) string {
	return fmt.Sprintf("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", length)
}

// readAll answers with the number of bytes that it has read, or with the status of
// the error.
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

// A handler that does not read the body does not let a client keep the connection.
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

// A body that has arrived has no deadline any more, because it would end the
// request. A request without a body never has one.
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
			w := &deadlines{ResponseWriter: httptest.NewRecorder()}
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
