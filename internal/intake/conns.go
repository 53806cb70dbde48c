package intake

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// conns are the open connections.
type conns struct {
	mu      sync.Mutex
	open    map[net.Conn]*conn
	waiting list.List // *conn that wait for a request, the longest first
}

type conn struct {
	net.Conn
	run   *run
	fresh bool          // it had no request yet
	place *list.Element // in waiting; nil: it has a request
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

// add notes a new connection. If it is one too many it returns the one to close: the
// one that has waited longest for a request, which is the new one if no other waits.
func (l *conns) add(r *run, c net.Conn) net.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[net.Conn]*conn{}
	}
	added := &conn{Conn: c, run: r, fresh: true}
	added.place = l.waiting.PushBack(added)
	l.open[c] = added
	if len(l.open) <= r.limits.Connections {
		return nil
	}
	return l.longest()
}

// longest drops the connection that has waited longest for a request, and returns
// it; nil: none waits.
func (l *conns) longest() net.Conn {
	first := l.waiting.Front()
	if first == nil {
		return nil
	}
	longest := first.Value.(*conn)
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
	if c.place != nil {
		l.waiting.Remove(c.place)
		c.place = nil
	}
}

// change notes that a connection has a request, or waits for one.
func (l *conns) change(c net.Conn, waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.open[c]
	switch {
	case known == nil: // it is being closed
	case waits && known.place == nil:
		known.place = l.waiting.PushBack(known)
	case !waits && known.place != nil:
		l.waiting.Remove(known.place)
		known.place, known.fresh = nil, false
	}
}

func (l *conns) remove(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known := l.open[c]; known != nil {
		l.drop(known)
	}
}

// of returns the connections of a server: all, or those that never had a request.
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

// closeFresh closes the connections of a server that never had a request: net/http
// waits for them.
func (l *conns) closeFresh(r *run) {
	for _, c := range l.of(r, true) {
		_ = c.Close()
	}
}
