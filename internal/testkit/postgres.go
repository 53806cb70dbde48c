package testkit

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/understudy-iam/understudy/internal/postgres"
)

// needPostgres is the environment variable that makes tests fail without PostgreSQL instead
// of being skipped. CI sets it.
const needPostgres = "UNDERSTUDY_NEED_POSTGRES"

// Cluster is a PostgreSQL server of tests.
type Cluster struct{ *postgres.Cluster }

// Postgres returns the URL of an empty schema in a PostgreSQL server that all tests of the
// program share. The server stops when the program ends.
func Postgres(t testing.TB) string {
	t.Helper()
	return SharedPostgres(t).Schema(t)
}

var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
}

// SharedPostgres returns the server that all tests of the program share.
func SharedPostgres(t testing.TB) *Cluster {
	t.Helper()
	bin := postgresPrograms(t)
	shared.once.Do(func() { shared.cluster, shared.err = startCluster(bin) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.cluster
}

// NewPostgres starts a PostgreSQL server for one test, which may stop it and start it again.
func NewPostgres(t testing.TB) *Cluster {
	t.Helper()
	c, err := startCluster(postgresPrograms(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Remove(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// postgresPrograms returns the directory of PostgreSQL's programs.
func postgresPrograms(t testing.TB) string {
	t.Helper()
	bin, ok := postgres.Programs()
	if !ok && os.Getenv(needPostgres) == "" {
		t.Skip("PostgreSQL is needed; install Debian's package postgresql")
	}
	if !ok {
		t.Fatal("PostgreSQL is needed; install Debian's package postgresql")
	}
	return bin
}

// startCluster starts a server. It need not keep what it has when the machine stops.
func startCluster(bin string) (*Cluster, error) {
	c, err := postgres.New(bin, "fsync=off", "max_connections=200", "shared_buffers=64MB")
	if err != nil {
		return nil, err
	}
	return &Cluster{c}, c.Start()
}

// Start starts the server again.
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	if err := c.Cluster.Start(); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server at once, with all connections.
func (c *Cluster) Stop(t testing.TB) { c.end(t, "QUIT") }

// Kill kills the server.
func (c *Cluster) Kill(t testing.TB) { c.end(t, "KILL") }

func (c *Cluster) end(t testing.TB, signal string) {
	t.Helper()
	if err := c.Cluster.Stop(signal); err != nil {
		t.Fatal(err)
	}
}

var schemas atomic.Int64

// Schema makes an empty schema and returns its URL.
func (c *Cluster) Schema(t testing.TB) string {
	t.Helper()
	return c.URL(c.NewSchema(t))
}

// NewSchema makes an empty schema and returns its name.
func (c *Cluster) NewSchema(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", schemas.Add(1))
	c.Exec(t, "public", "create schema "+name)
	return name
}

// Exec runs statements in a schema.
func (c *Cluster) Exec(t testing.TB, schema string, statements ...string) {
	t.Helper()
	if err := c.Cluster.Exec(schema, statements...); err != nil {
		t.Fatal(err)
	}
}
