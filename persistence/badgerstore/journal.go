package badgerstore

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"github.com/understudy-iam/understudy/persistence"
)

var journalWhole = []byte{kindJournal}

func pageKey(index int) []byte {
	return binary.BigEndian.AppendUint32([]byte{kindJournal}, uint32(index))
}

// writeJournal writes entries to pages of the journal, and then marks the journal as
// complete. It returns the deletions that remove the journal.
func (s *store) writeJournal(entries []entry) (drop []entry, err error) {
	var out []entry
	var page []byte
	flush := func() {
		out = append(out, entry{key: pageKey(len(out)), value: page})
		page = nil
	}
	for _, e := range entries {
		if page = appendEntry(page, e); len(page) > pieceSize {
			flush()
		}
	}
	flush()
	drop = deletions(out)
	if err := s.writeAll(out); err != nil {
		return nil, errors.Join(err, s.writeAll(drop))
	}
	count := binary.BigEndian.AppendUint32(nil, uint32(len(out)))
	if err := s.write([]entry{{key: journalWhole, value: count}}); err != nil {
		return nil, s.fail(err) // it may or may not have been written
	}
	return drop, nil
}

// deletions returns the entries that remove a journal of these pages, beginning with
// the mark that it is complete.
func deletions(pages []entry) []entry {
	out := []entry{{key: journalWhole, deleted: true}}
	for _, page := range pages {
		out = append(out, entry{key: page.key, deleted: true})
	}
	return out
}

// replayJournal finishes a commit whose journal is complete, and drops one whose journal
// is not. Writing entries again that were already written does no harm.
func (s *store) replayJournal() error {
	pages, whole, err := s.readJournal()
	switch {
	case err != nil:
		return err
	case len(pages) == 0 && whole < 0:
		return nil
	case whole >= 0 && whole != len(pages):
		return fmt.Errorf("%w: the journal has %d of %d pages", persistence.ErrDamaged, len(pages), whole)
	case whole >= 0:
		if err := s.replay(pages); err != nil {
			return err
		}
	}
	return s.writeAll(deletions(pages))
}

// readJournal returns the journal's pages, and how many it has when complete, or -1 if
// it is not complete.
func (s *store) readJournal() (pages []entry, whole int, err error) {
	whole = -1
	err = s.each(kindJournal, func(item *badger.Item) error {
		value, err := item.ValueCopy(nil)
		switch {
		case err != nil:
			return err
		case len(item.Key()) > len(journalWhole):
			pages = append(pages, entry{key: item.KeyCopy(nil), value: value})
		case len(value) == 4:
			whole = int(binary.BigEndian.Uint32(value))
		default:
			return fmt.Errorf("%w: %d bytes about the journal", persistence.ErrDamaged, len(value))
		}
		return nil
	})
	return pages, whole, err
}

func (s *store) replay(pages []entry) error {
	for _, page := range pages {
		entries, err := decodeEntries(page.value)
		if err != nil {
			return err
		}
		if err := s.writeAll(entries); err != nil {
			return err
		}
	}
	return nil
}

// appendEntry adds an entry to a page: meta, deleted, and key and value with
// their lengths before them.
func appendEntry(page []byte, e entry) []byte {
	deleted := byte(0)
	if e.deleted {
		deleted = 1
	}
	page = append(page, e.meta, deleted)
	page = append(binary.AppendUvarint(page, uint64(len(e.key))), e.key...)
	return append(binary.AppendUvarint(page, uint64(len(e.value))), e.value...)
}

func decodeEntries(page []byte) (out []entry, err error) {
	for len(page) > 0 {
		if len(page) < 2 {
			return nil, errBadPage
		}
		e := entry{meta: page[0], deleted: page[1] == 1}
		if e.key, page, err = decodeBytes(page[2:]); err != nil {
			return nil, err
		}
		if e.value, page, err = decodeBytes(page); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

var errBadPage = fmt.Errorf("%w: a page of the journal does not decode", persistence.ErrDamaged)

func decodeBytes(page []byte) (b, rest []byte, err error) {
	length, n := binary.Uvarint(page)
	if n <= 0 || length > uint64(len(page)-n) {
		return nil, nil, errBadPage
	}
	page = page[n:]
	return page[:length], page[length:], nil
}
