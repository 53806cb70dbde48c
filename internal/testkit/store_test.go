package testkit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// threeAccesses reads, scans and writes, in one transaction.
func threeAccesses(tx persistence.Tx) error {
	if _, err := tx.Get([]byte("missing")); !errors.Is(err, persistence.ErrNotFound) {
		return err
	}
	for _, err := range tx.Scan(nil, nil) {
		if err != nil {
			return err
		}
	}
	return tx.Put([]byte("key"), []byte("value"))
}

func TestAtEachAccess(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), memstore.New()
	failing := testkit.NewFailingStore(store)
	if n := failing.AtEachAccess(t, func() error { return failing.Update(ctx, threeAccesses) }); n != 3 {
		t.Errorf("%d accesses; want 3", n)
	}
	if err := failing.Update(ctx, threeAccesses); err != nil {
		t.Errorf("the store still fails: %v", err)
	}
	if got := testkit.Pairs(t, store)["key"]; got != "value" {
		t.Errorf("after the call that succeeded the key has %q", got)
	}
}

// AtEachAccess reports the calls that it should report.
func TestAtEachAccessReports(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, call := range map[string]func(persistence.Store) error{
		"a fault that is hidden": func(s persistence.Store) error {
			if err := s.Update(ctx, threeAccesses); err != nil {
				return errPlain
			}
			return nil
		},
		"a change that stays": func(s persistence.Store) error {
			put := func(key string) error {
				return s.Update(ctx, func(tx persistence.Tx) error { return tx.Put([]byte(key), []byte("value")) })
			}
			return errors.Join(put("one"), put("two"))
		},
		"no use of the store": func(persistence.Store) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failing := testkit.NewFailingStore(memstore.New())
			r := &recorder{}
			failing.AtEachAccess(r, func() error { return call(failing) })
			if !r.failed {
				t.Error("it was not reported")
			}
		})
	}
}
