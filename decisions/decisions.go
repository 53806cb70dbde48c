// Package decisions keeps the last decisions of authorization and explains
// them: which layers were consulted, which statements applied and where they
// stand, which condition keys were missing, and what the smallest change is
// that would allow a call that was denied.
//
// It guarantees that
//   - keeping a decision costs a lock and a slot: a Record, which is what is
//     shown, is made when somebody looks;
//   - no Record holds a secret access key, a session token, a password or any
//     other parameter of the request but those that are condition keys;
//   - a change that a Record names was tried: with all of them made, the
//     evaluator allows the request.
//
// # Caveats
//
// Decisions are in memory only and gone when the server stops; the oldest makes
// room for the newest. A Record tells what was so when the call was made. A
// decision refers to the compiled policies that it was made with and so keeps
// them from being forgotten.
package decisions

import (
	"sync"

	"github.com/understudy-iam/understudy/authz"
)

// DefaultSize is how many decisions are kept if nobody says otherwise.
const DefaultSize = 10_000

// Log keeps the last decisions. It is safe for concurrent use.
type Log struct {
	mu     sync.Mutex
	ring   []*authz.Decision // grows up to size
	size   int
	next   int // where the next one goes once the ring is full
	follow map[*Follower]struct{}
}

// New makes a Log of the last size decisions.
func New(size int) *Log {
	return &Log{size: max(size, 1), follow: map[*Follower]struct{}{}}
}

// Add keeps a decision and hands it to those who follow. It does not wait for
// them.
func (l *Log) Add(d *authz.Decision) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ring) < l.size {
		l.ring = append(l.ring, d)
	} else {
		l.ring[l.next] = d
		l.next = (l.next + 1) % l.size
	}
	for f := range l.follow {
		f.offer(d)
	}
}

// Find returns the decision of a request, false if it is not kept. A request is
// decided once at most.
func (l *Log) Find(requestID string) (*authz.Decision, bool) {
	for _, d := range l.newest() {
		if d.Caller.Request.ID == requestID {
			return d, true
		}
	}
	return nil, false
}

// List returns the decisions that the filter admits, the newest first, at most
// limit of them.
func (l *Log) List(f *Filter, limit int) []*authz.Decision {
	list := []*authz.Decision{}
	for _, d := range l.newest() {
		if len(list) == limit {
			break
		}
		if f.Admits(d) {
			list = append(list, d)
		}
	}
	return list
}

// newest returns all decisions, the newest first.
func (l *Log) newest() []*authz.Decision {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.ring)
	list := make([]*authz.Decision, 0, n)
	for i := range n {
		list = append(list, l.ring[(l.next+n-1-i)%n])
	}
	return list
}

// followed is how many decisions wait for a Follower before some are lost.
const followed = 1024

// Follower receives decisions as they are made.
type Follower struct {
	log *Log
	c   chan *authz.Decision

	lost int // guarded by log.mu
}

// Follow makes a Follower, to be stopped with Stop.
func (l *Log) Follow() *Follower {
	f := &Follower{log: l, c: make(chan *authz.Decision, followed)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.follow[f] = struct{}{}
	return f
}

// C is where the decisions arrive. It is never closed.
func (f *Follower) C() <-chan *authz.Decision { return f.c }

// Lost returns how many decisions were dropped since it was last asked, because
// the Follower did not take them in time.
func (f *Follower) Lost() int {
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	n := f.lost
	f.lost = 0
	return n
}

// Stop ends the following.
func (f *Follower) Stop() {
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	delete(f.log.follow, f)
}

func (f *Follower) offer(d *authz.Decision) {
	select {
	case f.c <- d:
	default:
		f.lost++
	}
}
