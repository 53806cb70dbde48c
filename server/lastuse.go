package server

import (
	"context"

	"github.com/understudy-iam/understudy/principal"
)

// noting notes who calls what, for what IAM shows of last uses. It does so
// before a call is decided: denied calls count, and who has an answer finds his
// call noted. The call is decided by the state that the request sees.
type noting struct{ s *Server }

// Authorize decides a call.
func (n noting) Authorize(ctx context.Context, operation string, in any) error {
	n.s.iam.RecordUse(principal.FromContext(ctx))
	if late := n.s.behind(ctx); late != nil {
		return late.authorizer.Authorize(ctx, operation, in)
	}
	return n.s.authorizer.Authorize(ctx, operation, in)
}
