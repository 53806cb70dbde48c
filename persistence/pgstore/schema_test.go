package pgstore

import (
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// TestUpgrade opens a store with a version that has one more format. It keeps its data, and the
// older version, which has it open, refuses it from then on.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	url := testkit.Postgres(t)
	old, err := open(t.Context(), Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	put := func(tx persistence.Tx) error { return tx.Put([]byte("k"), []byte("v")) }
	if err := old.Update(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	next := append(steps[:1:1], []string{`alter table understudy_pairs add column if not exists added text`})
	for range 2 {
		s, err := open(t.Context(), Options{URL: url, steps: next})
		if err != nil {
			t.Fatal(err)
		}
		err = s.View(t.Context(), func(tx persistence.Tx) error {
			value, err := tx.Get([]byte("k"))
			if string(value) != "v" {
				t.Errorf("after the upgrade the value is %q", value)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := old.Update(t.Context(), put); code(err) != "" || err == nil {
		t.Errorf("the older version: %v, want a refusal", err)
	}
}

func FuzzSplitKeys(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 'a', 0, 3, 'a', 0, 'b'})
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, joined []byte) {
		keys, err := splitKeys(joined)
		if err != nil || len(joined) > keysBytes { // of which joinKeys writes none
			return
		}
		own := &overlay.Writes{}
		for _, key := range keys {
			own.Set(key, overlay.Write{})
		}
		again, err := splitKeys(joinKeys(own))
		if err != nil || len(again) != own.Len() {
			t.Errorf("%q became %q, %v", keys, again, err)
		}
	})
}
