package decisions

import (
	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// Facts are what records need and no event has. The zero Facts know nothing.
type Facts struct {
	// Devices finds the MFA devices of a user, which advice names.
	Devices advice.Devices

	// Powers finds what a user, role or group may do, so that advice warns of administrators.
	Powers advice.Powers

	// Trust returns a stored trust policy as AWS shows it: with ARNs in place of the stored
	// unique IDs of users and roles. The account is that of the role.
	Trust func(account, stored string) string

	// Source returns where in a seed a place of a document is; nil if that is not known.
	Source func(document string, at evaluator.Position) *Source
}

// source returns where in a seed the statement is.
func (i *inquiry) source(p *evaluator.Policy, s *evaluator.Statement) *Source {
	if i.facts.Source == nil {
		return nil
	}
	return i.facts.Source(p.Document().Source(), s.Start)
}

// shown returns the check with its trust policy as AWS shows it. If the call would be decided
// differently with that, because somebody was renamed since, it returns the check unchanged.
func (i *inquiry) shown(c *authz.Check) *authz.Check {
	stored := c.Policies.Resource
	if i.facts.Trust == nil || stored == nil || c.Policies.ResourceRule != evaluator.TrustRule {
		return c
	}
	text := i.facts.Trust(c.Request.ResourceAccount, stored.Document().Source())
	if text == stored.Document().Source() {
		return c
	}
	policy, err := evaluator.Compile(text, evaluator.Trust, stored.Origin())
	if err != nil {
		return c
	}
	out := *c
	out.Policies.Resource, out.Result = policy, evaluator.Result{}
	i.evaluate(&out.Request, &out.Policies, &out.Result)
	if out.Result.Decision != c.Result.Decision || out.Result.DeniedBy != c.Result.DeniedBy {
		return c
	}
	return &out
}
