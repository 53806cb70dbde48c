package server

import (
	"context"

	"github.com/understudy-iam/understudy/principal"
)

// noting notes who calls what, for what IAM shows of last uses. It does so
// before a call is decided: denied calls count, and whoever has an answer finds
// the call noted.
type noting struct{ s *Server }

// Authorize decides a call.
func (n noting) Authorize(ctx context.Context, operation string, in any) error {
	n.s.iam.RecordUse(principal.FromContext(ctx))
	return n.s.authorizer.Authorize(ctx, operation, in)
}
