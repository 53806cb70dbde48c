package conformance_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestLinearizableOnThreeServers has clients that call three servers on one database, while
// servers are killed, the database is killed and started again, and connections to it are cut,
// also in the midst of commits.
func TestLinearizableOnThreeServers(t *testing.T) {
	t.Parallel()
	const clients, calls = 16, 40
	database := testkit.NewPostgres(t)
	r := &replicas{t: t, database: database, cutter: database.NewCutter(t), command: builtCommand(t)}
	r.url = r.cutter.URL(database.NewSchema(t))
	for i := range r.servers {
		r.start(i)
	}
	total, broken := 0, 0
	for round := range testkit.Rounds(t, 20, 5*time.Second) {
		h := &linearHistory{begin: time.Now(), names: fmt.Sprintf("r%d-", round)}
		r.disasters = 0
		var wait sync.WaitGroup
		for id := range clients {
			wait.Go(func() { r.client(h, id, clients*calls) })
		}
		wait.Wait()
		if h.check(t); t.Failed() {
			break
		}
		total += len(h.list)
		for _, o := range h.list {
			if o.Output.(answer).broken {
				broken++
			}
		}
	}
	t.Logf("%d calls, %d of which broke off", total, broken)
}

// replicas are servers on one database.
type replicas struct {
	t        *testing.T
	database *testkit.Cluster
	cutter   *testkit.Cutter
	command  string
	url      string

	mu        sync.Mutex // guards the fields below
	servers   [3]replica
	disasters int // in this history
	kills     int
}

type replica struct {
	process *exec.Cmd
	client  *iam.Client // nil: it was killed
}

func (r *replicas) start(i int) {
	process, client := startLife(r.t, r.command, "--store", r.url)
	r.t.Cleanup(func() { _ = process.Process.Kill() })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.servers[i] = replica{process, client}
}

func (r *replicas) at(i int) replica {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.servers[i]
}

// client makes calls of random servers until there are enough of all clients together.
func (r *replicas) client(h *linearHistory, id, enough int) {
	random := rand.New(rand.NewPCG(uint64(id), rand.Uint64()))
	for n := 0; int(h.made.Load()) < enough && !r.t.Failed(); n++ {
		if server := r.at(random.IntN(len(r.servers))); server.client != nil {
			h.move(random, id, n, server.client)
		}
		r.disaster(int(h.made.Load()), enough)
	}
}

// disaster makes the next one when it is due: each is made once in a history.
func (r *replicas) disaster(made, enough int) {
	list := []func(){
		func() { r.cutter.Next(testkit.CutAnswer) },
		r.kill,
		func() { r.cutter.Next(testkit.CutRequest) },
		r.cutter.CutAll,
		r.restart,
	}
	r.mu.Lock()
	due := r.disasters < len(list) && made > enough*(r.disasters+1)/(len(list)+1)
	next := r.disasters
	if due {
		r.disasters++
	}
	r.mu.Unlock()
	if due {
		list[next]()
	}
}

// kill kills a server and starts another one in its place.
func (r *replicas) kill() {
	r.mu.Lock()
	r.kills++
	i := r.kills % len(r.servers)
	old := r.servers[i]
	r.servers[i].client = nil // another test's server can get its port
	r.mu.Unlock()
	_ = old.process.Process.Kill()
	_ = old.process.Wait() // which says that it was killed
	r.start(i)
}

// restart kills the database and starts it again.
func (r *replicas) restart() {
	r.database.Kill(r.t)
	r.database.Start(r.t)
}
