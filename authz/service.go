package authz

import (
	"context"
	"errors"

	"github.com/understudy-iam/understudy/principal"
)

// ServiceCall is a call of another service than IAM and STS, whose rules are not the
// Authorizer's.
type ServiceCall struct {
	Service   string // the prefix of its actions, such as "dynamodb"
	Operation string // as the service names it, such as "BatchGetItem"

	// Needs are the permissions that the call needs, the primary one first; at least
	// one.
	Needs []Need
}

// errNoNeeds is returned for a ServiceCall without needs: it would be open to
// everybody.
var errNoNeeds = errors.New("authz: a call of another service needs no permission")

// DecideService decides whether the caller in ctx may make the call, in the mode that
// is in force, and gives the record to Options.Observe, as Decide does. The call may
// be anonymous. It returns the error to answer: AccessDenied with AWS's text, or
// InvalidClientTokenId for credentials that are not good any more.
//
// The call takes effect elsewhere, so it is not decided again.
func (a *Authorizer) DecideService(ctx context.Context, s *ServiceCall) error {
	if len(s.Needs) == 0 {
		return errNoNeeds
	}
	who := principal.FromContext(ctx)
	rule := Rule{Service: s.Service, Operation: s.Operation, needs: func(*Query, any) ([]Need, error) { return s.Needs, nil }}
	c := call{a: a, rule: rule, maker: who, caller: who, mode: a.Mode()}
	_, err := c.authorize(ctx)
	return err
}
