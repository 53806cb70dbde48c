package main

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// maxAuthorization is the most that deciding and recording a call may add to the
// median.
const maxAuthorization = 30 * time.Microsecond

// authorization measures what it costs to decide a user's call and to keep the
// decision: one connection, against servers with enforcement on, on without
// records, and off, in turns, so that all of them see the same machine.
func (b *bench) authorization() error {
	modes := []struct {
		name  string
		flags []string
	}{
		{"off", []string{"--enforcement", "off"}},
		{"on, no records", []string{"--events", "0"}},
		{"on", nil},
	}
	const rounds = 15
	alone := load{duration: 3 * b.load.duration / rounds, connections: 1}
	medians := make([][]time.Duration, len(modes))
	servers, requests := make([]*process, len(modes)), make([][]byte, len(modes))
	for i, m := range modes {
		s, user, err := b.prepared(m.flags...)
		if err != nil {
			return err
		}
		defer s.stop() //nolint:errcheck // the process is being killed
		servers[i], requests[i] = s, sign(s.addr, user, "iam", getUser())
	}
	for round := range rounds {
		for turn := range modes {
			i := (round + turn) % len(modes) // no mode is always first
			r, err := alone.run(servers[i].addr, constant(requests[i]), true)
			if err != nil {
				return fmt.Errorf("enforcement %s: %w", modes[i].name, err)
			}
			medians[i] = append(medians[i], r.p50)
		}
	}
	off := median(medians[0])
	for i, m := range modes {
		fmt.Printf("%-34s %9s %9.0f\n", "GetUser, enforcement "+m.name, "", us(median(medians[i])))
	}
	fmt.Printf("%-34s %9s %9.0f %29.0f at most\n", "authorization adds", "", us(median(medians[2])-off), us(maxAuthorization))
	return nil
}

// prepared returns a server with the user and the role of the loads, and the user's
// key.
func (b *bench) prepared(flags ...string) (*process, aws.Credentials, error) {
	s, err := startServer(b.binary, flags...)
	if err != nil {
		return nil, aws.Credentials{}, err
	}
	if err := s.prepare(); err != nil {
		return nil, aws.Credentials{}, err
	}
	key, err := s.userKey()
	return s, key, err
}
