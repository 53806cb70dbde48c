package authz

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// chosenKeys are condition keys whose values the caller chooses, so that a condition on
// them keeps nobody out for long. An entry that ends with a slash means all keys that begin
// with it. The tags of a principal can be chosen if its sessions pass tags, as those of
// roles do.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var chosenKeys = []string{"aws:useragent", "aws:referer", "sts:rolesessionname", "sts:sourceidentity", "aws:requesttag/", "aws:tagkeys"}

// ofSessions is the prefix of the keys that only sessions of roles choose.
const ofSessions = "aws:principaltag/"

// ofServices is the key that calls of services bring.
const ofServices = "aws:sourcearn"

// Choosing makes the following questions about a principal that chooses what it can, such
// as the user agent and the tags of its sessions: a condition on these holds in an Allow
// and does not hold in a Deny. An external ID is not chosen.
func (q *Inquiry) Choosing() *Inquiry {
	made := map[chosenPolicy]*evaluator.Policy{}
	q.call.choose = func(p *evaluator.Policy) *evaluator.Policy {
		by := bySomebody
		if q.call.own != nil && q.call.own.holder.Kind == "role" {
			by = bySession
		}
		return chosenPolicy{p, by}.in(made)
	}
	return q
}

// chosenPolicy is a policy as it applies to a caller that chooses.
type chosenPolicy struct {
	of *evaluator.Policy
	by chooser
}

// chooser says who chooses.
type chooser uint8

const (
	bySomebody chooser = iota
	bySession          // of a role
	byService          // for a resource that somebody makes, whose ARN is aws:SourceArn
)

// in is the policy, which is made once.
func (c chosenPolicy) in(made map[chosenPolicy]*evaluator.Policy) *evaluator.Policy {
	if made[c] == nil {
		made[c] = c.policy()
	}
	return made[c]
}

// policy returns the rewritten policy, or the policy itself if nothing in it can be chosen.
func (c chosenPolicy) policy() *evaluator.Policy {
	d := *c.of.Document()
	isChosen := func(s *evaluator.Statement) bool { return slices.ContainsFunc(s.Conditions, c.isChosen) }
	if !slices.ContainsFunc(d.Statements, func(s evaluator.Statement) bool { return isChosen(&s) }) {
		return c.of
	}
	var list []evaluator.Statement
	for _, s := range d.Statements {
		if isChosen(&s) && s.Effect == evaluator.Deny {
			continue
		}
		s.Conditions = slices.DeleteFunc(slices.Clone(s.Conditions), c.isChosen)
		list = append(list, s)
	}
	d.Statements = list
	p, err := d.Compile(c.of.Kind(), c.of.Origin())
	if err != nil {
		return c.of // does not happen: the policy was compiled before
	}
	return p
}

func (c chosenPolicy) isChosen(condition evaluator.Condition) bool {
	key := strings.ToLower(condition.Key)
	if c.by == bySession && strings.HasPrefix(key, ofSessions) || c.by == byService && key == ofServices {
		return true
	}
	return slices.ContainsFunc(chosenKeys, func(k string) bool {
		return k == key || strings.HasSuffix(k, "/") && strings.HasPrefix(key, k)
	})
}

// chosen returns the policies as they apply to the caller, if it chooses.
func (c *call) chosen(list []*evaluator.Policy) []*evaluator.Policy {
	if c.choose == nil {
		return list
	}
	made := make([]*evaluator.Policy, len(list))
	for i, p := range list {
		made[i] = c.choose(p)
	}
	return made
}
