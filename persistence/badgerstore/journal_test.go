package badgerstore

import (
	"bytes"
	"errors"
	"testing"

	"github.com/dgraph-io/badger/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// stopped opens a store on disk, runs f, and closes the store.
func stopped(t *testing.T, dir string, f func(*store)) {
	t.Helper()
	s, err := open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	f(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// bigUpdate overwrites, adds and deletes more than one Badger transaction takes.
func bigUpdate() *overlay.Writes {
	own := &overlay.Writes{}
	for i := range 12 {
		own.Set(string(rune('a'+i)), overlay.Write{Value: bytes.Repeat([]byte{byte(i)}, 500_000)})
	}
	own.Set("gone", overlay.Write{Deleted: true})
	return own
}

// sizes lists the keys of a store and the sizes of their values.
func sizes(t *testing.T, s *store) map[string]int {
	t.Helper()
	got := map[string]int{}
	err := s.View(t.Context(), func(tx persistence.Tx) error {
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			got[string(item.Key)] = len(item.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func wantNoJournal(t *testing.T, s *store) {
	t.Helper()
	err := s.each(kindJournal, func(item *badger.Item) error {
		t.Errorf("the journal still has %q", item.Key())
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestJournal stops a big commit at each of its steps and opens the store again.
func TestJournal(t *testing.T) {
	t.Parallel()
	before := map[string]int{"a": 3, "gone": 3}
	after := map[string]int{}
	for i := range 12 {
		after[string(rune('a'+i))] = 500_000
	}
	for _, test := range []struct {
		name string
		want map[string]int
		stop func(s *store, entries []entry) error
	}{
		{"before the journal is whole", before, func(s *store, entries []entry) error {
			drop, err := s.writeJournal(entries)
			return errors.Join(err, s.writeAll(drop[:1]))
		}},
		{"when the journal is whole", after, func(s *store, entries []entry) error {
			_, err := s.writeJournal(entries)
			return err
		}},
		{"when half of the journal is carried out", after, func(s *store, entries []entry) error {
			_, err := s.writeJournal(entries)
			return errors.Join(err, s.writeAll(entries[:len(entries)/2]))
		}},
		{"when half of the journal is dropped", after, func(s *store, entries []entry) error {
			drop, err := s.writeJournal(entries)
			return errors.Join(err, s.writeAll(entries), s.writeAll(drop[:len(drop)/2]))
		}},
		{"when all is done", after, func(s *store, entries []entry) error {
			return s.commitBig(entries)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			stopped(t, dir, func(s *store) {
				err := s.Update(t.Context(), func(tx persistence.Tx) error {
					return errors.Join(tx.Put([]byte("a"), []byte("old")), tx.Put([]byte("gone"), []byte("old")))
				})
				entries, _ := s.entries(bigUpdate())
				if err := s.write(entries); !errors.Is(err, badger.ErrTxnTooBig) {
					t.Fatalf("the entries are too few for this test: %v", err)
				}
				if err := errors.Join(err, test.stop(s, entries)); err != nil {
					t.Fatal(err)
				}
			})
			stopped(t, dir, func(s *store) {
				if diff := cmp.Diff(test.want, sizes(t, s)); diff != "" {
					t.Errorf("the pairs (-want +got):\n%s", diff)
				}
				wantNoJournal(t, s)
			})
		})
	}
}

// TestDamagedJournal has journals that no process wrote.
func TestDamagedJournal(t *testing.T) {
	t.Parallel()
	whole := func(pages byte) entry { return entry{key: journalWhole, value: []byte{0, 0, 0, pages}} }
	page := func(content string) entry { return entry{key: pageKey(0), value: []byte(content)} }
	for _, test := range []struct {
		name    string
		entries []entry
	}{
		{"a page is missing", []entry{whole(2), page("")}},
		{"its end is no number", []entry{{key: journalWhole, value: []byte("?")}}},
		{"a page is cut in its head", []entry{whole(1), page("\x00")}},
		{"a page is cut in a key", []entry{whole(1), page("\x00\x00\x09k")}},
		{"a page has no value", []entry{whole(1), page("\x00\x00\x02ka")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			stopped(t, dir, func(s *store) {
				if err := s.write(test.entries); err != nil {
					t.Fatal(err)
				}
			})
			s, err := open(Options{Dir: dir})
			if !errors.Is(err, persistence.ErrDamaged) {
				t.Errorf("open = %v, want ErrDamaged", err)
			}
			if err == nil {
				t.Fatal("and closing it: ", s.Close())
			}
		})
	}
}

// TestLostPiece removes a piece of a large value.
func TestLostPiece(t *testing.T) {
	t.Parallel()
	stopped(t, t.TempDir(), func(s *store) {
		err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("a"), make([]byte, 3*pieceSize)) })
		if err := errors.Join(err, s.write([]entry{{key: pieceKey("a", 1), deleted: true}})); err != nil {
			t.Fatal(err)
		}
		s.renew()
		err = s.View(t.Context(), func(tx persistence.Tx) error {
			_, err := tx.Get([]byte("a"))
			return err
		})
		if !errors.Is(err, persistence.ErrDamaged) {
			t.Errorf("Get = %v, want ErrDamaged", err)
		}
		err = s.View(t.Context(), func(tx persistence.Tx) error {
			for _, err := range tx.Scan(nil, nil) {
				return err
			}
			return nil
		})
		if !errors.Is(err, persistence.ErrDamaged) {
			t.Errorf("Scan = %v, want ErrDamaged", err)
		}
	})
}

// TestPiecesGo checks that no piece outlives its value.
func TestPiecesGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	puts := func(size int) func(*store) {
		return func(s *store) {
			err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("a"), make([]byte, size)) })
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(pieces int) {
		t.Helper()
		stopped(t, dir, func(s *store) {
			count := 0
			err := s.each(kindPiece, func(*badger.Item) error { count++; return nil })
			if err != nil || count != pieces {
				t.Errorf("%d pieces, %v; want %d", count, err, pieces)
			}
		})
	}
	stopped(t, dir, puts(5*pieceSize))
	want(5)
	stopped(t, dir, puts(2*pieceSize+1))
	want(3)
	stopped(t, dir, puts(pieceSize))
	want(0)
	stopped(t, dir, puts(2*pieceSize))
	stopped(t, dir, func(s *store) {
		if err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Delete([]byte("a")) }); err != nil {
			t.Fatal(err)
		}
	})
	want(0)
}
