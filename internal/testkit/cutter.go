package testkit

import (
	"bytes"
	"net"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// Cut says what happens to a commit that is sent to the database.
type Cut int

// The ends of a connection in the midst of a commit.
const (
	CutNothing Cut = iota
	CutRequest     // the database never gets it
	CutAnswer      // it happens, and the answer is lost
	CutLate        // the connection is lost, and the database gets it at Deliver
)

// Cutter is between a store and its database, and can cut connections. The store must send
// statements as text (default_query_exec_mode=exec), so that a commit is seen.
type Cutter struct {
	cluster  *Cluster
	listener net.Listener

	mu    sync.Mutex
	next  Cut
	cuts  int
	late  func()
	conns map[net.Conn]bool
	group sync.WaitGroup
}

// NewCutter begins to listen. It ends with the test, after the stores that use it are closed.
func (c *Cluster) NewCutter(t testing.TB) *Cutter {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Cutter{cluster: c, listener: ln, conns: map[net.Conn]bool{}}
	p.group.Go(p.accept)
	t.Cleanup(func() {
		_ = ln.Close()
		p.CutAll()
		p.group.Wait()
	})
	return p
}

// URL returns the URL of a schema through the cutter.
func (p *Cutter) URL(schema string) string {
	q := url.Values{"search_path": {schema}, "default_query_exec_mode": {"exec"}, "sslmode": {"disable"}}
	port := p.listener.Addr().(*net.TCPAddr).Port
	return "postgres://postgres@127.0.0.1:" + strconv.Itoa(port) + "/postgres?" + q.Encode()
}

// Next says what happens to the next commit.
func (p *Cutter) Next(c Cut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = c
}

// Cuts returns how many commits were cut.
func (p *Cutter) Cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

// Deliver sends the database the commit of CutLate, and waits until it has answered.
func (p *Cutter) Deliver() {
	p.mu.Lock()
	late := p.late
	p.mu.Unlock()
	late()
}

// CutAll cuts all connections.
func (p *Cutter) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *Cutter) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		database, err := net.Dial("unix", p.cluster.Socket())
		if err != nil {
			_ = client.Close()
			continue
		}
		p.hold(client, database)
		link := &link{cutter: p, client: client, database: database, dropped: make(chan struct{})}
		p.group.Go(link.requests)
		p.group.Go(link.answers)
	}
}

func (p *Cutter) hold(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
}

// link is a connection through the cutter.
type link struct {
	cutter           *Cutter
	client, database net.Conn

	silent  atomic.Bool   // answers are dropped
	dropped chan struct{} // closed with the first of them
}

func (l *link) close() {
	_ = l.client.Close()
	_ = l.database.Close()
	l.cutter.mu.Lock()
	defer l.cutter.mu.Unlock()
	delete(l.cutter.conns, l.client)
	delete(l.cutter.conns, l.database)
}

// requests passes on what the client sends.
func (l *link) requests() {
	buf := make([]byte, 1<<16)
	for {
		n, err := l.client.Read(buf)
		if err != nil {
			l.close()
			return
		}
		if bytes.Contains(buf[:n], []byte("commit\x00")) && l.cut(buf[:n]) {
			return
		}
		if _, err := l.database.Write(buf[:n]); err != nil {
			l.close()
			return
		}
	}
}

// cut cuts the connection at a commit, if that is wanted.
func (l *link) cut(request []byte) bool {
	p := l.cutter
	p.mu.Lock()
	how := p.next
	p.next = CutNothing
	if how != CutNothing {
		p.cuts++
	}
	p.mu.Unlock()
	switch how {
	case CutNothing:
		return false
	case CutRequest:
		l.close()
		return true
	}
	l.silent.Store(true)
	late := bytes.Clone(request)
	send := func() {
		_, _ = l.database.Write(late)
		<-l.dropped
		l.close()
	}
	if how == CutAnswer {
		send()
		return true
	}
	p.mu.Lock()
	p.late = send
	p.mu.Unlock()
	_ = l.client.Close()
	return true
}

// answers passes on what the database answers.
func (l *link) answers() {
	defer close(l.dropped)
	buf := make([]byte, 1<<16)
	for {
		n, err := l.database.Read(buf)
		if err != nil {
			l.close()
			return
		}
		if l.silent.Load() {
			return
		}
		if _, err := l.client.Write(buf[:n]); err != nil {
			l.close()
			return
		}
	}
}
