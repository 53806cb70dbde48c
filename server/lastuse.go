package server

import (
	"context"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/principal"
)

// noting notes who calls what, for what IAM shows of last uses. It does so
// before a call is decided: denied calls count, and who has an answer finds his
// call noted.
type noting struct {
	*authz.Authorizer
	iam *iam.Service
}

// Authorize decides a call.
func (n noting) Authorize(ctx context.Context, operation string, in any) error {
	n.iam.RecordUse(principal.FromContext(ctx))
	return n.Authorizer.Authorize(ctx, operation, in)
}
