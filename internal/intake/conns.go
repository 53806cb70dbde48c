package intake

import (
	"net"
	"net/http"
	"sync"
)

// conns are the open connections.
type conns struct {
	mu      sync.Mutex
	open    map[net.Conn]*conn
	waiting queue // of those that wait for a request, the longest first
}

type conn struct {
	net.Conn
	run   *run
	fresh bool // it has not had a request yet

	waits        bool  // it is in the queue
	before, next *conn // in the queue
}

// queue is a list of connections. They change places with each request, and nothing is
// allocated for that.
type queue struct{ first, last *conn }

func (q *queue) push(c *conn) {
	c.waits, c.before = true, q.last
	if q.last == nil {
		q.first = c
	} else {
		q.last.next = c
	}
	q.last = c
}

func (q *queue) remove(c *conn) {
	if c.before == nil {
		q.first = c.next
	} else {
		c.before.next = c.next
	}
	if c.next == nil {
		q.last = c.before
	} else {
		c.next.before = c.before
	}
	c.waits, c.before, c.next = false, nil, nil
}

// connState follows a connection of the server.
func (r *run) connState(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if last := r.conns.add(r, c); last != nil {
			r.overflow.note("--max-connections")
			_ = last.Close()
		}
	case http.StateActive, http.StateIdle:
		r.conns.change(c, state == http.StateIdle)
	case http.StateClosed, http.StateHijacked:
		r.conns.remove(c)
	}
}

// add notes a new connection. If that is one too many, it returns the connection to
// close: the one that has waited longest for a request, which is the new one if no
// other waits.
func (l *conns) add(r *run, c net.Conn) net.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[net.Conn]*conn{}
	}
	added := &conn{Conn: c, run: r, fresh: true}
	l.waiting.push(added)
	l.open[c] = added
	if len(l.open) <= r.limits.Connections {
		return nil
	}
	return l.longest()
}

// longest drops the connection that has waited longest for a request, and returns
// it; nil if none waits.
func (l *conns) longest() net.Conn {
	longest := l.waiting.first
	if longest == nil {
		return nil
	}
	l.drop(longest)
	return longest.Conn
}

func (l *conns) takeLongest() net.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.longest()
}

func (l *conns) drop(c *conn) {
	delete(l.open, c.Conn)
	if c.waits {
		l.waiting.remove(c)
	}
}

// change notes that a connection has a request, or waits for one.
func (l *conns) change(c net.Conn, waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.open[c]
	switch {
	case known == nil: // it is being closed
	case waits && !known.waits:
		l.waiting.push(known)
	case !waits && known.waits:
		l.waiting.remove(known)
		known.fresh = false
	}
}

func (l *conns) remove(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known := l.open[c]; known != nil {
		l.drop(known)
	}
}

// of returns the connections of a server: all, or only those that have never had a
// request.
func (l *conns) of(r *run, onlyFresh bool) []net.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []net.Conn
	for c, known := range l.open {
		if known.run == r && (known.fresh || !onlyFresh) {
			list = append(list, c)
		}
	}
	return list
}

// closeFresh closes the connections of a server that have never had a request,
// because net/http waits for them.
func (l *conns) closeFresh(r *run) {
	for _, c := range l.of(r, true) {
		_ = c.Close()
	}
}
