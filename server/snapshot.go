package server

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
)

// snapshot is a copy of the state.
type snapshot struct {
	management.Snapshot
	state *persistence.State
}

// snapshots are those that were taken and not deleted, the oldest first. They
// are gone when the server stops.
type snapshots struct {
	taking persistence.Turn // one copy of the state is made at a time

	mu   sync.Mutex // guards the fields below
	last int        // number of the last one that was taken
	kept []snapshot
}

// add keeps a state under a new ID, if the limits allow it.
func (l *snapshots) add(state *persistence.State, now time.Time, limits *Limits) (snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.room(state.Size(), limits); err != nil {
		return snapshot{}, err
	}
	l.last++
	s := snapshot{management.Snapshot{ID: fmt.Sprintf("snapshot-%d", l.last), CreateDate: now.UTC().Truncate(time.Second),
		Bytes: state.Size()}, state}
	l.kept = append(l.kept, s)
	return s, nil
}

// room returns an error if there is no room for another snapshot of this many bytes.
func (l *snapshots) room(size int, limits *Limits) error {
	const remedy = "delete one (DELETE " + management.Path + "snapshots/ID), or start the server with a greater "
	if n := len(l.kept); n >= limits.Snapshots {
		return fmt.Errorf("there are %d snapshots already; %s--max-snapshots", n, remedy)
	}
	held := 0
	for i := range l.kept {
		held += l.kept[i].Bytes
	}
	if size > limits.SnapshotMemory-held {
		return fmt.Errorf("the snapshots hold %d bytes, and there is no room for %d more; %s--max-snapshot-memory", held, size, remedy)
	}
	return nil
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
