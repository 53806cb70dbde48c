package pgstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// tx is a transaction of the database, which sees one state. An Update keeps its writes
// until it commits, and lays them over what it reads.
type tx struct {
	store  *store
	ctx    context.Context
	conn   *pgxpool.Conn // nil before the beginning and after the end
	number uint64
	own    *overlay.Writes // nil in a View
	failed error           // the first error of the database
}

const (
	beginView   = `begin transaction isolation level serializable read only`
	beginUpdate = `begin transaction isolation level serializable`

	// answerTime is how long the database may take for one read.
	answerTime = 20 * time.Second

	// maxKey is what fits into a page of PostgreSQL's index.
	maxKey = 2_600
)

var errEnded = errors.New("persistence: the transaction has ended")

// begin begins the transaction in the database and reads the number of its state, in one
// round trip. It tries again while the database is away.
func (t *tx) begin() error {
	for w := newWait(t.store.patience); ; {
		err := t.tryBegin()
		if err == nil {
			t.store.isBack()
			return nil
		}
		t.end()
		t.failed = nil
		if !away(err) && !conflicting(err) {
			return err
		}
		if away(err) && t.ctx.Err() == nil {
			t.store.isAway(err)
			t.store.pool.Reset() // the other connections are lost too
		}
		if !w.again(t.ctx) {
			return err
		}
	}
}

func (t *tx) tryBegin() (err error) {
	if err := persistence.Done(t.ctx); err != nil {
		return err
	}
	if t.conn, err = t.store.acquire(); err != nil {
		return err
	}
	ctx := within(t.conn.Conn(), min(answerTime, t.store.patience))
	begin := beginView
	if t.own != nil {
		begin = beginUpdate
	}
	var now state
	b := &pgx.Batch{}
	b.Queue(begin)
	b.Queue(selectState).QueryRow(func(row pgx.Row) error { return row.Scan(now.into()...) })
	if err := t.conn.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	if err := t.store.check(&now); err != nil {
		return err
	}
	t.number = now.number
	return t.store.follow(ctx, t.conn.Conn(), now.number)
}

// check refuses a store that is not the one that was opened.
func (s *store) check(now *state) error {
	switch {
	case !bytes.Equal(now.store, s.id):
		return errReplaced
	case now.format > s.formats:
		return newer(now.format, s.formats)
	}
	return nil
}

// end gives the connection back. The caller does not wait for the end of the transaction.
func (t *tx) end() {
	conn := t.conn
	t.conn = nil
	if conn == nil {
		return
	}
	if c := conn.Conn(); c.IsClosed() || c.PgConn().TxStatus() == 'I' {
		conn.Release()
		return
	}
	go func() {
		_, _ = conn.Exec(within(conn.Conn(), connectTime), "rollback")
		conn.Release() // if that has failed, the connection is closed
	}()
}

// within lets what is done with the connection from now on end after this time, and returns
// a context for it. A context that can end costs a goroutine for each statement; and when a
// request ends, the connection is still good.
func within(c *pgx.Conn, d time.Duration) context.Context {
	_ = c.PgConn().Conn().SetDeadline(time.Now().Add(d)) // if it is closed, the statement says so
	return context.Background()
}

// ask runs a query in the time that an answer may take, and keeps its error.
func (t *tx) ask(f func(context.Context, *pgx.Conn) error) error {
	switch {
	case t.conn == nil:
		return errEnded
	case t.failed != nil:
		return t.failed
	}
	if err := persistence.Done(t.ctx); err != nil {
		return err
	}
	err := f(within(t.conn.Conn(), answerTime), t.conn.Conn())
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.failed = fmt.Errorf("persistence: reading: %w", err)
		return t.failed
	}
	return err
}

// Get implements persistence.Tx.
func (t *tx) Get(key []byte) ([]byte, error) {
	if t.own != nil {
		if value, written, err := t.own.Read(key); written {
			return value, err
		}
	}
	return t.stored(key)
}

// stored returns what the database has.
func (t *tx) stored(key []byte) (value []byte, err error) {
	switch {
	case t.conn == nil:
		return nil, errEnded
	case t.failed != nil:
		return nil, t.failed
	}
	s := t.store
	k, ok := s.cache.get(key)
	if !ok || !s.changes.Same(key, k.number, t.number) {
		if k.value, err = t.read(key); err != nil {
			return nil, err
		}
		k.number = t.number
		s.cache.put(key, k)
	}
	if k.value == nil {
		return nil, persistence.ErrNotFound
	}
	return k.value, nil
}

// read reads a value from the database; nil: there is none.
func (t *tx) read(key []byte) (value []byte, err error) {
	err = t.ask(func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `select value from understudy_pairs where key = $1`, full(key)).Scan(&value)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return value, err
}

// full returns a slice that is not nil, which the driver would send as null.
func full(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Put implements persistence.Tx.
func (t *tx) Put(key, value []byte) error {
	if len(key) > maxKey {
		return fmt.Errorf("persistence: a key of %d bytes is longer than %d", len(key), maxKey)
	}
	if err := t.writable(); err != nil {
		return err
	}
	t.own.Put(key, value)
	return nil
}

// Delete implements persistence.Tx.
func (t *tx) Delete(key []byte) error {
	if err := t.writable(); err != nil {
		return err
	}
	t.own.Delete(key)
	return nil
}

func (t *tx) writable() error {
	switch {
	case t.conn == nil:
		return errEnded
	case t.own == nil:
		return persistence.ErrReadOnly
	}
	return nil
}

// Scan implements persistence.Tx.
func (t *tx) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	if t.own == nil || t.own.Len() == 0 {
		return t.scanStored(prefix, after)
	}
	return t.own.Over(&before{t}).Scan(prefix, after)
}

// Before implements persistence.Beginning: it reads the same state, without what the Update
// wrote.
func (t *tx) Before() persistence.Tx {
	if t.own == nil {
		return t
	}
	return &before{t}
}

// Version implements persistence.Versioned.
func (t *tx) Version() (uint64, bool) { return t.number, t.own == nil }

// Changes implements persistence.Changing.
func (t *tx) Changes() *persistence.Changes { return t.store.changes }

// before is the state with which an Update began.
type before struct{ tx *tx }

func (b *before) Get(key []byte) ([]byte, error) { return b.tx.stored(key) }
func (b *before) Put(_, _ []byte) error          { return persistence.ErrReadOnly }
func (b *before) Delete([]byte) error            { return persistence.ErrReadOnly }
func (b *before) Version() (uint64, bool)        { return b.tx.number, true }

func (b *before) Changes() *persistence.Changes { return b.tx.store.changes }

func (b *before) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return b.tx.scanStored(prefix, after)
}
