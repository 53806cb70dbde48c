package lagstore

import "github.com/understudy-iam/understudy/persistence/overlay"

// past is what keys held before some commits, the oldest of which counts.
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

// isOf reports whether the past is that of the commits. They are a piece of one
// history, so its ends tell.
func (p *past) isOf(hidden []*commit) bool {
	last := len(hidden) - 1
	return len(p.of) == len(hidden) && p.of[0] == hidden[0] && p.of[last] == hidden[last]
}

// itself is the value that a key held.
func itself(value []byte) []byte { return value }
