package storetest

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
)

func missingKey(t *testing.T, s persistence.Store) {
	put(t, s, pair{"ab", "1"})
	missing := func(tx persistence.Tx) error {
		return errors.Join(wantMissing(tx, "a"), wantMissing(tx, "abc"), wantMissing(tx, ""))
	}
	view(t, s, missing)
	update(t, s, missing)
}

func readBack(t *testing.T, s persistence.Store) {
	want := []pair{
		{"", "empty key"},
		{"\x00", "a zero byte"},
		{"\x00\x00", "two of them"},
		{"a", ""},
		{"a\x00b", "a zero byte inside"},
		{"b", "\x00\xff\x00"},
		{"\xff", "the last byte"},
		{"\xff\xff", "twice"},
	}
	put(t, s, want...)
	view(t, s, func(tx persistence.Tx) error {
		for _, p := range want {
			if err := wantValue(tx, p.Key, p.Value); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	wantStore(t, s, want...)
	put(t, s, pair{"b", "changed"})
	view(t, s, func(tx persistence.Tx) error { return wantValue(tx, "b", "changed") })
}

func noReference(t *testing.T, s persistence.Store) {
	key, value := []byte("key"), []byte("value")
	update(t, s, func(tx persistence.Tx) error {
		if err := tx.Put(key, value); err != nil {
			return err
		}
		copy(key, "xxx")
		copy(value, "yyyyy")
		return wantValue(tx, "key", "value")
	})
	wantStore(t, s, pair{"key", "value"})
}

func valueStaysValid(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "old"}, pair{"b", "b"})
	update(t, s, func(tx persistence.Tx) error {
		before, err := tx.Get([]byte("a"))
		if err != nil {
			return err
		}
		if err := errors.Join(tx.Put([]byte("a"), []byte("new")), tx.Delete([]byte("b"))); err != nil {
			return err
		}
		if _, err := list(tx, nil, nil); err != nil {
			return err
		}
		if string(before) != "old" {
			t.Errorf("the value changed under its reader to %q", before)
		}
		return nil
	})
}

func deletes(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"}, pair{"c", "3"})
	remove := func(tx persistence.Tx) error {
		return errors.Join(tx.Delete([]byte("b")), tx.Delete([]byte("never there")), wantMissing(tx, "b"))
	}
	update(t, s, remove)
	update(t, s, remove)
	wantStore(t, s, pair{"a", "1"}, pair{"c", "3"})
	put(t, s, pair{"b", "back"})
	wantStore(t, s, pair{"a", "1"}, pair{"b", "back"}, pair{"c", "3"})
}

func scans(t *testing.T, s persistence.Store) {
	keys := []string{"", "a", "a\x00", "a\x01", "a\xff", "a\xff\xff", "aa", "ab", "b", "b\xff", "ba", "c",
		"\xff", "\xff\x00", "\xff\xff", "\xff\xffa"}
	slices.Sort(keys)
	for _, key := range keys {
		put(t, s, pair{key, "value of " + key})
	}
	check := func(tx persistence.Tx) error {
		for _, prefix := range append(keys, "abc", "z", "\xff\xff\xff") {
			if err := wantScan(t, tx, keys, []byte(prefix), nil); err != nil {
				return err
			}
			for _, after := range append(keys, "a\x02", "zz", "\xff\xff\xff") {
				if err := wantScan(t, tx, keys, []byte(prefix), []byte(after)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	view(t, s, check)
	update(t, s, check)
}

// wantScan compares one scan with a filter over the sorted keys.
func wantScan(t *testing.T, tx persistence.Tx, keys []string, prefix, after []byte) error {
	var want []pair
	for _, key := range keys {
		if bytes.HasPrefix([]byte(key), prefix) && (after == nil || key > string(after)) {
			want = append(want, pair{key, "value of " + key})
		}
	}
	got, err := list(tx, prefix, after)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Scan(%q, %q) (-want +got):\n%s", prefix, after, diff)
	}
	return err
}

func scanStops(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"}, pair{"c", "3"})
	first := func(tx persistence.Tx) error {
		for range 3 { // an iterator left open would show at the second round or at the end
			count := 0
			for _, err := range tx.Scan(nil, nil) {
				if err != nil {
					return err
				}
				if count++; count == 2 {
					break
				}
			}
			if count != 2 {
				t.Errorf("a scan that was stopped at 2 yielded %d pairs", count)
			}
		}
		return nil
	}
	view(t, s, first)
	update(t, s, first)
}

func scansNest(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"})
	nested := func(tx persistence.Tx) error {
		var got []string
		for outer, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			inner, err := list(tx, nil, outer.Key)
			if err != nil {
				return err
			}
			for _, p := range inner {
				got = append(got, string(outer.Key)+p.Key)
			}
		}
		if diff := cmp.Diff([]string{"ab", "ac", "bc"}, got); diff != "" {
			t.Errorf("keys of nested scans (-want +got):\n%s", diff)
		}
		return nil
	}
	update(t, s, func(tx persistence.Tx) error {
		if err := tx.Put([]byte("c"), []byte("3")); err != nil {
			return err
		}
		return nested(tx)
	})
	view(t, s, nested)
}
