package iam

import "github.com/understudy-iam/understudy/persistence"

// Keep lets accounts keep n of each thing that callers can make as much of as they
// like. Call it before the first operation.
func (s *Service) Keep(n int) {
	b := persistence.Bound{Records: n, Bytes: 1 << 20}
	s.kept = kept{b, b, b, b, b, n, n}
}
