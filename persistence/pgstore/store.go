package pgstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/understudy-iam/understudy/persistence"
)

// Where says which database a URL names, without the user and the password.
func Where(url string) (string, error) {
	c, err := (&Options{URL: url}).config()
	if err != nil {
		return "", err
	}
	return where(&c.ConnConfig.Config), nil
}

func where(c *pgconn.Config) string {
	host := c.Host
	if !strings.HasPrefix(host, "/") { // the directory of a socket
		host = net.JoinHostPort(host, strconv.Itoa(int(c.Port)))
	}
	return fmt.Sprintf("%q at %s", cmp.Or(c.Database, c.User), host)
}

// Open opens the store in a database, and makes its tables if there are none. It waits
// for a database that is away. The errors to expect are persistence.ErrAway, ErrForeign and
// ErrNewerFormat; each names the database.
func Open(ctx context.Context, o Options) (persistence.Store, error) {
	s, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

type store struct {
	pool     *pgxpool.Pool
	where    string
	log      *slog.Logger
	patience time.Duration
	formats  int // the newest format that is known

	id      []byte // of the store in the database
	server  []byte // of this server: its attempts begin with it
	attempt uint64 // the last one; guarded by writer

	writer persistence.Turn // of the one Update that runs here
	views  chan struct{}    // a place for each View that holds a connection

	cache   cache
	changes *persistence.Changes
	noted   atomic.Uint64 // changes has all commits up to this number
	gone    atomic.Bool   // the log says that the database is away

	transactions *persistence.Transactions
	closing      sync.Once
}

func open(ctx context.Context, o Options) (*store, error) {
	c, err := o.config()
	if err != nil {
		return nil, err
	}
	s := &store{
		where: where(&c.ConnConfig.Config), log: o.Logger, patience: o.Patience, server: make([]byte, 8),
		writer: persistence.NewTurn(), views: make(chan struct{}, c.MaxConns-reserved),
		changes: persistence.NewChanges(), transactions: persistence.NewTransactions(),
	}
	_, _ = rand.Read(s.server)
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.steps == nil {
		o.steps = steps
	}
	s.formats = len(o.steps)
	if s.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), c); err != nil {
		return nil, cannotOpen(s.where, err)
	}
	if err := s.install(ctx, &o); err != nil {
		s.pool.Close()
		return nil, cannotOpen(s.where, err)
	}
	return s, nil
}

// install makes the tables, and reads which store it is.
func (s *store) install(ctx context.Context, o *Options) error {
	for w := newWait(o.opening); ; {
		err := s.connected(ctx, func(ctx context.Context, c *pgxpool.Conn) error {
			now, err := install(ctx, c.Conn(), o.steps)
			s.id = now.store
			s.noted.Store(now.number)
			return err
		})
		if err == nil {
			s.isBack()
			return nil
		}
		if away(err) {
			s.isAway(err)
		}
		if !away(err) && !conflicting(err) || !w.again(ctx) {
			return err
		}
	}
}

// connected runs f with a connection of its own.
func (s *store) connected(ctx context.Context, f func(context.Context, *pgxpool.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	_ = c.Conn().PgConn().Conn().SetDeadline(time.Time{}) // the context has one
	return f(ctx, c)
}

// acquire returns a connection. It has not to wait for one: Views wait for their place before
// they begin, and the others are reserved.
func (s *store) acquire() (*pgxpool.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), min(connectTime, s.patience))
	defer cancel()
	return s.pool.Acquire(ctx)
}

// View implements persistence.Store.
func (s *store) View(ctx context.Context, f func(persistence.Tx) error) error {
	if err := persistence.Done(ctx); err != nil {
		return err
	}
	if err := s.transactions.Begin(); err != nil {
		return err
	}
	defer s.transactions.End()
	if err := s.take(ctx); err != nil {
		return err
	}
	defer func() { <-s.views }()
	t := &tx{store: s, ctx: ctx}
	defer t.end()
	if err := t.begin(); err != nil {
		return s.explain(ctx, err)
	}
	err := f(t)
	if t.failed != nil {
		return s.explain(ctx, t.failed)
	}
	return err
}

// take waits for a place among the Views.
func (s *store) take(ctx context.Context) error {
	select {
	case s.views <- struct{}{}:
		return nil
	default:
	}
	waiting, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	select {
	case s.views <- struct{}{}:
		return nil
	case <-waiting.Done():
		return s.explain(ctx, waiting.Err())
	}
}

// Shared says that other servers write too; see persistence.IsShared.
func (s *store) Shared() bool { return true }

// Close implements persistence.Store. A second Close does nothing.
func (s *store) Close() error {
	s.closing.Do(func() {
		if s.transactions.Close(time.After) > 0 {
			go s.pool.Close() // it waits for their connections
			return
		}
		s.pool.Close()
	})
	return nil
}
