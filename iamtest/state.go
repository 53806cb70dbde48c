package iamtest

import (
	"context"

	"github.com/understudy-iam/understudy/persistence"
)

// Snapshot is a copy of a server's state. It can be restored any number of times,
// on the server from which it was taken.
type Snapshot struct{ state *persistence.State }

// Snapshot copies the state of all accounts. It is fast: a suite can prepare a
// state once and start each test with it.
func (s *Server) Snapshot() *Snapshot {
	s.t.Helper()
	state, err := s.handler.Capture(context.Background())
	if err != nil {
		s.t.Fatalf("iamtest: Snapshot: %v", err)
	}
	return &Snapshot{state}
}

// Restore sets the state to that of the snapshot. Decisions, the clock and faults
// stay as they are.
func (s *Server) Restore(x *Snapshot) {
	s.t.Helper()
	if err := s.handler.Replace(context.Background(), x.state); err != nil {
		s.t.Fatalf("iamtest: Restore: %v", err)
	}
}

// Reset sets the state to the one that the server started with: empty, except for
// the seeds in its options.
func (s *Server) Reset() {
	s.t.Helper()
	if err := s.handler.Reset(context.Background(), s.options.Seeds); err != nil {
		s.t.Fatalf("iamtest: Reset: %v", err)
	}
	for _, text := range s.texts {
		s.Seed(text)
	}
}
