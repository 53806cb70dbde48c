package intake

import (
	"net/http"
	"time"
)

// Times are how long clients may take, for tests of what happens when they take
// longer.
type Times = times

// SetTimes changes them where t has more than 0. Call it before Serve.
func (i *Intake) SetTimes(t Times) {
	for _, c := range []struct{ to, from *time.Duration }{
		{&i.times.body, &t.body}, {&i.times.write, &t.write}, {&i.times.rest, &t.rest}, {&i.times.drain, &t.drain},
	} {
		if *c.from > 0 {
			*c.to = *c.from
		}
	}
}

// Waits are short times for bodies, for parts of answers, and for what is left when
// a server stops.
func Waits(body, write, rest time.Duration) Times { return Times{body: body, write: write, rest: rest} }

// Open is how many connections are open.
func (i *Intake) Open() int {
	i.conns.mu.Lock()
	defer i.conns.mu.Unlock()
	return len(i.conns.open)
}

// Held is how many bodies count, and their bytes.
func (i *Intake) Held() (bodies, bytes int) {
	i.bodies.mu.Lock()
	defer i.bodies.mu.Unlock()
	return i.bodies.read, i.bodies.bytes
}

// Refused is how often the limit of a flag was met.
func (i *Intake) Refused(flag string) int {
	i.overflow.mu.Lock()
	defer i.overflow.mu.Unlock()
	return i.overflow.refused[flag]
}

// Drain is a short time for calls that are under way when a server stops.
func Drain(d time.Duration) Times { return Times{drain: d} }

// Handler is what Serve gives each request to.
func Handler(h http.Handler) http.Handler { return &run{Intake: New(Limits{}, nil), handler: h} }

// Stopping is Handler of a server that has begun to stop.
func Stopping(h http.Handler) http.Handler {
	r := &run{Intake: New(Limits{}, nil), handler: h}
	r.until.Store(time.Now().UnixNano())
	return r
}

// Waiting is how many connections wait for a request.
func (i *Intake) Waiting() int {
	i.conns.mu.Lock()
	defer i.conns.mu.Unlock()
	n := 0
	for c := i.conns.waiting.first; c != nil; c = c.next {
		n++
	}
	return n
}
