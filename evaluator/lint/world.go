package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// narrowing are keys that say who may use what everybody may name.
var narrowing = slices.Concat(callerKeys, sourceKeys, []string{
	"aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn", "aws:VpcSourceIp", "aws:VpceAccount", "aws:VpceOrgID",
	"aws:VpceOrgPaths", "aws:PrincipalServiceName", "aws:SourceIdentity", "aws:SourceOwner", "aws:Referer", "sts:ExternalId",
	"kms:CallerAccount", "kms:ViaService", "s3:DataAccessPointAccount", "s3:DataAccessPointArn",
})

// narrowed reports whether a condition of the statement says who may use it.
func (s *statement) narrowed() bool {
	return slices.ContainsFunc(s.conditions, func(c *condition) bool {
		return c.needsKey() && (strings.HasPrefix(lower(c.key), "aws:principaltag/") ||
			slices.ContainsFunc(narrowing, func(key string) bool { return strings.EqualFold(key, c.key) }))
	})
}

// world looks at whom a statement lets in.
func (l *linter) world(s *statement) {
	if !s.allows() || s.notPrincipal() || l.kind != evaluator.Trust && l.kind != evaluator.Resource {
		return
	}
	for _, p := range s.principals {
		everyone := p.text == "*" && (p.kind == "" || p.kind == "AWS")
		switch {
		case everyone && !s.narrowed() && l.kind == evaluator.Trust:
			l.report(TrustOpenToWorld, p.spot)
		case everyone && !s.narrowed():
			l.report(WorldReaches, p.spot)
		case l.kind == evaluator.Trust && p.kind == "AWS" && wholeAccount(p.text) && account(p.text) != l.account && !s.narrowed():
			l.report(TrustAccountWithoutExternalID, p.spot, account(p.text))
		}
	}
	if l.kind == evaluator.Trust {
		l.repositories(s)
	}
}

// wholeAccount reports whether a principal is an account, and not somebody in it.
func wholeAccount(text string) bool { return isAccount(text) || strings.HasSuffix(text, ":root") }

func account(text string) string { return accountOf(strings.TrimSuffix(text, ":root")) }

// Subjects of GitHub of any organization: what matches all of them is not restricted.
var anySubjects = []string{"repo:q/z:ref:refs/heads/x", "repo:X9/a1:pull_request", "repo:m/n:environment:p"}

// repositories looks for conditions on GitHub's subject that all repositories satisfy.
func (l *linter) repositories(s *statement) {
	for _, c := range s.conditions {
		if !strings.EqualFold(c.key, gitHub+":sub") || !c.op.Wildcards || c.op.Negated {
			continue
		}
		for _, v := range c.values {
			missed := func(subject string) bool { return !evaluator.NewActionPattern(v.text).Matches(subject) }
			organizations := !slices.ContainsFunc(anySubjects[:1], missed) && !slices.ContainsFunc(anySubjects[1:], missed)
			if organizations {
				l.report(TrustEveryRepository, v.spot, v.text)
			}
		}
	}
}
