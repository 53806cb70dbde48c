package main

import (
	"fmt"
	"os"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/internal/postgres"
)

// site is one server, or several on one database.
type site struct {
	name    string
	servers []*process
	user    aws.Credentials
}

// replicas measures one server and three on a PostgreSQL database, as shares of a server with
// Badger on disk and of the transactions alone, in turns.
func (b *bench) replicas() error {
	programs, ok := postgres.Programs()
	if !ok {
		fmt.Println("PostgreSQL is not installed; servers on a database are left out")
		return nil
	}
	database, err := postgres.New(programs, "shared_buffers=256MB", "max_connections=200")
	if err != nil {
		return err
	}
	defer database.Remove() //nolint:errcheck // it is removed at the end of the program too
	dir, err := os.MkdirTemp("", "loadbench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := database.Start(); err != nil {
		return err
	}
	if err := database.Exec("public", "create schema bare", "create schema one", "create schema three"); err != nil {
		return err
	}
	sites := []*site{{name: "disk"}, {name: "one"}, {name: "three"}, {name: "bare"}}
	for i, flags := range [][]string{
		{"--data-dir", dir}, {"--store", database.URL("one")}, {"--store", database.URL("three")}, {"--store", database.URL("bare")},
	} {
		for range []int{1, 1, 3, 1}[i] {
			s, err := startServer(b.binary, append(flags, "--quota-users", "10000000")...)
			if err != nil {
				return err
			}
			defer s.stop() //nolint:errcheck // the process is being killed
			sites[i].servers = append(sites[i].servers, s)
		}
		if err := sites[i].prepare(); err != nil {
			return err
		}
	}
	return b.compare(sites[:3], &bare{url: database.URL("bare"), load: b.turn()}) // whose server has made the tables
}

// prepare makes the users, the role and the key of the loads.
func (s *site) prepare() (err error) {
	first := s.servers[0]
	if err := first.prepare(); err != nil {
		return err
	}
	if err := first.fill(1000); err != nil {
		return err
	}
	s.user, err = first.userKey()
	return err
}

// turn is the load of one turn: nine connections, so that three servers get three each.
func (b *bench) turn() load { return load{duration: b.load.duration / turns, connections: 9} }

// compare prints a row for each operation.
func (b *bench) compare(sites []*site, alone *bare) error {
	fmt.Printf("\n%-12s %28s %9s   %s\n%-12s %9s %9s %9s %9s   %8s %8s %8s %8s\n", "", "req/s", "", "share, to reach 0.7 of bare",
		"on a database", "disk", "one", "three", "bare", "1/disk", "3/disk", "1/bare", "3/bare")
	for _, o := range []struct {
		name    string
		request func(s *process, user aws.Credentials, name string) (func(int) []byte, error)
		call    call
	}{
		{"CreateUser", func(s *process, _ aws.Credentials, name string) (func(int) []byte, error) {
			return b.creatingAhead(s.addr, name, 20_000), nil
		}, call{views: 2, update: true}},
		{"GetUser", func(s *process, user aws.Credentials, _ string) (func(int) []byte, error) {
			return constant(sign(s.addr, user, "iam", getUser())), nil
		}, call{views: 3}},
		{"AssumeRole", func(s *process, user aws.Credentials, _ string) (func(int) []byte, error) {
			return constant(sign(s.addr, user, "sts", assumeRole())), nil
		}, call{views: 4}},
		{"ListUsers", func(s *process, _ aws.Credentials, _ string) (func(int) []byte, error) {
			raw, err := s.middlePage(1000)
			return constant(raw), err
		}, call{views: 3, scan: true}},
	} {
		loads := make([]*siteLoad, len(sites))
		for i, s := range sites {
			loads[i] = &siteLoad{site: s, load: b.turn()}
			for n, p := range s.servers {
				request, err := o.request(p, s.user, fmt.Sprint(s.name, n))
				if err != nil {
					return err
				}
				loads[i].requests = append(loads[i].requests, request)
			}
		}
		if err := compareOne(o.name, loads, alone, o.call); err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
	}
	return nil
}

// compareOne measures an operation in turns, and prints medians.
func compareOne(name string, loads []*siteLoad, alone *bare, c call) error {
	rates := make([][]float64, len(loads)+1)
	var shares [4][]float64
	for range turns {
		var r [4]float64
		for i, l := range loads {
			rate, err := l.run()
			if err != nil {
				return err
			}
			r[i] = rate
		}
		rate, err := alone.run(c)
		if err != nil {
			return err
		}
		r[3] = rate
		for i := range r {
			rates[i] = append(rates[i], r[i])
		}
		for i, share := range []float64{r[1] / r[0], r[2] / r[0], r[1] / r[3], r[2] / r[3]} {
			shares[i] = append(shares[i], share)
		}
	}
	fmt.Printf("%-13s", name)
	for _, list := range rates {
		fmt.Printf(" %9.0f", median(list))
	}
	fmt.Print("  ")
	for _, list := range shares {
		fmt.Printf(" %8.2f", median(list))
	}
	fmt.Println()
	return nil
}

// siteLoad is a load on all servers of a site at once.
type siteLoad struct {
	*site
	load     load
	requests []func(int) []byte // of each server
	sent     int
}

func (l *siteLoad) run() (rate float64, err error) {
	each := load{duration: l.load.duration, connections: l.load.connections / len(l.servers)}
	got, errs := make([]result, len(l.servers)), make([]error, len(l.servers))
	var wait sync.WaitGroup
	for i, s := range l.servers {
		wait.Go(func() {
			got[i], errs[i] = each.run(s.addr, func(n int) []byte { return l.requests[i](l.sent + n) }, true)
		})
	}
	wait.Wait()
	most := 0
	for i := range got {
		if errs[i] != nil {
			return 0, errs[i]
		}
		rate += got[i].rate
		most = max(most, got[i].last)
	}
	l.sent += most + 1
	return rate, nil
}
