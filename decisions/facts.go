package decisions

import (
	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// Facts tell records what no event has. The zero Facts know nothing.
type Facts struct {
	// Devices finds the MFA devices of a user, which advice names.
	Devices advice.Devices

	// Powers finds what a user, role or group may do, so that advice warns of administrators.
	Powers advice.Powers

	// Trust is a stored trust policy as AWS shows it: with ARNs where unique IDs of
	// users and roles are stored. The account is that of the role.
	Trust func(account, stored string) string

	// Source is where a seed has the place of a document; nil if that is not known.
	Source func(document string, at evaluator.Position) *Source
}

// source is where a seed has the statement.
func (i *inquiry) source(p *evaluator.Policy, s *evaluator.Statement) *Source {
	if i.facts.Source == nil {
		return nil
	}
	return i.facts.Source(p.Document().Source(), s.Start)
}

// shown is the check with its trust policy as AWS shows it. Where the call would be
// decided in another way by that, because somebody was renamed since, it is the check as
// it is.
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
