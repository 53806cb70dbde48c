package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// trustsOnlyOthers are the services and identity providers that a role trusts, if it
// trusts no principal of an account and the caller is one. Such a role is for the service
// or for the users of the provider: another statement, for the caller, would give a
// person what was meant for a machine.
func (st *state) trustsOnlyOthers(at place) []string {
	if _, ok := principalElement(&st.request.Principal)["AWS"]; !ok || at.kind != evaluator.Trust {
		return nil
	}
	var names []string
	for _, p := range st.in(at) {
		for _, x := range p.Document().Statements {
			if x.Effect != evaluator.Allow {
				continue
			}
			for _, ref := range x.Principals {
				switch {
				case ref.Type != "Service" && ref.Type != "Federated":
					return nil
				case !slices.Contains(names, ref.Value):
					names = append(names, ref.Value)
				}
			}
		}
	}
	return names
}

// othersTrusted says that the trust policy keeps the request denied on purpose.
func othersTrusted(at place, names []string) Step {
	return Step{Kind: LeaveDenied, Layer: at.kind.String(), Sentence: fmt.Sprintf(
		"This denial is the point of the trust policy: the role trusts only %s, which is a service or an identity provider. "+
			"Let the caller assume a role that is meant for people, with the permissions that they need.", short(names))}
}

// isPrincipalARN reports whether a key distinguishes a user from all others. It does so
// only for users: everyone who may assume a role has the ARN of the role.
func isPrincipalARN(key string, p *evaluator.Principal) bool {
	return strings.EqualFold(key, "aws:PrincipalArn") && p.Kind == evaluator.User
}

// callerOnly reports whether a condition of the statement admits the caller and nobody else.
func (x *exam) callerOnly(p *evaluator.Principal) bool {
	return slices.ContainsFunc(x.source.Conditions, func(c evaluator.Condition) bool {
		exactly := !slices.ContainsFunc(c.Values, func(v evaluator.Text) bool { return v.Value != p.ARN })
		return isPrincipalARN(c.Key, p) && listed[c.Operator] && exactly
	})
}
