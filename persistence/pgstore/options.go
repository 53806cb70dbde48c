package pgstore

import (
	"cmp"
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Options says what to open.
type Options struct {
	// URL is a connection string as PostgreSQL's clients take it, such as
	// postgres://user:password@host:5432/database. Its parameters may also be those of the
	// connection pool, such as pool_max_conns. The search_path says in which schema the
	// tables are.
	URL string

	// Patience is how long Open and transactions wait for a database that is away or busy, and
	// for others; 0 is DefaultPatience. The URL's connect_timeout is for Open instead.
	Patience time.Duration

	// Logger gets that the database is away, and that it is back; nil: it is dropped.
	Logger *slog.Logger

	steps   [][]string    // of tests; nil: those of this version
	opening time.Duration // how long Open waits
}

// DefaultPatience is shorter than the time that the SDKs wait for an answer.
const DefaultPatience = 20 * time.Second

const (
	// connections are used at once, unless the URL has pool_max_conns.
	connections = 16

	// reserved are for Updates: the one that runs, and one to ask whether it was committed.
	reserved = 2
)

// config reads the URL. Its errors do not quote it.
func (o *Options) config() (*pgxpool.Config, error) {
	o.Patience = cmp.Or(o.Patience, DefaultPatience)
	c, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, errURL
	}
	if !strings.Contains(o.URL, "pool_max_conns") {
		c.MaxConns = connections
	}
	c.MaxConns = max(c.MaxConns, reserved+1)
	o.opening = cmp.Or(c.ConnConfig.ConnectTimeout, o.Patience)
	c.ConnConfig.ConnectTimeout = cmp.Or(c.ConnConfig.ConnectTimeout, connectTime)
	c.ConnConfig.RuntimeParams["application_name"] = cmp.Or(c.ConnConfig.RuntimeParams["application_name"], program)
	c.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false } // a transaction that cannot begin tries again
	return c, nil
}

// connectTime is how long one attempt to connect takes at most.
const connectTime = 5 * time.Second
