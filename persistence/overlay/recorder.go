package overlay

import (
	"errors"

	"github.com/understudy-iam/understudy/persistence"
)

// Recorder is the transaction of an Update, and notes what keys held before they were
// written in it.
type Recorder struct {
	persistence.Tx
	noted func(key []byte) bool

	// Values are what the keys held; nil: they were not there.
	Values map[string][]byte
	Bytes  int // of keys and values

	// Written is what was written; nil: the key was deleted. Without a map it is not noted.
	Written map[string][]byte
}

// Record notes what a transaction writes of the keys that are to be noted.
func Record(tx persistence.Tx, noted func(key []byte) bool) *Recorder {
	return &Recorder{Tx: tx, noted: noted, Values: map[string][]byte{}}
}

// Before implements persistence.Beginning.
func (r *Recorder) Before() persistence.Tx { return persistence.Before(r.Tx) }

// Put implements persistence.Tx.
func (r *Recorder) Put(key, value []byte) error {
	if err := r.note(key); err != nil {
		return err
	}
	r.noteWritten(key, append([]byte{}, value...))
	return r.Tx.Put(key, value)
}

// Delete implements persistence.Tx.
func (r *Recorder) Delete(key []byte) error {
	if err := r.note(key); err != nil {
		return err
	}
	r.noteWritten(key, nil)
	return r.Tx.Delete(key)
}

func (r *Recorder) noteWritten(key, value []byte) {
	if r.Written != nil && r.noted(key) {
		r.Bytes += len(value)
		r.Written[string(key)] = value
	}
}

func (r *Recorder) note(key []byte) error {
	if _, ok := r.Values[string(key)]; ok || !r.noted(key) {
		return nil
	}
	value, err := r.Tx.Get(key)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		r.Values[string(key)] = nil
	case err != nil:
		return err
	default:
		r.Values[string(key)] = append([]byte{}, value...)
	}
	r.Bytes += len(key) + len(value)
	return nil
}
