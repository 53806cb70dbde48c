package server

import (
	"context"

	"github.com/understudy-iam/understudy/principal"
)

// authorizeCall records the use of the caller's key or role, which IAM shows as its
// last use, and decides the call. Denied calls count as uses, and a caller who has
// an answer finds the call recorded.
func (s *Server) authorizeCall(ctx context.Context, operation string, in any) (context.Context, error) {
	s.iam.RecordUse(principal.FromContext(ctx))
	return s.authorizer.Decide(ctx, operation, in)
}
