package alerts

import (
	"strconv"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
)

// Public is a role whose trust policy admits everybody, as package compare decides it: also
// who is in no account that the policy names, and under no condition that a fixed value
// restricts.
const Public = "public"

// isPublic reports whether the goal is to be public. Nobody has it by another role.
func (g goal) isPublic() bool { return g.kind == Becomes && g.what == Public }

// expose gives the role the goal of being public, if its trust policy makes it so.
func (r *round) expose(s *subject) {
	if by := exposing(s.standing.Trust()); by != "" {
		r.win(s, goal{Becomes, Public, s.standing.Holder().Account}, s, by)
	}
}

// assuming is the action by which anybody could assume a role. The others of a trust policy,
// such as sts:TagSession, give nothing without it; what assumes a role with SAML or a web
// identity is for identities of providers that the account has, and "*" does not mean them.
var assuming = compare.Access{Actions: []string{assumeRole}}

// exposing names the first statement by which a trust policy is public; empty if it is not.
func exposing(document string) string {
	d, err := evaluator.Parse(document)
	if err != nil {
		return "" // it admits nobody
	}
	grants, err := compare.Public(d, assuming, evaluator.Trust)
	if err != nil || len(grants) == 0 {
		return ""
	}
	s := &d.Statements[grants[0].Statement]
	name := s.Sid
	if name == "" {
		name = strconv.Itoa(s.Index + 1)
	}
	return "statement " + name + " of its trust policy"
}
