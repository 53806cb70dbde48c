package authz

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Standing is what the state says about a user or role: its policies, and for a role also
// its trust policy. It does not change once it is made, and its compiled policies are
// shared, so that a Standing can be kept for each principal.
type Standing struct {
	held  *held
	trust string // of a role
}

// Holder returns the user or role. It must not be changed.
func (s *Standing) Holder() *Holder { return &s.held.holder }

// ARN returns the ARN of the user or role, with its path.
func (s *Standing) ARN() string { return s.held.arn }

// Trust returns the trust policy of a role; empty for a user.
func (s *Standing) Trust() string { return s.trust }

// SamePolicies reports whether the principal's own policies are known to be unchanged. It
// may be false although they are the same.
func (s *Standing) SamePolicies(o *Standing) bool { return s.held == o.held }

// Uses reports whether the managed policy with the ARN is attached to the principal or to
// one of its groups, or is its permissions boundary.
func (s *Standing) Uses(arn string) bool {
	return strings.EqualFold(s.held.holder.Boundary, arn) || slices.ContainsFunc(s.held.identity, func(p *evaluator.Policy) bool {
		return strings.EqualFold(p.Origin().ARN, arn)
	})
}

// Restricts reports whether a policy of the principal, its boundary or one with a Deny
// statement, can take away what another policy allows.
func (s *Standing) Restricts() bool {
	return s.held.boundary != nil || slices.ContainsFunc(s.held.identity, func(p *evaluator.Policy) bool {
		return slices.ContainsFunc(p.Document().Statements, func(s evaluator.Statement) bool { return s.Effect == evaluator.Deny })
	})
}

// Standing finds what the state says about the user or role with the unique ID;
// persistence.ErrNotFound if there is none.
func (a *Authorizer) Standing(tx persistence.Tx, account, id string) (*Standing, error) {
	switch {
	case strings.HasPrefix(id, principal.UserIDPrefix):
		u, err := persistence.UsersByID.First(tx, account, id)
		if err != nil {
			return nil, err
		}
		return a.standing(tx, UserHolder(account, u), "")
	case strings.HasPrefix(id, principal.RoleIDPrefix):
		r, err := persistence.RolesByID.First(tx, account, id)
		if err != nil {
			return nil, err
		}
		return a.standing(tx, RoleHolder(account, r), r.TrustPolicy)
	}
	return nil, persistence.ErrNotFound
}

// Standings yields what the state says about the roles of an account, and then about
// its users.
func (a *Authorizer) Standings(tx persistence.Tx, account string) iter.Seq2[*Standing, error] {
	return func(yield func(*Standing, error) bool) {
		for r, err := range persistence.Roles.Scan(tx, account, nil, nil) {
			var s *Standing
			if err == nil {
				s, err = a.standing(tx, RoleHolder(account, r), r.TrustPolicy)
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
		for u, err := range persistence.Users.Scan(tx, account, nil, nil) {
			var s *Standing
			if err == nil {
				s, err = a.standing(tx, UserHolder(account, u), "")
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

func (a *Authorizer) standing(tx persistence.Tx, h Holder, trust string) (*Standing, error) {
	own, err := a.heldBy(tx, &principal.Caller{Principal: a.making(&h)})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", h.Kind, h.Name, err)
	}
	return &Standing{own, trust}, nil
}

// making returns the principal that makes the calls of the holder: the user itself, or a
// session of the role.
func (a *Authorizer) making(h *Holder) principal.Principal {
	own := a.options.Partition.In(h.Account)
	if h.Kind == "user" {
		return own.User(h.ID, h.Path, h.Name)
	}
	p := own.AssumedRole(h.ID, h.Name, unnamedSession)
	p.Session = &principal.Session{Operation: "AssumeRole"}
	return p
}
