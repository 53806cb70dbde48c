package pgstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

const (
	// commitTime is how long the database may take for a commit.
	commitTime = time.Minute

	// statementBytes is how many bytes one statement writes, about. More are cut; some databases
	// take no message of more than 16 MiB.
	statementBytes = 4 << 20
)

// errAgain is returned for a commit that certainly did not happen.
var errAgain = errors.New("persistence: the database was away, and did not store the change")

// commit writes what the Update wrote, all or none, as the next state. Its context does not
// end with the request: nobody would know whether it happened.
func (t *tx) commit() error {
	s := t.store
	next := t.number + 1
	t.own.Scan(func(key string, _ overlay.Write) bool {
		s.changes.Note(next, key)
		return true
	})
	attempt := s.newAttempt()
	b := &pgx.Batch{}
	queueNumber(b, next, attempt, joinKeys(t.own))
	queueWrites(b, t.own)
	b.Queue("commit")
	err := t.conn.SendBatch(within(t.conn.Conn(), commitTime), b).Close()
	switch {
	case err == nil:
	case !away(err) && !t.conn.Conn().IsClosed():
		return t.refused(err)
	default:
		t.end()
		s.isAway(err)
		if err := s.settle(t.ctx, next, attempt); err != nil {
			return err
		}
	}
	s.raise(next)
	return nil
}

func (t *tx) refused(err error) error {
	if conflicting(err) {
		return err
	}
	return fmt.Errorf("persistence: committing: %w", err)
}

// newAttempt returns the ID of an attempt to commit.
func (s *store) newAttempt() []byte {
	s.attempt++
	return binary.BigEndian.AppendUint64(append([]byte{}, s.server...), s.attempt)
}

// queueNumber takes the next number. Two transactions cannot take the same.
func queueNumber(b *pgx.Batch, next uint64, attempt, keys []byte) {
	b.Queue(`update understudy_state set number = $1 where id = 1`, next)
	b.Queue(`insert into understudy_commits (number, attempt, keys) values ($1, $2, $3)`, next, attempt, keys)
	if next%64 == 0 && next > kept {
		b.Queue(`delete from understudy_commits where number <= $1`, next-kept)
	}
}

// queueWrites writes the pairs, many in each statement.
func queueWrites(b *pgx.Batch, own *overlay.Writes) {
	var gone, keys, values [][]byte
	size := 0
	flush := func() {
		if len(gone) > 0 {
			b.Queue(`delete from understudy_pairs where key = any($1::bytea[])`, gone)
		}
		if len(keys) > 0 {
			b.Queue(`insert into understudy_pairs (key, value) select * from unnest($1::bytea[], $2::bytea[])
				on conflict (key) do update set value = excluded.value`, keys, values)
		}
		gone, keys, values, size = nil, nil, nil, 0
	}
	own.Scan(func(key string, w overlay.Write) bool {
		if size += len(key) + len(w.Value); size > statementBytes {
			flush()
		}
		if w.Deleted {
			gone = append(gone, []byte(key))
		} else {
			keys, values = append(keys, []byte(key)), append(values, w.Value)
		}
		return true
	})
	flush()
}

// settle finds out whether a commit happened whose answer was lost. If it did not happen yet,
// it never will: the number is taken. It returns nil if it happened, errAgain if not.
func (s *store) settle(ctx context.Context, number uint64, attempt []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	for w := newWait(s.patience); ; {
		var happened bool
		err := s.connected(ctx, func(ctx context.Context, c *pgxpool.Conn) (err error) {
			happened, err = s.outcome(ctx, c.Conn(), number, attempt)
			return err
		})
		switch {
		case err == nil && happened:
			s.isBack()
			return nil
		case err == nil:
			s.isBack()
			return errAgain
		case away(err):
			s.pool.Reset()
		case !conflicting(err):
			return err
		}
		if !w.again(ctx) {
			return &said{sentence: "the database went away (" + reason(err) + "), and it is not known whether the change was made; look, and repeat it if not",
				causes: []error{persistence.ErrUnknown, err}}
		}
	}
}

// outcome reports whether an attempt was committed as the number. If nobody has the number, it
// takes it.
func (s *store) outcome(ctx context.Context, c *pgx.Conn, number uint64, attempt []byte) (happened bool, err error) {
	t, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.Serializable})
	if err != nil {
		return false, err
	}
	defer func() { _ = t.Rollback(context.WithoutCancel(ctx)) }()
	var now state
	if err := t.QueryRow(ctx, selectState).Scan(now.into()...); err != nil {
		return false, err
	}
	if err := s.check(&now); err != nil {
		return false, err
	}
	if now.number >= number {
		var who []byte
		err := t.QueryRow(ctx, `select attempt from understudy_commits where number = $1`, number).Scan(&who)
		if errors.Is(err, pgx.ErrNoRows) {
			return false, persistence.ErrUnknown
		}
		return string(who) == string(attempt), err
	}
	b := &pgx.Batch{}
	queueNumber(b, now.number+1, s.newAttempt(), []byte{})
	b.Queue("commit")
	return false, t.Conn().SendBatch(ctx, b).Close()
}
