package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// capturedState puts a state back over others: one with more, with less, with
// other values, over nothing, and over itself. An Update that fails afterwards
// leaves no trace of it.
func capturedState(t *testing.T, s persistence.Store) {
	empty := capture(t, s)
	first := []pair{{"a", "1"}, {"b", "2"}, {"b\x00c", "3"}, {"d", ""}, {"e", string(blob(1, 3<<20))}}
	put(t, s, first...)
	taken := capture(t, s)
	changes := map[string]func(persistence.Tx) error{
		"nothing":    func(persistence.Tx) error { return nil },
		"more":       writes("0", "x", "bb", "y", "z", string(blob(2, 2<<20))),
		"others":     writes("a", "2", "d", "not empty", "e", "small"),
		"less":       func(tx persistence.Tx) error { return errors.Join(tx.Delete([]byte("a")), tx.Delete([]byte("e"))) },
		"everything": func(tx persistence.Tx) error { return persistence.Replace(tx, nil) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			update(t, s, change)
			before := everything(t, s)
			err := s.Update(t.Context(), func(tx persistence.Tx) error {
				return errors.Join(persistence.Replace(tx, taken), errFault)
			})
			if !errors.Is(err, errFault) {
				t.Fatalf("Update = %v, want the error of its function", err)
			}
			wantStore(t, s, before...)
			update(t, s, func(tx persistence.Tx) error { return persistence.Replace(tx, taken) })
			wantStore(t, s, first...)
		})
	}
	update(t, s, func(tx persistence.Tx) error { return persistence.Replace(tx, empty) })
	wantStore(t, s)
	err := s.View(t.Context(), func(tx persistence.Tx) error { return persistence.Replace(tx, taken) })
	if !errors.Is(err, persistence.ErrReadOnly) {
		t.Errorf("Replace in a View = %v, want ErrReadOnly", err)
	}
}

func capture(t *testing.T, s persistence.Store) (state *persistence.State) {
	t.Helper()
	view(t, s, func(tx persistence.Tx) (err error) {
		state, err = persistence.Capture(tx)
		return err
	})
	return state
}

// writes puts keys and values, given in turn.
func writes(pairs ...string) func(persistence.Tx) error {
	return func(tx persistence.Tx) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := tx.Put([]byte(pairs[i]), []byte(pairs[i+1])); err != nil {
				return fmt.Errorf("Put(%q): %w", pairs[i], err)
			}
		}
		return nil
	}
}
