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

	// Parts are those of the call that the service answers one by one, as S3 does for
	// each key of DeleteObjects. The needs that are in none are the whole call's.
	Parts []Part
}

// Part is a part of a call, which needs Needs[From:To].
type Part struct{ From, To int }

// errNoNeeds is returned for a ServiceCall without needs: it would be open to
// everybody.
var errNoNeeds = errors.New("authz: a call of another service needs no permission")

// DecideService decides whether the caller in ctx may make the call, in the mode that
// is in force, and gives the record to Options.Observe, as Decide does. The call may
// be anonymous. It returns the error to answer: AccessDenied with AWS's text, or
// InvalidClientTokenId for credentials that are not good any more.
//
// If only parts of the call are denied there is no such error, and denied has that of
// each part, nil for those that are allowed; otherwise denied is nil.
//
// The call takes effect elsewhere, so it is not decided again.
func (a *Authorizer) DecideService(ctx context.Context, s *ServiceCall) (denied []error, err error) {
	if len(s.Needs) == 0 {
		return nil, errNoNeeds
	}
	who := principal.FromContext(ctx)
	rule := Rule{Service: s.Service, Operation: s.Operation, needs: func(*Query, any) ([]Need, error) { return s.Needs, nil }}
	c := call{a: a, rule: rule, maker: who, caller: who, mode: a.Mode(), parts: s.Parts}
	_, err = c.authorize(ctx)
	if err != nil && c.denied != nil && !c.wholly {
		return c.denied, nil
	}
	return nil, err
}

// noteDenial notes what is denied: a part of the call, or the whole.
func (c *call) noteDenial(need int, denial error) {
	for i, p := range c.parts {
		if p.From <= need && need < p.To {
			if c.denied == nil {
				c.denied = make([]error, len(c.parts))
			}
			if c.denied[i] == nil {
				c.denied[i] = denial
			}
			return
		}
	}
	c.wholly = true
}
