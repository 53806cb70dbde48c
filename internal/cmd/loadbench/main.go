// Command loadbench measures a built understudy as a whole process: time from start
// to the first answer, resident memory at rest, binary size, and requests per
// second with latencies, compared with an empty net/http handler that gets the same
// requests from the same load generator, in turns with the server. The gateway is
// compared with Go's httputil.ReverseProxy, with the same upstream for both.
//
// Caveats: generator and server share the machine; to compare machines, use the
// share of the empty handler's rate, not the rates themselves. All traffic stays on
// the loopback interface and every load is bounded in time.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"time"
)

func main() {
	binary := flag.String("binary", "bin/understudy", "the understudy to measure")
	duration := flag.Duration("duration", 4*time.Second, "length of each load")
	connections := flag.Int("connections", 8, "parallel connections of each load")
	only := flag.String("only", "", "measure this part alone: authorization, memory, disk, gateway or replicas")
	many := flag.Int("users", 100_000, "users for the large list")
	empty := flag.String("empty", "", "internal: serve the empty handler on this address")
	upstream := flag.String("upstream", "", "internal: serve what is behind the gateway on this address")
	proxy := flag.String("proxy", "", "internal: serve a reverse proxy on this address")
	to := flag.String("to", "", "internal: the upstream of the proxy")
	hash := flag.Bool("hash", false, "internal: the proxy takes SHA-256 of bodies")
	flag.Parse()
	log.SetFlags(0)
	switch {
	case *empty != "":
		log.Fatal(serveEmpty(*empty))
	case *upstream != "":
		log.Fatal(serveUpstream(*upstream))
	case *proxy != "":
		log.Fatal(serveProxy(*proxy, *to, *hash))
	}
	b := bench{binary: *binary, load: load{duration: *duration, connections: *connections}, users: *many, only: *only}
	if err := b.run(); err != nil {
		log.Fatal("loadbench: ", err)
	}
}

// bench is one run.
type bench struct {
	binary string
	load   load
	users  int
	only   string
}

func (b *bench) run() error {
	fmt.Printf("%s/%s, %d CPUs, %s; %d connections, %s a load\n\n",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), b.load.connections, b.load.duration)
	info, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	start, rss, err := b.startAndRest()
	if err != nil {
		return err
	}
	fmt.Printf("%-34s %10s   to reach %s\n", "binary size", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), "45 MB")
	fmt.Printf("%-34s %10s   to reach %s\n", "start to first signed answer", fmt.Sprintf("%.1f ms", start.Seconds()*1e3), "50 ms")
	fmt.Printf("%-34s %10s   to reach %s\n\n", "resident memory at rest", fmt.Sprintf("%.1f MB", rss), "40 MB")
	fmt.Printf("%-34s %9s %9s %9s %9s   %s\n", "operation", "req/s", "p50 us", "p99 us", "share", "to reach")
	return b.operations()
}

// startAndRest returns the median of several start times, and the memory two
// seconds after the first answer.
func (b *bench) startAndRest() (time.Duration, float64, error) {
	var starts []time.Duration
	var rss float64
	for range 5 {
		s, err := startServer(b.binary)
		if err != nil {
			return 0, 0, err
		}
		starts = append(starts, s.firstAnswer)
		if rss == 0 {
			time.Sleep(2 * time.Second)
			rss = s.residentMB()
		}
		if err := s.stop(); err != nil {
			return 0, 0, err
		}
	}
	return median(starts), rss, nil
}

// operations runs every load, each on the server that it needs.
func (b *bench) operations() error {
	for _, part := range []struct {
		name string
		run  func() error
	}{{"authorization", b.authorization}, {"memory", b.inMemory}, {"disk", b.onDisk}, {"gateway", b.gateway}, {"replicas", b.replicas}} {
		if b.only != "" && b.only != part.name {
			continue
		}
		if err := part.run(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) inMemory() error {
	s, err := startServer(b.binary, "--quota-users", "10000000")
	if err != nil {
		return err
	}
	defer s.stop() //nolint:errcheck // the process is being killed
	if err := s.prepare(); err != nil {
		return err
	}
	user, err := s.userKey()
	if err != nil {
		return err
	}
	for _, row := range []struct {
		name    string
		request func(i int) []byte
		share   float64
	}{
		{"GetCallerIdentity", constant(sign(s.addr, user, "sts", getCallerIdentity())), 0.45},
		{"GetUser", constant(sign(s.addr, user, "iam", getUser())), 0.4},
		{"AssumeRole", constant(sign(s.addr, user, "sts", assumeRole())), 0.2},
		{"CreateUser, in memory", b.creating(s.addr, "mem"), 0.2},
	} {
		if err := b.measure(row.name, s.addr, row.request, row.share); err != nil {
			return err
		}
	}
	return b.lists()
}

// lists measures a page of 100 in the middle of 1,000 and of b.users users.
func (b *bench) lists() error {
	var pages []float64
	for _, n := range []int{1000, b.users} {
		s, err := startServer(b.binary, "--quota-users", "10000000")
		if err != nil {
			return err
		}
		defer s.stop() //nolint:errcheck // the process is being killed
		if err := s.fill(n); err != nil {
			return err
		}
		request, err := s.middlePage(n)
		if err != nil {
			return err
		}
		result, err := b.measured(fmt.Sprintf("ListUsers, 100 of %d", n), s.addr, constant(request), 0.08)
		if err != nil {
			return err
		}
		pages = append(pages, result.rate)
	}
	fmt.Printf("%-34s %9.2f %41s\n", "a page of many / of 1,000", pages[0]/pages[1], "1.3 at most")
	return nil
}

func (b *bench) onDisk() error {
	dir, err := os.MkdirTemp("", "loadbench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := startServer(b.binary, "--quota-users", "10000000", "--data-dir", dir)
	if err != nil {
		return err
	}
	defer s.stop() //nolint:errcheck // the process is being killed
	return b.measure("CreateUser, on disk", s.addr, b.creating(s.addr, "disk"), 0.1)
}

func (b *bench) measure(name, addr string, request func(int) []byte, share float64) error {
	_, err := b.measured(name, addr, request, share)
	return err
}

func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
