package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
)

var errFault = errors.New("a fault of the test")

func ownWrites(t *testing.T, s persistence.Store) {
	put(t, s, pair{"b", "2"}, pair{"d", "4"}, pair{"f", "6"})
	update(t, s, func(tx persistence.Tx) error {
		err := errors.Join(
			tx.Put([]byte("a"), []byte("before")),
			tx.Put([]byte("b"), []byte("over")),
			tx.Put([]byte("c"), []byte("between")),
			tx.Delete([]byte("d")),
			tx.Put([]byte("e"), nil),
			tx.Put([]byte("g"), []byte("after")),
			tx.Put([]byte("h"), []byte("for a moment")),
			tx.Delete([]byte("h")),
			wantValue(tx, "b", "over"),
			wantMissing(tx, "d"),
			wantValue(tx, "e", ""),
			wantValue(tx, "f", "6"),
			wantMissing(tx, "h"),
		)
		if err != nil {
			return err
		}
		want := []pair{{"a", "before"}, {"b", "over"}, {"c", "between"}, {"e", ""}, {"f", "6"}, {"g", "after"}}
		got, err := list(tx, nil, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("a scan over own writes (-want +got):\n%s", diff)
		}
		return err
	})
	wantStore(t, s, pair{"a", "before"}, pair{"b", "over"}, pair{"c", "between"}, pair{"e", ""}, pair{"f", "6"},
		pair{"g", "after"})
}

// writesDuringScan removes each pair as it is yielded and adds one after it. The scan may
// or may not see what was added, but yields each pair that was there at its start once.
func writesDuringScan(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"}, pair{"c", "3"})
	var old []string
	update(t, s, func(tx persistence.Tx) error {
		old = nil
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			key := string(item.Key)
			if len(key) > 1 {
				continue
			}
			old = append(old, key)
			if err := errors.Join(tx.Delete(item.Key), tx.Put([]byte(key+"!"), item.Value)); err != nil {
				return err
			}
		}
		return nil
	})
	if diff := cmp.Diff([]string{"a", "b", "c"}, old); diff != "" {
		t.Errorf("keys of the scan (-want +got):\n%s", diff)
	}
	wantStore(t, s, pair{"a!", "1"}, pair{"b!", "2"}, pair{"c!", "3"})
}

// change does every kind of write.
func change(tx persistence.Tx) error {
	return errors.Join(
		tx.Put([]byte("a"), []byte("changed")),
		tx.Put([]byte("new"), []byte("pair")),
		tx.Delete([]byte("b")),
	)
}

func failedUpdate(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"})
	err := s.Update(t.Context(), func(tx persistence.Tx) error {
		return errors.Join(change(tx), errFault)
	})
	if !errors.Is(err, errFault) {
		t.Errorf("Update = %v, want the error of its function", err)
	}
	wantStore(t, s, pair{"a", "1"}, pair{"b", "2"})
	put(t, s, pair{"c", "3"})
	wantStore(t, s, pair{"a", "1"}, pair{"b", "2"}, pair{"c", "3"})
}

func panickedUpdate(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"})
	recovered := func() (v any) {
		defer func() { v = recover() }()
		_ = s.Update(t.Context(), func(tx persistence.Tx) error {
			for range tx.Scan(nil, nil) { // in the middle of a scan
				if err := change(tx); err != nil {
					t.Errorf("writing: %v", err)
				}
				panic(errFault)
			}
			return nil
		})
		return nil
	}()
	if recovered != any(errFault) {
		t.Errorf("Update panicked with %v, want what its function panicked with", recovered)
	}
	wantStore(t, s, pair{"a", "1"}, pair{"b", "2"})
	put(t, s, pair{"c", "3"})
	wantStore(t, s, pair{"a", "1"}, pair{"b", "2"}, pair{"c", "3"})
}

func viewCannotWrite(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"})
	view(t, s, func(tx persistence.Tx) error {
		if err := tx.Put([]byte("a"), []byte("2")); !errors.Is(err, persistence.ErrReadOnly) {
			t.Errorf("Put in a View = %v, want ErrReadOnly", err)
		}
		if err := tx.Delete([]byte("a")); !errors.Is(err, persistence.ErrReadOnly) {
			t.Errorf("Delete in a View = %v, want ErrReadOnly", err)
		}
		return wantValue(tx, "a", "1")
	})
	wantStore(t, s, pair{"a", "1"})
}

func errorComesBack(t *testing.T, s persistence.Store) {
	fail := func(persistence.Tx) error { return errFault }
	if err := s.View(t.Context(), fail); !errors.Is(err, errFault) {
		t.Errorf("View = %v, want the error of its function", err)
	}
	if err := s.Update(t.Context(), fail); !errors.Is(err, errFault) {
		t.Errorf("Update = %v, want the error of its function", err)
	}
}
