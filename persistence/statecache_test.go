package persistence

import (
	"fmt"
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

func TestStateCacheKnowsOneState(t *testing.T) {
	t.Parallel()
	at := func(number uint64) Tx { return numbered{number: number} }
	var c StateCache[string, int]
	first, second := new(int), new(int)
	if c.Get(at(0), "ana") != nil {
		t.Error("an empty cache has an entry")
	}
	c.Put(at(5), "ana", first)
	for version, want := range map[uint64]*int{4: nil, 5: first, 6: nil} {
		if got := c.Get(at(version), "ana"); got != want {
			t.Errorf("in state %d after an entry of state 5: %p, want %p", version, got, want)
		}
	}
	c.Put(at(4), "ana", second) // from a View that began before
	if c.Get(at(5), "ana") != first || c.Get(at(4), "ana") != nil {
		t.Error("an earlier state replaced a later one")
	}
	c.Put(at(6), "ben", second)
	if c.Get(at(5), "ana") != nil || c.Get(at(6), "ana") != nil {
		t.Error("an entry outlived its state")
	}
}

func TestStateCacheNeedsNumbers(t *testing.T) {
	t.Parallel()
	var c StateCache[string, int]
	c.Put(numbered{number: 7}, "ana", new(int))
	for name, tx := range map[string]Tx{"an Update": unnumbered{}, "an engine without numbers": struct{ Tx }{}} {
		c.Put(tx, "ben", new(int))
		if c.Get(tx, "ana") != nil || c.Get(tx, "ben") != nil {
			t.Errorf("%s has an entry", name)
		}
	}
	if c.Get(numbered{number: 7}, "ben") != nil {
		t.Error("what was put without a number was kept")
	}
}

func TestStateCacheIsBounded(t *testing.T) {
	t.Parallel()
	var c StateCache[string, int]
	for i := range 3 * stateCacheEntries {
		c.Put(numbered{number: 1}, fmt.Sprint(i), new(int))
		if len(c.entries) > stateCacheEntries {
			t.Fatalf("%d entries", len(c.entries))
		}
	}
}
