package persistence

import (
	"fmt"
	"iter"
	"testing"
)

// numbered is a transaction on the state of that number.
type numbered struct {
	Tx
	number uint64
}

func (n numbered) Version() (uint64, bool) { return n.number, true }

// unnumbered is a transaction of an engine that does not number its states, or
// an Update.
type unnumbered struct{ Tx }

func (unnumbered) Version() (uint64, bool) { return 7, false }

// changing is a transaction on the state of that number, of a store that tells what
// has changed, and holds nothing.
type changing struct {
	numbered
	changes *Changes
}

func (c changing) Changes() *Changes { return c.changes }

func (changing) Get([]byte) ([]byte, error) { return nil, ErrNotFound }

func (changing) Scan(_, _ []byte) iter.Seq2[Item, error] { return func(func(Item, error) bool) {} }

// putAs keeps a value for which the keys were read.
func putAs(c *StateCache[string, int], tx Tx, name string, v *int, keys ...string) {
	tx = Noting(tx)
	for _, key := range keys {
		_, _ = tx.Get([]byte(key))
	}
	c.Put(tx, name, v)
}

func TestStateCacheKnowsOneState(t *testing.T) {
	t.Parallel()
	at := func(number uint64) Tx { return numbered{number: number} }
	var c StateCache[string, int]
	first, second := new(int), new(int)
	if c.Get(at(0), "ana") != nil {
		t.Error("an empty cache has an entry")
	}
	putAs(&c, at(5), "ana", first)
	for version, want := range map[uint64]*int{4: nil, 5: first, 6: nil} {
		if got := c.Get(at(version), "ana"); got != want {
			t.Errorf("in state %d after an entry of state 5: %p, want %p", version, got, want)
		}
	}
	putAs(&c, at(4), "ana", second) // from a View that began before
	if c.Get(at(5), "ana") != first || c.Get(at(4), "ana") != nil {
		t.Error("an earlier state replaced a later one")
	}
	putAs(&c, at(6), "ana", second)
	if c.Get(at(5), "ana") != nil || c.Get(at(6), "ana") != second {
		t.Error("an entry outlived its state")
	}
}

func TestStateCacheKnowsWhatHasChanged(t *testing.T) {
	t.Parallel()
	changes := NewChanges()
	at := func(number uint64) Tx { return changing{numbered{number: number}, changes} }
	has := func(c *StateCache[string, int], versions map[uint64]bool) {
		t.Helper()
		for version, want := range versions {
			if got := c.Get(at(version), "ana") != nil; got != want {
				t.Errorf("in state %d: %v, want %v", version, got, want)
			}
		}
	}
	var c StateCache[string, int]
	putAs(&c, at(5), "ana", new(int), "a\x00user\x00ana\x00")
	changes.Note(6, "a\x00user\x00ben\x00")
	has(&c, map[uint64]bool{4: true, 5: true, 6: true, 7: true})
	changes.Note(8, "a\x00user\x00ana\x00")
	has(&c, map[uint64]bool{5: true, 8: false, 9: false})

	// What uses an entry has read what the entry was derived from.
	var user StateCache[string, int]
	putAs(&c, at(8), "ana", new(int), "a\x00user\x00ana\x00")
	tx := Noting(at(8))
	if c.Get(tx, "ana") == nil {
		t.Fatal("the entry is gone")
	}
	user.Put(tx, "ana", new(int))
	has(&user, map[uint64]bool{8: true, 9: true})
	changes.Note(9, "a\x00user\x00ana\x00")
	has(&user, map[uint64]bool{8: true, 9: false})
}

func TestStateCacheNeedsNumbers(t *testing.T) {
	t.Parallel()
	var c StateCache[string, int]
	putAs(&c, numbered{number: 7}, "ana", new(int))
	for name, tx := range map[string]Tx{"an Update": unnumbered{}, "an engine without numbers": struct{ Tx }{}} {
		putAs(&c, tx, "ben", new(int))
		if c.Get(tx, "ana") != nil || c.Get(tx, "ben") != nil {
			t.Errorf("%s has an entry", name)
		}
	}
	c.Put(numbered{number: 7}, "ben", new(int))
	if c.Get(numbered{number: 7}, "ben") != nil {
		t.Error("what was put without a number, or without what was read for it, was kept")
	}
}

func TestStateCacheIsBounded(t *testing.T) {
	t.Parallel()
	var c StateCache[string, int]
	for i := range 3 * stateCacheEntries {
		putAs(&c, numbered{number: 1}, fmt.Sprint(i), new(int))
		if len(c.entries) > stateCacheEntries {
			t.Fatalf("%d entries", len(c.entries))
		}
	}
}
