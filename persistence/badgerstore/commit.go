package badgerstore

import (
	"errors"
	"fmt"
	"maps"

	"github.com/dgraph-io/badger/v4"

	"github.com/understudy-iam/understudy/persistence/overlay"
)

// commit makes an Update's writes the state of the store, all or none.
func (s *store) commit(own *overlay.Writes) error {
	entries, large := s.entries(own)
	err := s.write(entries)
	if errors.Is(err, badger.ErrTxnTooBig) {
		err = s.commitBig(entries)
	}
	if err != nil {
		return fmt.Errorf("persistence: committing: %w", err)
	}
	maps.Copy(s.large, large)
	maps.DeleteFunc(s.large, func(_ string, count int) bool { return count == 0 })
	return nil
}

// write commits entries in one Badger transaction, which on disk has a number. It
// does nothing and returns badger.ErrTxnTooBig if they are too many for one.
func (s *store) write(entries []entry) error {
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	for _, e := range entries {
		if err := set(txn, e); err != nil {
			return err
		}
	}
	if s.directory == nil {
		return txn.Commit()
	}
	next := s.number + 1
	if err := set(txn, numberEntry(next)); err != nil {
		return err
	}
	if err := txn.Commit(); err != nil {
		return s.fail(err) // Badger may have lost its table in memory, and cannot be read without it
	}
	s.number = next
	return nil
}

func set(txn *badger.Txn, e entry) error {
	if e.deleted {
		return txn.Delete(e.key)
	}
	return txn.SetEntry(badger.NewEntry(e.key, e.value).WithMeta(e.meta))
}

// writeAll commits entries in as many Badger transactions as it takes.
func (s *store) writeAll(entries []entry) error {
	for len(entries) > 0 {
		count, size := 0, int64(0)
		for count < len(entries) && int64(count) < s.db.MaxBatchCount()/2 && size < s.db.MaxBatchSize()/2 {
			size += int64(len(entries[count].key) + len(entries[count].value))
			count++
		}
		if err := s.write(entries[:count]); err != nil {
			return err
		}
		entries = entries[count:]
	}
	return nil
}

// commitBig commits what does not fit into one Badger transaction. On disk the entries
// are written to the journal first: once the journal is complete the commit has
// happened, and if the process dies the next one finishes it. No snapshot is taken
// meanwhile, because only Update takes them.
func (s *store) commitBig(entries []entry) error {
	var drop []entry
	if s.directory != nil {
		var err error
		if drop, err = s.writeJournal(entries); err != nil {
			return err
		}
	}
	if err := s.writeAll(append(entries, drop...)); err != nil {
		return s.fail(err)
	}
	return nil
}
