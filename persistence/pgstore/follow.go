package pgstore

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

const (
	// kept is how many of the last commits are in the database. A server that has seen
	// nothing for longer does not learn what has changed meanwhile.
	kept = 1024

	// keysBytes is how many bytes the keys of a commit may take; if they take more, any key
	// may have been written.
	keysBytes = 64 << 10
)

// follow notes what other servers have committed up to the number, in a transaction that
// sees it, before anybody uses the number.
func (s *store) follow(ctx context.Context, c *pgx.Conn, number uint64) error {
	noted := s.noted.Load()
	if number <= noted {
		return nil
	}
	if number-noted > kept {
		s.changes.NoteAll(number)
		s.raise(number)
		return nil
	}
	rows, err := c.Query(ctx, `select number, keys from understudy_commits where number > $1 and number <= $2`, noted, number)
	if err != nil {
		return err
	}
	var n, found uint64
	var joined []byte
	_, err = pgx.ForEachRow(rows, []any{&n, &joined}, func() error {
		found++
		s.note(n, joined)
		return nil
	})
	if err != nil {
		return err
	}
	if found < number-noted { // some are gone already
		s.changes.NoteAll(number)
	}
	s.raise(number)
	return nil
}

// note notes a commit; without keys that can be read it can be of any.
func (s *store) note(number uint64, joined []byte) {
	keys, err := splitKeys(joined)
	if joined == nil || err != nil {
		s.changes.NoteAll(number)
		return
	}
	for _, key := range keys {
		s.changes.Note(number, key)
	}
}

// raise says that all commits up to the number are noted.
func (s *store) raise(number uint64) {
	for old := s.noted.Load(); old < number && !s.noted.CompareAndSwap(old, number); old = s.noted.Load() {
	}
}

// joinKeys writes keys one after the other, each after its length; nil if they are too many.
func joinKeys(own *overlay.Writes) []byte {
	joined := []byte{}
	own.Scan(func(key string, _ overlay.Write) bool {
		joined = append(binary.AppendUvarint(joined, uint64(len(key))), key...)
		return len(joined) <= keysBytes
	})
	if len(joined) > keysBytes {
		return nil
	}
	return joined
}

// splitKeys is the inverse of joinKeys.
func splitKeys(joined []byte) (keys []string, err error) {
	for len(joined) > 0 {
		n, size := binary.Uvarint(joined)
		if size <= 0 || n > uint64(len(joined)-size) {
			return nil, fmt.Errorf("%w: the keys of a commit", persistence.ErrDamaged)
		}
		joined = joined[size:]
		keys = append(keys, string(joined[:n]))
		joined = joined[n:]
	}
	return keys, nil
}
