package alerts

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// staysIn reports whether a condition admits only principals of the account: one on
// aws:PrincipalAccount, or on aws:PrincipalArn with ARNs of the account. Other conditions
// are taken to be what an outsider can fulfil.
func staysIn(conditions []evaluator.Condition, account string) bool {
	return slices.ContainsFunc(conditions, func(c evaluator.Condition) bool {
		return slices.Contains(equalities, c.Operator) && isOfAccount(&c, account)
	})
}

// The operators of conditions that name what is admitted, and of those that name what is
// not denied.
var (
	equalities   = []string{"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}
	inequalities = []string{"StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "ArnNotEquals", "ArnNotLike"}
)

// isOfAccount reports whether a condition is about principals, with values of the account.
func isOfAccount(c *evaluator.Condition, account string) bool {
	key := strings.ToLower(c.Key)
	if key != "aws:principalaccount" && key != "aws:principalarn" || len(c.Values) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.Values, func(v evaluator.Text) bool { return accountOf(v.Value) != account })
}

// isDenied reports whether a statement of the policy denies the role to the outsider, on
// no condition or on one that its principal is not of the account.
func isDenied(d *evaluator.Document, outsider, account string) bool {
	for i := range d.Statements {
		s := &d.Statements[i]
		abroad := len(s.Conditions) == 1 && slices.Contains(inequalities, s.Conditions[0].Operator) &&
			isOfAccount(&s.Conditions[0], account)
		if s.Effect != evaluator.Deny || len(s.Conditions) > 0 && !abroad {
			continue
		}
		if provider, ok := strings.CutPrefix(outsider, anyIdentity); ok {
			if len(s.Conditions) == 0 && isAbout(s, providerAction(provider)) && names(s, provider) {
				return true
			}
		} else if isAbout(s, assumeRole) && names(s, outsider) {
			return true
		}
	}
	return false
}

// names reports whether a statement is about all that an outsider stands for.
func names(s *evaluator.Statement, outsider string) bool {
	if s.NotPrincipals != nil {
		return !slices.ContainsFunc(s.NotPrincipals, func(p evaluator.PrincipalRef) bool {
			return includes(p.Value, outsider) || includes(outsider, p.Value)
		})
	}
	return slices.ContainsFunc(s.Principals, func(p evaluator.PrincipalRef) bool {
		return p.Value == "*" && p.Type != "Service" || includes(p.Value, outsider)
	})
}

// anyIdentity begins an outsider that stands for all identities of a provider.
const anyIdentity = "any identity of "

// openProviders are the identity providers of which a statement admits any identity: no
// condition says which subject.
func openProviders(s *evaluator.Statement) (list []string) {
	for _, p := range s.Principals {
		if p.Type != "Federated" || !isAbout(s, providerAction(p.Value)) {
			continue
		}
		if !slices.ContainsFunc(s.Conditions, func(c evaluator.Condition) bool { return choosesSubject(&c, p.Value) }) {
			list = append(list, anyIdentity+p.Value)
		}
	}
	return list
}

func providerAction(provider string) string {
	if strings.Contains(provider, ":saml-provider/") {
		return "sts:AssumeRoleWithSAML"
	}
	return "sts:AssumeRoleWithWebIdentity"
}

// choosesSubject reports whether a condition says which identities of the provider are
// meant: by the subject, of SAML by anything of the assertion, and of Amazon Cognito by the
// identity pool, which is the audience. A value that any subject fits says nothing, as that
// of GitHub does in which the owner of the repository is left open:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
func choosesSubject(c *evaluator.Condition, provider string) bool {
	operator := c.Operator
	if _, of, ok := strings.Cut(operator, ":"); ok {
		operator = of
	}
	key := strings.ToLower(c.Key)
	wanted := strings.HasSuffix(key, ":sub") || strings.HasPrefix(key, "saml:") ||
		strings.Contains(provider, "cognito-identity") && strings.HasSuffix(key, ":aud")
	if !slices.Contains(equalities, operator) || !wanted || len(c.Values) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.Values, func(v evaluator.Text) bool {
		if !strings.HasSuffix(operator, "Like") {
			return false
		}
		begins, _, open := strings.Cut(v.Value, "*")
		owner, isRepo := strings.CutPrefix(begins, "repo:")
		return open && (begins == "" || begins == "repo" || isRepo && !strings.Contains(owner, "/"))
	})
}
