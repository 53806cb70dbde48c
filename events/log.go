package events

import (
	"sync"
	"time"

	"github.com/understudy-iam/understudy/authz"
)

// Defaults of a Log.
const (
	DefaultSize  = 10_000   // events
	DefaultBytes = 64 << 20 // 64 MiB
)

// Options bound a Log. The zero value works.
type Options struct {
	Size  int // how many events are kept; 0 is DefaultSize
	Bytes int // how many bytes they may take, but for the newest; 0 is DefaultBytes
}

// Log keeps the last events. It is safe for concurrent use.
type Log struct {
	options Options

	mu        sync.Mutex
	ring      []entry // grows up to the size
	kept      int     // events in it; the newest has the number added-1
	added     uint64  // events so far: the event with the number i is at i modulo len(ring)
	own       int     // bytes that belong to one event each
	memory    authz.Memory
	followers map[*Follower]struct{}
	dropped   time.Time // of the newest event that was
}

// An entry is an event with the bytes that belong to it alone and the policies that it
// shares, so that dropping it need not look at it again.
type entry struct {
	*Event
	own    int
	shared authz.Shared
}

// New makes a Log.
func New(o Options) *Log {
	if o.Size <= 0 {
		o.Size = DefaultSize
	}
	if o.Bytes <= 0 {
		o.Bytes = DefaultBytes
	}
	return &Log{options: o, followers: map[*Follower]struct{}{}}
}

// Add keeps an event, which must not change any more, and lets those who follow
// know. It does not wait for them.
func (l *Log) Add(e *Event) {
	own := e.bytes()
	for d := range e.Decisions() {
		own += d.Bytes()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kept == l.options.Size {
		l.drop()
	}
	l.grow()
	place := l.at(l.added)
	place.Event, place.own = e, own
	l.added++
	l.kept++
	l.own += own
	for d := range e.Decisions() {
		l.memory.Add(d, &place.shared)
	}
	for l.kept > 1 && l.bytes() > l.options.Bytes {
		l.drop()
	}
	for f := range l.followers {
		f.wake()
	}
}

// Size is how many events are kept at most.
func (l *Log) Size() int { return l.options.Size }

// Bytes is how many bytes the events take, about.
func (l *Log) Bytes() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes()
}

func (l *Log) bytes() int { return l.own + l.memory.Bytes() }

// at is the place of the event with the number.
func (l *Log) at(i uint64) *entry { return &l.ring[i%uint64(len(l.ring))] }

// oldest is the number of the oldest event that is kept.
func (l *Log) oldest() uint64 { return l.added - uint64(l.kept) }

// drop forgets the oldest event.
func (l *Log) drop() {
	place := l.at(l.oldest())
	l.dropped = place.Caller.Request.Time
	l.own -= place.own
	l.memory.Remove(&place.shared)
	place.Event, place.own = nil, 0
	l.kept--
}

// grow makes room for one more.
func (l *Log) grow() {
	if l.kept < len(l.ring) {
		return
	}
	small := l.ring
	l.ring = make([]entry, min(max(2*len(small), 64), l.options.Size))
	for i := l.oldest(); i < l.added; i++ {
		*l.at(i) = small[i%uint64(len(small))]
	}
}

// Find returns the event of a request; nil if it is not kept.
func (l *Log) Find(requestID string) *Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := l.added; i > l.oldest(); i-- {
		if e := l.at(i - 1); e.Caller.Request.ID == requestID {
			return e.Event
		}
	}
	return nil
}

// List returns the events that every filter admits, the newest first, at most
// limit of them; 0 is no limit.
func (l *Log) List(limit int, filters ...*Filter) []*Event {
	list := []*Event{}
	for _, e := range l.newest() {
		if limit > 0 && len(list) == limit {
			break
		}
		if admitted(e, filters) {
			list = append(list, e)
		}
	}
	return list
}

func admitted(e *Event, filters []*Filter) bool {
	for _, f := range filters {
		if !f.Admits(e) {
			return false
		}
	}
	return true
}

// newest returns all events, the newest first: filters work without the lock.
func (l *Log) newest() []*Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]*Event, 0, l.kept)
	for i := l.added; i > l.oldest(); i-- {
		list = append(list, l.at(i-1).Event)
	}
	return list
}
