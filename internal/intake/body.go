package intake

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// Error is returned for a body that is not read to its end.
type Error struct {
	status int
	text   string
}

// Error returns a sentence for the client.
func (e *Error) Error() string { return e.text }

// HTTPStatus returns the HTTP status of the response.
func (e *Error) HTTPStatus() int { return e.status }

// The reasons why a body is not read to its end.
var (
	ErrLate = &Error{http.StatusRequestTimeout, "the body of the request came too slowly; send it again"}
	ErrCut  = &Error{http.StatusServiceUnavailable, "the server stops, and the body of the request had not arrived"}
	ErrMany = &Error{
		http.StatusServiceUnavailable,
		"the server holds as many bodies of requests as it may; send the request again, or start the server with a greater --max-bodies",
	}
	ErrLarge = &Error{
		http.StatusServiceUnavailable,
		"the bodies of requests take as much memory as they may; send the request again, or start the server with a greater --max-body-memory",
	}
)

// body is the body of one request. One goroutine uses it; only its deadline is also
// set by another, when the server stops.
type body struct {
	io.ReadCloser
	run     *run
	control *http.ResponseController
	begun   time.Time
	ended   bool  // nothing is left of it
	failed  error // why reading it has stopped

	until time.Time // its deadline, unless the server stops earlier

	counted bool // guarded by bodies.mu, like the fields below
	bytes   int  // that were read
	held    int  // of them, those that count
	streams bool // those that follow do not count
}

// Stream says that what is read from now on is passed on and not held, so it does not
// count, whatever its length. The deadline stays, and moves on as bytes arrive.
func (b *body) Stream() {
	l := &b.run.bodies
	l.mu.Lock()
	defer l.mu.Unlock()
	b.streams = true
}

// Read reads the next part of the body, or returns an *Error.
func (b *body) Read(p []byte) (int, error) {
	if b.failed == nil {
		b.failed = b.run.bodies.take(b, 0)
	}
	if b.failed != nil {
		return 0, b.failed
	}
	b.extend()
	n, err := b.ReadCloser.Read(p)
	if refused := b.run.bodies.take(b, n); refused != nil {
		b.failed = refused
		return 0, refused
	}
	switch {
	case err == io.EOF:
		b.end()
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = b.late()
	}
	return n, err
}

// extend gives the client time for the rest of the body.
func (b *body) extend() {
	t := &b.run.times
	wanted := b.begun.Add(t.body + t.in(int64(b.bytes)))
	if wanted == b.until {
		return
	}
	b.until = wanted
	_ = b.control.SetReadDeadline(b.run.sooner(wanted))
	if now := b.run.sooner(wanted); now != wanted { // the server has begun to stop in the meantime
		_ = b.control.SetReadDeadline(now)
	}
}

// end removes the deadline, which would end the request.
func (b *body) end() {
	b.ended = true
	b.run.bodies.forget(b)
	_ = b.control.SetReadDeadline(time.Time{})
}

func (b *body) late() error {
	b.failed = ErrLate
	if b.run.until.Load() != 0 {
		b.failed = ErrCut
	}
	return b.failed
}

// bodies counts the bodies of requests that are in progress.
type bodies struct {
	mu     sync.Mutex
	coming map[*body]struct{} // those that may not have ended
	read   int                // how many are being read, or were read and still count
	bytes  int                // read from them
}

// open starts counting the body of a request. A body that nobody reads has a deadline
// too.
func (l *bodies) open(b *body) {
	l.mu.Lock()
	if l.coming == nil {
		l.coming = map[*body]struct{}{}
	}
	l.coming[b] = struct{}{}
	l.mu.Unlock()
	b.extend()
}

// take counts n bytes of a body, and the body with its first ones. It returns an
// *Error if a limit is met.
func (l *bodies) take(b *body, n int) error {
	i := b.run.Intake
	l.mu.Lock()
	defer l.mu.Unlock()
	if !b.counted {
		if l.read >= i.limits.Bodies {
			i.overflow.note("--max-bodies")
			return ErrMany
		}
		b.counted = true
		l.read++
	}
	b.bytes += n
	if b.streams {
		return nil
	}
	if l.bytes+n > i.limits.BodyBytes {
		i.overflow.note("--max-body-memory")
		return ErrLarge
	}
	l.bytes += n
	b.held += n
	return nil
}

func (l *bodies) forget(b *body) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.coming, b)
}

// close ends the counting of a body when its request is done. What nobody has read
// of it may still arrive for a moment, so that the connection can be used again.
func (l *bodies) close(b *body) {
	l.mu.Lock()
	delete(l.coming, b)
	if b.counted {
		l.read--
	}
	l.bytes -= b.held
	l.mu.Unlock()
	if !b.ended {
		_ = b.control.SetReadDeadline(b.run.sooner(time.Now().Add(b.run.times.rest)))
	}
}

// cut ends the bodies of a server that have not arrived by then.
func (l *bodies) cut(r *run, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for b := range l.coming {
		if b.run == r {
			_ = b.control.SetReadDeadline(until)
		}
	}
}
