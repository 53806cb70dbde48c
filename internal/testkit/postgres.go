package testkit

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// needPostgres is the environment variable that makes tests fail without PostgreSQL instead
// of being skipped. CI sets it.
const needPostgres = "UNDERSTUDY_NEED_POSTGRES"

// Postgres returns the URL of an empty schema in a PostgreSQL server that all tests of the
// program share. The server stops when the program ends, however it ends.
func Postgres(t testing.TB) string {
	t.Helper()
	return SharedPostgres(t).Schema(t)
}

// SharedPostgres returns the server that all tests of the program share.
func SharedPostgres(t testing.TB) *Cluster {
	t.Helper()
	bin := postgresPrograms(t)
	c, err := sharedCluster(bin)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var (
	clusterOnce sync.Once
	cluster     *Cluster
	errCluster  error
	schemas     atomic.Int64
)

func sharedCluster(bin string) (*Cluster, error) {
	clusterOnce.Do(func() {
		if cluster, errCluster = newCluster(bin); errCluster == nil {
			errCluster = cluster.start()
		}
	})
	return cluster, errCluster
}

// postgresPrograms returns the directory of PostgreSQL's programs.
func postgresPrograms(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	switch {
	case len(found) > 0:
		return filepath.Dir(slices.Max(found))
	case os.Getenv(needPostgres) == "":
		t.Skip("PostgreSQL is needed; install Debian's package postgresql")
	}
	t.Fatal("PostgreSQL is needed; install Debian's package postgresql")
	return ""
}

// Cluster is a PostgreSQL server of a test.
type Cluster struct {
	bin, dir string
	as       []string // the command that runs another one as a user who may start PostgreSQL

	running *exec.Cmd
	orders  io.WriteCloser
}

// NewPostgres starts a PostgreSQL server for one test, which may stop it and start it again.
func NewPostgres(t testing.TB) *Cluster {
	t.Helper()
	c, err := newCluster(postgresPrograms(t))
	if err == nil {
		err = c.start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if c.running != nil {
			c.Stop(t)
		}
		_ = os.RemoveAll(c.dir)
	})
	return c
}

// newCluster makes a cluster. PostgreSQL refuses to run as root.
func newCluster(bin string) (c *Cluster, err error) {
	c = &Cluster{bin: bin}
	if c.dir, err = os.MkdirTemp("/tmp", "pg"); err != nil { // short, since it holds a socket, and for all users
		return nil, err
	}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres: %w", err)
		}
		c.as = []string{"setpriv", "--reuid=" + u.Uid, "--regid=" + u.Gid, "--clear-groups", "--"}
		if out, err := exec.Command("chown", u.Uid+":"+u.Gid, c.dir).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("chown: %w: %s", err, out)
		}
	}
	out, err := c.command(filepath.Join(bin, "initdb"), "--pgdata="+c.dir+"/data", "--username=postgres", "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	return c, nil
}

func (c *Cluster) command(args ...string) *exec.Cmd {
	args = append(slices.Clone(c.as), args...)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = c.dir
	return cmd
}

// supervise runs PostgreSQL until it gets a signal to send, or until its input ends, which it
// also does when the test's program ends. Then nobody else removes the directory. After a
// server was killed, the next one starts only when the last process of the old one has ended.
const supervise = `
rm -f "$2/stop"
until [ -e "$2/stop" ] || "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=200 \
	-c shared_buffers=64MB >>"$2/log" 2>&1; do sleep 0.02; done </dev/null &
read signal || signal=
touch "$2/stop"
tries=0
until kill -"${signal:-QUIT}" $(head -n 1 "$2/data/postmaster.pid") 2>/dev/null || [ $((tries += 1)) -gt 250 ]; do sleep 0.02; done
wait
if [ -z "$signal" ]; then rm -rf "$2"; fi
`

// start starts the server and waits until it answers.
func (c *Cluster) start() error {
	cmd := c.command("sh", "-c", supervise, "sh", c.bin, c.dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.running, c.orders = cmd, in
	for range 3000 { // minutes
		if conn, err := pgx.Connect(context.Background(), c.URL("public")); err == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(20 * time.Millisecond)
	}
	log, _ := os.ReadFile(c.dir + "/log")
	return fmt.Errorf("PostgreSQL does not start: %s", log)
}

// Start starts the server again.
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server at once, with all connections, and waits until it has ended.
func (c *Cluster) Stop(t testing.TB) { c.end(t, "QUIT") }

// Kill kills the server.
func (c *Cluster) Kill(t testing.TB) { c.end(t, "KILL") }

func (c *Cluster) end(t testing.TB, signal string) {
	t.Helper()
	if _, err := io.WriteString(c.orders, signal+"\n"); err != nil {
		t.Fatal(err)
	}
	_ = c.running.Wait()
	c.running = nil
}

// URL returns the URL of a schema of the server, which need not exist.
func (c *Cluster) URL(schema string) string {
	return "postgres://postgres@/postgres?" + url.Values{"host": {c.dir}, "search_path": {schema}}.Encode()
}

// Schema makes an empty schema and returns its URL.
func (c *Cluster) Schema(t testing.TB) string {
	t.Helper()
	return c.URL(c.NewSchema(t))
}

// NewSchema makes an empty schema and returns its name.
func (c *Cluster) NewSchema(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", schemas.Add(1))
	c.Exec(t, c.URL("public"), "create schema "+name)
	return name
}

// Exec runs statements.
func (c *Cluster) Exec(t testing.TB, url string, statements ...string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, strings.Join(statements, ";")); err != nil {
		t.Fatal(err)
	}
}
