package server

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
)

// maxSnapshots bounds how many snapshots are kept: each is a copy of the state.
const maxSnapshots = 32

// snapshot is a copy of the state.
type snapshot struct {
	management.Snapshot
	state *persistence.State
}

// snapshots are those that were taken and not deleted, the oldest first. They
// are gone when the server stops.
type snapshots struct {
	mu   sync.Mutex
	last int // number of the last one that was taken
	kept []snapshot
}

// add keeps a state under a new ID.
func (l *snapshots) add(state *persistence.State, now time.Time) (snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.kept) >= maxSnapshots {
		return snapshot{}, fmt.Errorf("there are %d snapshots already; delete one (DELETE %ssnapshots/ID)", maxSnapshots, management.Path)
	}
	l.last++
	s := snapshot{management.Snapshot{ID: fmt.Sprintf("snapshot-%d", l.last), CreateDate: now.UTC().Truncate(time.Second), Bytes: state.Size()}, state}
	l.kept = append(l.kept, s)
	return s, nil
}

// list returns the snapshots, the oldest first.
func (l *snapshots) list() []snapshot {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]snapshot{}, l.kept...)
}

// find returns the snapshot with the ID, and false if there is none.
func (l *snapshots) find(id string) (snapshot, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.kept, func(s snapshot) bool { return s.ID == id })
	if i < 0 {
		return snapshot{}, false
	}
	return l.kept[i], true
}

// remove forgets a snapshot, and reports whether there was one with the ID.
func (l *snapshots) remove(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.kept)
	l.kept = slices.DeleteFunc(l.kept, func(s snapshot) bool { return s.ID == id })
	return len(l.kept) < before
}
