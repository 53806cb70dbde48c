package storetest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// blob makes a value that differs in every part and by seed, so that a piece in the wrong
// place is noticed.
func blob(seed uint64, size int) []byte {
	out := make([]byte, size+8)
	for i := 0; i < size; i += 8 {
		seed = seed*6364136223846793005 + 1442695040888963407 // Knuth's MMIX generator
		binary.LittleEndian.PutUint64(out[i:], seed)
	}
	return out[:size]
}

// values are the pairs that a large store should hold.
type values map[string][]byte

// add makes a value of size bytes.
func (v values) add(key string, size int) { v[key] = blob(uint64(len(v)), size) }

// put writes all of them.
func (v values) put(tx persistence.Tx) error {
	for key, value := range v {
		if err := tx.Put([]byte(key), value); err != nil {
			return err
		}
	}
	return nil
}

// check compares the whole store with them, by Scan and by Get.
func (v values) check(tx persistence.Tx) error {
	count := 0
	for item, err := range tx.Scan(nil, nil) {
		if err != nil {
			return err
		}
		want, ok := v[string(item.Key)]
		if !ok || !bytes.Equal(item.Value, want) {
			return fmt.Errorf("scan: %q has %d bytes that are not the %d it was put with",
				item.Key, len(item.Value), len(want))
		}
		count++
	}
	if count != len(v) {
		return fmt.Errorf("scan: %d pairs, want %d", count, len(v))
	}
	for key, want := range v {
		if got, err := tx.Get([]byte(key)); err != nil || !bytes.Equal(got, want) {
			return fmt.Errorf("Get(%q): %d bytes, %v; want %d", key, len(got), err, len(want))
		}
	}
	return nil
}

// large writes, in one Update, some values of a megabyte, one of ten (the size
// of the largest SAML metadata document) and many small ones.
func large(t *testing.T, s persistence.Store) {
	want := values{}
	want.add("huge", 10_000_000)
	for i := range 4 {
		want.add(string(numbered("big", i)), 1<<20)
	}
	for i := range 400 {
		want.add(string(numbered("medium", i)), 10_240)
	}
	for i := range 30_000 {
		want.add(string(numbered("small", i)), 20)
	}
	update(t, s, func(tx persistence.Tx) error {
		if err := want.put(tx); err != nil {
			return err
		}
		return want.check(tx)
	})
	view(t, s, want.check)
}

// largeTransactional overwrites, shrinks, deletes and rolls back large values
// while a View holds the moment before.
func largeTransactional(t *testing.T, s persistence.Store) {
	const size = 3 << 20
	before := values{"stays": blob(1, size), "grows": blob(2, 10), "shrinks": blob(3, size), "gone": blob(4, size)}
	after := values{"stays": blob(1, size), "grows": blob(5, size), "shrinks": blob(6, 10), "new": blob(7, size)}
	update(t, s, before.put)
	replace := func(tx persistence.Tx) error {
		return errors.Join(after.put(tx), tx.Delete([]byte("gone")), after.check(tx))
	}
	err := s.Update(t.Context(), func(tx persistence.Tx) error { return errors.Join(replace(tx), errFault) })
	if !errors.Is(err, errFault) {
		t.Fatalf("Update = %v, want the error of its function", err)
	}
	view(t, s, func(tx persistence.Tx) error {
		if err := before.check(tx); err != nil {
			return err
		}
		update(t, s, replace)
		return before.check(tx)
	})
	view(t, s, after.check)
}
