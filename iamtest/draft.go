package iamtest

import (
	"context"
	"fmt"

	"github.com/understudy-iam/understudy/evaluator/draft"
	"github.com/understudy-iam/understudy/management"
)

// DraftPolicy writes the least policy that the calls of a user or role needed so far: those that were allowed and,
// with WithEnforcement("log"), those that would be denied. The principal is "user/NAME", "role/NAME" or an ARN; the
// sessions of a role count as the role. The zero value of the options works.
//
//	d, err := srv.DraftPolicy("app", draft.Options{})
//	os.WriteFile("policy.json", []byte(d.JSON()), 0o644)
//
// It returns an error if calls that it needs have been dropped: the server keeps the last 10,000.
func (s *Server) DraftPolicy(principal string, o draft.Options) (*draft.Draft, error) {
	n, err := s.handler.Needs(context.Background(), &management.NeedQuery{Principal: principal})
	if err != nil {
		return nil, fmt.Errorf("iamtest: %w", err)
	}
	if !n.Whole {
		return nil, fmt.Errorf("iamtest: the calls of %s are not all known any more: the server keeps only the last ones", n.Principal.ARN)
	}
	return draft.Identity(n.Drafted(), o)
}
