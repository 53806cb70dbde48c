// Package postgres starts PostgreSQL servers for tests and measurements, in directories of
// their own. The system's own server is left alone.
//
// It guarantees that a server ends, and that its directory is removed, when the program ends,
// however it ends.
//
// # Caveats
//
// It needs PostgreSQL's programs, sh, and as root setpriv and a user postgres. A server listens
// on a socket in its directory only, and lets everybody in who may reach that.
package postgres

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
	"time"

	"github.com/jackc/pgx/v5"
)

// Programs returns the directory of PostgreSQL's programs, and false if there is none.
func Programs() (dir string, ok bool) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", false
	}
	return filepath.Dir(slices.Max(found)), true
}

// Cluster is a PostgreSQL server with its data.
type Cluster struct {
	bin, dir string
	as       []string // the command that runs another one as a user who may start PostgreSQL
	settings []string

	running *exec.Cmd
	orders  io.WriteCloser
}

// New makes a cluster with settings such as fsync=off. It does not run before Start.
func New(programs string, settings ...string) (c *Cluster, err error) {
	c = &Cluster{bin: programs}
	for _, s := range settings {
		c.settings = append(c.settings, "-c", s)
	}
	if c.dir, err = os.MkdirTemp("/tmp", "pg"); err != nil { // short, since it holds a socket, and for all users
		return nil, err
	}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres: %w", err)
		}
		c.as = []string{"setpriv", "--reuid=" + u.Uid, "--regid=" + u.Gid, "--clear-groups", "--"}
		if out, err := exec.Command("chown", u.Uid+":"+u.Gid, c.dir).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("chown: %w: %s", err, out)
		}
	}
	out, err := c.command(filepath.Join(c.bin, "initdb"), "--pgdata="+c.dir+"/data", "--username=postgres", "--auth=trust",
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
// also does when the program ends. Then nobody else removes the directory. After a server was
// killed, the next one starts only when the last process of the old one has ended.
const supervise = `
bin=$1 dir=$2
shift 2
rm -f "$dir/stop"
until [ -e "$dir/stop" ] || "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= "$@" >>"$dir/log" 2>&1; do
	sleep 0.02
done </dev/null &
read signal || signal=
touch "$dir/stop"
tries=0
until kill -"${signal:-QUIT}" $(head -n 1 "$dir/data/postmaster.pid") 2>/dev/null || [ $((tries += 1)) -gt 250 ]; do sleep 0.02; done
wait
if [ -z "$signal" ]; then rm -rf "$dir"; fi
`

// Start starts the server and waits until it answers.
func (c *Cluster) Start() error {
	cmd := c.command(append([]string{"sh", "-c", supervise, "sh", c.bin, c.dir}, c.settings...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.running, c.orders = cmd, in
	for range 6000 { // minutes
		if conn, err := pgx.Connect(context.Background(), c.URL("public")); err == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(20 * time.Millisecond)
	}
	log, _ := os.ReadFile(c.dir + "/log")
	return fmt.Errorf("PostgreSQL does not start: %s", log)
}

// Stop sends the server a signal, QUIT or KILL, and waits until it has ended. All connections
// end with it.
func (c *Cluster) Stop(signal string) error {
	if c.running == nil {
		return nil
	}
	if _, err := io.WriteString(c.orders, signal+"\n"); err != nil {
		return err
	}
	_ = c.running.Wait()
	c.running = nil
	return nil
}

// Remove stops the server and removes its data.
func (c *Cluster) Remove() error {
	if err := c.Stop("QUIT"); err != nil {
		return err
	}
	return os.RemoveAll(c.dir)
}

// Socket is the path of the server's socket.
func (c *Cluster) Socket() string { return c.dir + "/.s.PGSQL.5432" }

// URL returns the URL of a schema of the server, which need not exist.
func (c *Cluster) URL(schema string) string {
	return "postgres://postgres@/postgres?" + url.Values{"host": {c.dir}, "search_path": {schema}}.Encode()
}

// Exec runs statements in a schema.
func (c *Cluster) Exec(schema string, statements ...string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, c.URL(schema))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, strings.Join(statements, ";"))
	return err
}
