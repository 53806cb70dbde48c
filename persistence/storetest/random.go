package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
)

// randomOperations runs transactions of random operations on the store and on a plain map,
// and compares every answer. The seed is fixed, so that a failure can be repeated.
func randomOperations(t *testing.T, s persistence.Store) {
	r := &random{Rand: rand.New(rand.NewPCG(4, 260)), want: map[string]string{}}
	for i := range 400 {
		fail := r.IntN(4) == 0
		trial := &random{Rand: r.Rand, want: maps.Clone(r.want)}
		err := s.Update(t.Context(), func(tx persistence.Tx) error {
			for range 1 + r.IntN(15) {
				if err := trial.step(tx); err != nil {
					return err
				}
			}
			if fail {
				return errFault
			}
			return nil
		})
		switch {
		case fail && errors.Is(err, errFault):
		case !fail && err == nil:
			r.want = trial.want
		default:
			t.Fatalf("transaction %d: %v", i, err)
		}
		if err := s.View(t.Context(), func(tx persistence.Tx) error { return r.scan(tx, nil, nil) }); err != nil {
			t.Fatalf("after transaction %d: %v", i, err)
		}
	}
}

type random struct {
	*rand.Rand
	want map[string]string
}

// step does one operation and compares its answer.
func (r *random) step(tx persistence.Tx) error {
	key := r.key()
	switch r.IntN(8) {
	case 0, 1, 2:
		value := string(blob(r.Uint64(), r.size()))
		r.want[key] = value
		return tx.Put([]byte(key), []byte(value))
	case 3, 4:
		delete(r.want, key)
		return tx.Delete([]byte(key))
	case 5:
		return r.get(tx, key)
	case 6:
		return r.scan(tx, []byte(key), nil)
	default:
		return r.scan(tx, []byte(r.key()), []byte(key))
	}
}

// key makes a short key of few letters, so that keys meet and nest.
func (r *random) key() string {
	key := make([]byte, r.IntN(4))
	for i := range key {
		key[i] = "\x00a\xff"[r.IntN(3)]
	}
	return string(key)
}

// size is mostly small, and now and then around what an engine may store apart.
func (r *random) size() int {
	if r.IntN(50) == 0 {
		return r.IntN(600_000)
	}
	return r.IntN(40)
}

func (r *random) get(tx persistence.Tx, key string) error {
	want, ok := r.want[key]
	if !ok {
		return wantMissing(tx, key)
	}
	return wantValue(tx, key, want)
}

func (r *random) scan(tx persistence.Tx, prefix, after []byte) error {
	var want []pair
	for _, key := range slices.Sorted(maps.Keys(r.want)) {
		if bytes.HasPrefix([]byte(key), prefix) && (after == nil || strings.Compare(key, string(after)) > 0) {
			want = append(want, pair{key, r.want[key]})
		}
	}
	got, err := list(tx, prefix, after)
	if err != nil {
		return err
	}
	if !slices.Equal(want, got) {
		return fmt.Errorf("Scan(%q, %q) (-want +got):\n%s", prefix, after, cmp.Diff(keys(want), keys(got)))
	}
	return nil
}

// keys names pairs by key and length of value, for a readable difference.
func keys(pairs []pair) (out []string) {
	for _, p := range pairs {
		out = append(out, fmt.Sprintf("%q (%d bytes)", p.Key, len(p.Value)))
	}
	return out
}
