package authz

import (
	"fmt"
	"testing"
)

func TestStateCacheKnowsOneState(t *testing.T) {
	var c stateCache[heldKey, held]
	ana, first, second := heldKey{"1", "AIDA"}, &held{}, &held{}
	if c.get(0, ana) != nil {
		t.Error("an empty cache has an entry")
	}
	c.put(5, ana, first)
	for version, want := range map[uint64]*held{4: nil, 5: first, 6: nil} {
		if got := c.get(version, ana); got != want {
			t.Errorf("in state %d after an entry of state 5: %p, want %p", version, got, want)
		}
	}
	c.put(4, ana, second) // from a call that began before
	if c.get(5, ana) != first || c.get(4, ana) != nil {
		t.Error("an earlier state replaced a later one")
	}
	c.put(6, heldKey{"1", "AROA"}, second)
	if c.get(5, ana) != nil || c.get(6, ana) != nil {
		t.Error("an entry outlived its state")
	}
}

func TestStateCacheIsBounded(t *testing.T) {
	var c stateCache[heldKey, held]
	for i := range 3 * heldEntries {
		c.put(1, heldKey{"1", fmt.Sprint(i)}, &held{})
		if len(c.entries) > heldEntries {
			t.Fatalf("%d entries", len(c.entries))
		}
	}
}
