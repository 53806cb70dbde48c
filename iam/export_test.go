package iam

import "github.com/understudy-iam/understudy/persistence"

// Keep lets accounts keep n records of each kind whose number AWS does not limit. Call it
// before the first operation.
func (s *Service) Keep(n int) {
	b := persistence.Bound{Records: n, Bytes: 1 << 20}
	s.kept = kept{b, b, b, b, b, n, n}
}
