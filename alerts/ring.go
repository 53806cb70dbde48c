package alerts

import (
	"encoding/json"
	"slices"
	"sync"
)

// Defaults of the alerts that an Engine keeps.
const (
	DefaultKept      = 1000
	DefaultKeptBytes = 16 << 20
)

// ring keeps the last alerts, for lists and followers.
type ring struct {
	most, mostBytes int

	mu        sync.Mutex
	kept      []keptAlert // the oldest first
	added     int         // alerts so far
	bytes     int
	followers map[*Follower]struct{}
}

type keptAlert struct {
	*Alert
	bytes int
}

func newRing(most, mostBytes int) *ring {
	if most <= 0 {
		most = DefaultKept
	}
	if mostBytes <= 0 {
		mostBytes = DefaultKeptBytes
	}
	return &ring{most: most, mostBytes: mostBytes, followers: map[*Follower]struct{}{}}
}

// add keeps an alert, and lets the oldest go that are too many.
func (r *ring) add(a *Alert) {
	text, _ := json.Marshal(a) // about half of what it takes
	size := 2 * len(text)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, keptAlert{a, size})
	r.added++
	r.bytes += size
	for len(r.kept) > 1 && (len(r.kept) > r.most || r.bytes > r.mostBytes) {
		r.bytes -= r.kept[0].bytes
		r.kept[0].Alert = nil
		r.kept = r.kept[1:]
	}
	for f := range r.followers {
		f.wake()
	}
}

// list returns the alerts that the filter admits, the newest first, limit at most; 0 is
// no limit.
func (r *ring) list(f *Filter, limit int) []*Alert {
	r.mu.Lock()
	all := slices.Clone(r.kept)
	r.mu.Unlock()
	list := []*Alert{}
	for _, a := range slices.Backward(all) {
		if limit > 0 && len(list) == limit {
			break
		}
		if f.Admits(a.Alert) {
			list = append(list, a.Alert)
		}
	}
	return list
}

// Follower reads alerts as they are added. What was let go before it was read is lost.
// One goroutine may use it.
type Follower struct {
	ring  *ring
	ready chan struct{}

	next int // the number of the next alert; guarded by ring.mu, as is what follows
	lost int
}

func (r *ring) follow() *Follower {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := &Follower{ring: r, ready: make(chan struct{}, 1), next: r.added}
	r.followers[f] = struct{}{}
	return f
}

// Ready has a value when alerts may have come since Next found none.
func (f *Follower) Ready() <-chan struct{} { return f.ready }

// Next returns the next alert; nil if there is none yet.
func (f *Follower) Next() *Alert {
	r := f.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	if oldest := r.added - len(r.kept); f.next < oldest {
		f.lost += oldest - f.next
		f.next = oldest
	}
	if f.next == r.added {
		return nil
	}
	f.next++
	return r.kept[len(r.kept)-(r.added-f.next)-1].Alert
}

// Lost returns how many alerts were let go, since it was last asked, before Next came
// to them.
func (f *Follower) Lost() int {
	f.ring.mu.Lock()
	defer f.ring.mu.Unlock()
	n := f.lost
	f.lost = 0
	return n
}

// Stop ends the following.
func (f *Follower) Stop() {
	f.ring.mu.Lock()
	defer f.ring.mu.Unlock()
	delete(f.ring.followers, f)
}

func (f *Follower) wake() {
	select {
	case f.ready <- struct{}{}:
	default:
	}
}
