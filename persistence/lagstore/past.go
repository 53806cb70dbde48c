package lagstore

import "github.com/understudy-iam/understudy/persistence/overlay"

// past holds what keys held before some commits; for a key in several of them, what it
// held before the oldest.
type past struct {
	of     []*commit
	values *overlay.Values[[]byte] // nil values: the key was not there
}

func newPast(hidden []*commit) *past {
	p := &past{hidden, &overlay.Values[[]byte]{}}
	for i := len(hidden) - 1; i >= 0; i-- {
		for key, value := range hidden[i].before {
			p.values.Set(key, value)
		}
	}
	return p
}

// isOf reports whether the past was made from these commits. They are consecutive in one
// history, so the first and the last tell.
func (p *past) isOf(hidden []*commit) bool {
	last := len(hidden) - 1
	return len(p.of) == len(hidden) && p.of[0] == hidden[0] && p.of[last] == hidden[last]
}

// itself returns the value that a key held.
func itself(value []byte) []byte { return value }
