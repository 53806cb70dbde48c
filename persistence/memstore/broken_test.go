package memstore_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/persistence/storetest"
)

// brokenEngine names the engine that TestBroken runs the suite with, in a process of its
// own, which must fail.
const brokenEngine = "UNDERSTUDY_TEST_BROKEN_ENGINE"

// broken are engines that each break one rule, and the test that must see it.
var broken = map[string]struct {
	open func() persistence.Store
	test string
}{
	"guards keys but not ranges": {
		func() persistence.Store { return keysOnly{memstore.New()} },
		"parallel_Updates_cannot_pass_each_other's_scans",
	},
	"commits pair by pair": {
		func() persistence.Store { return piecemeal{memstore.New()} },
		"Views_never_see_half_of_an_Update",
	},
	"reads the newest state at every step": {
		func() persistence.Store { return newest{memstore.New()} },
		"a_View_sees_one_moment_while_Updates_commit",
	},
	"takes a prefix for a range of one byte more": {
		func() persistence.Store { return byteRange{memstore.New()} },
		"a_scan_yields_a_prefix_after_a_key_in_byte_order",
	},
	"does not look at contexts": {
		func() persistence.Store { return deaf{memstore.New()} },
		"a_transaction_whose_context_is_done_does_not_begin",
	},
	"looks at contexts only at the beginning": {
		func() persistence.Store { return hasty{memstore.New()} },
		"an_Update_whose_context_ends_while_it_runs_leaves_nothing",
	},
}

func TestBroken(t *testing.T) {
	t.Parallel()
	if engine, ok := broken[os.Getenv(brokenEngine)]; ok {
		storetest.Run(t, func(*testing.T) persistence.Store { return engine.open() })
	}
}

// TestSuiteSeesBrokenEngines checks that the suite fails where it should.
func TestSuiteSeesBrokenEngines(t *testing.T) {
	t.Parallel()
	for name, engine := range broken {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Some faults take a race to be seen, and one of a few runs is enough.
			run := exec.Command(os.Args[0], "-test.count=5", "-test.run=^TestBroken$/^"+engine.test+"$")
			run.Env = append(os.Environ(), brokenEngine+"="+name)
			out, err := run.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || !strings.Contains(string(out), "--- FAIL: TestBroken/"+engine.test) {
				t.Errorf("the test %q did not fail: %v\n%s", engine.test, err, out)
			}
		})
	}
}

// recorder is a Tx that keeps its writes and notes what it read.
type recorder struct {
	persistence.Tx
	reads  map[string][]byte // nil for a key that was not there
	writes map[string][]byte // nil for a deletion
}

func record(tx persistence.Tx) *recorder {
	return &recorder{tx, map[string][]byte{}, map[string][]byte{}}
}

func (r *recorder) Get(key []byte) ([]byte, error) {
	value, err := r.Tx.Get(key)
	r.reads[string(key)] = value
	return value, err
}

func (r *recorder) Put(key, value []byte) error {
	r.writes[string(key)] = append([]byte{}, value...)
	return nil
}

func (r *recorder) Delete(key []byte) error {
	r.writes[string(key)] = nil
	return nil
}

func (r *recorder) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return func(yield func(persistence.Item, error) bool) {
		for item, err := range r.Tx.Scan(prefix, after) {
			r.reads[string(item.Key)] = item.Value
			if !yield(item, err) {
				return
			}
		}
	}
}

// write does one of the writes that were kept.
func (r *recorder) write(tx persistence.Tx, key string) error {
	if value := r.writes[key]; value != nil {
		return tx.Put([]byte(key), value)
	}
	return tx.Delete([]byte(key))
}

// keysOnly runs Updates at once and repeats one if a key that it read has
// changed meanwhile, as Badger's own transactions do.
type keysOnly struct{ *memstore.Store }

var errChanged = errors.New("a key that was read has changed")

func (s keysOnly) Update(ctx context.Context, f func(persistence.Tx) error) error {
	for {
		var r *recorder
		if err := s.View(ctx, func(tx persistence.Tx) error { r = record(tx); return f(r) }); err != nil {
			return err
		}
		err := s.Store.Update(ctx, func(tx persistence.Tx) error {
			for key, value := range r.reads {
				if now, _ := tx.Get([]byte(key)); !bytes.Equal(now, value) {
					return errChanged
				}
			}
			for key := range r.writes {
				if err := r.write(tx, key); err != nil {
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, errChanged) {
			return err
		}
	}
}

// piecemeal commits each write by itself.
type piecemeal struct{ *memstore.Store }

func (s piecemeal) Update(ctx context.Context, f func(persistence.Tx) error) error {
	var r *recorder
	if err := s.View(ctx, func(tx persistence.Tx) error { r = record(tx); return f(r) }); err != nil {
		return err
	}
	for key := range r.writes {
		if err := s.Store.Update(ctx, func(tx persistence.Tx) error { return r.write(tx, key) }); err != nil {
			return err
		}
		runtime.Gosched()
	}
	return nil
}

// newest gives a View a look at the latest commit at every step.
type newest struct{ *memstore.Store }

func (s newest) View(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.View(ctx, func(tx persistence.Tx) error { return f(newestTx{tx, s.Store}) })
}

type newestTx struct {
	persistence.Tx
	store *memstore.Store
}

func (t newestTx) Get(key []byte) (value []byte, err error) {
	viewErr := t.store.View(context.Background(), func(tx persistence.Tx) error {
		value, err = tx.Get(key)
		return nil
	})
	return value, errors.Join(err, viewErr)
}

// byteRange ends a scan at the prefix with its last byte made one greater, and
// forgets that a byte can be 0xff.
type byteRange struct{ *memstore.Store }

func (s byteRange) View(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.View(ctx, func(tx persistence.Tx) error { return f(byteRangeTx{tx}) })
}

type byteRangeTx struct{ persistence.Tx }

func (t byteRangeTx) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return func(yield func(persistence.Item, error) bool) {
		end := bytes.Clone(prefix)
		if len(end) > 0 {
			end[len(end)-1]++
		}
		for item, err := range t.Tx.Scan(prefix, after) {
			if len(end) > 0 && bytes.Compare(item.Key, end) >= 0 || !yield(item, err) {
				return
			}
		}
	}
}

// deaf runs every transaction to its end.
type deaf struct{ *memstore.Store }

func (s deaf) View(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.View(context.WithoutCancel(ctx), f)
}

func (s deaf) Update(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.Update(context.WithoutCancel(ctx), f)
}

// hasty commits whatever has begun.
type hasty struct{ *memstore.Store }

func (s hasty) Update(ctx context.Context, f func(persistence.Tx) error) error {
	if err := persistence.Done(ctx); err != nil {
		return err
	}
	return s.Store.Update(context.WithoutCancel(ctx), f)
}
