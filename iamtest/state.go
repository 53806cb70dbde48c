package iamtest

import (
	"context"

	"github.com/understudy-iam/understudy/persistence"
)

// Snapshot is a copy of a server's state. It stays good however often it is
// restored, on the server that it was taken of.
type Snapshot struct{ state *persistence.State }

// Snapshot copies the state of all accounts, a moment's work: a suite prepares a
// state once and begins each test with it.
func (s *Server) Snapshot() *Snapshot {
	s.t.Helper()
	state, err := s.handler.Capture(context.Background())
	if err != nil {
		s.t.Fatalf("iamtest: Snapshot: %v", err)
	}
	return &Snapshot{state}
}

// Restore makes the state that of the snapshot. Decisions, the clock and faults
// stay as they are.
func (s *Server) Restore(x *Snapshot) {
	s.t.Helper()
	if err := s.handler.Replace(context.Background(), x.state); err != nil {
		s.t.Fatalf("iamtest: Restore: %v", err)
	}
}

// Reset makes the state the one that the server began with: empty but for the
// seeds of its options.
func (s *Server) Reset() {
	s.t.Helper()
	if err := s.handler.Reset(context.Background(), s.options.Seeds); err != nil {
		s.t.Fatalf("iamtest: Reset: %v", err)
	}
	for _, text := range s.texts {
		s.Seed(text)
	}
}
