package intake

import (
	"net/http"
	"time"
)

// Times sets how long clients may take, for tests in which they take longer.
type Times = times

// SetTimes changes the times that are more than 0 in t. Call it before Serve.
func (i *Intake) SetTimes(t Times) {
	for _, c := range []struct{ to, from *time.Duration }{
		{&i.times.body, &t.body}, {&i.times.write, &t.write}, {&i.times.rest, &t.rest}, {&i.times.drain, &t.drain},
	} {
		if *c.from > 0 {
			*c.to = *c.from
		}
	}
}

// Waits returns short times for bodies, for parts of answers, and for what is left
// when a server stops.
func Waits(body, write, rest time.Duration) Times { return Times{body: body, write: write, rest: rest} }

// Open returns the number of open connections.
func (i *Intake) Open() int {
	i.conns.mu.Lock()
	defer i.conns.mu.Unlock()
	return len(i.conns.open)
}

// Held returns how many bodies count, and their bytes.
func (i *Intake) Held() (bodies, bytes int) {
	i.bodies.mu.Lock()
	defer i.bodies.mu.Unlock()
	return i.bodies.read, i.bodies.bytes
}

// Refused returns how often the limit of a flag was reached.
func (i *Intake) Refused(flag string) int {
	i.overflow.mu.Lock()
	defer i.overflow.mu.Unlock()
	return i.overflow.refused[flag]
}

// Drain returns a short time for calls that are in progress when a server stops.
func Drain(d time.Duration) Times { return Times{drain: d} }

// Handler returns the handler to which Serve passes each request.
func Handler(h http.Handler) http.Handler { return &run{Intake: New(Limits{}, nil), handler: h} }

// Stopping is like Handler, for a server that has begun to stop.
func Stopping(h http.Handler) http.Handler {
	r := &run{Intake: New(Limits{}, nil), handler: h}
	r.until.Store(time.Now().UnixNano())
	return r
}

// Waiting returns how many connections wait for a request.
func (i *Intake) Waiting() int {
	i.conns.mu.Lock()
	defer i.conns.mu.Unlock()
	n := 0
	for c := i.conns.waiting.first; c != nil; c = c.next {
		n++
	}
	return n
}
