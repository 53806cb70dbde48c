package server

import (
	"crypto/sha256"
	"sync"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/seed"
)

// maxWritten is the number of documents whose place in a seed is kept.
const maxWritten = 10_000

// written knows where the seeds that were applied have their documents. The zero value
// knows none. Several goroutines may use it.
type written struct {
	mu     sync.Mutex
	places map[[sha256.Size]byte]*seed.Written
}

// add keeps where a document is. A seed that is applied again may have it in another place.
func (w *written) add(document string, at *seed.Written) {
	key := sha256.Sum256([]byte(document))
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.places == nil {
		w.places = map[[sha256.Size]byte]*seed.Written{}
	}
	if _, known := w.places[key]; known || len(w.places) < maxWritten {
		w.places[key] = at
	}
}

// source is the place of a document in a seed; nil if no seed has it.
func (w *written) source(document string, at evaluator.Position) *decisions.Source {
	key := sha256.Sum256([]byte(document))
	w.mu.Lock()
	found := w.places[key]
	w.mu.Unlock()
	if found == nil {
		return nil
	}
	place := found.Place(at)
	return &decisions.Source{File: found.File, Line: place.Line, Column: place.Column}
}
