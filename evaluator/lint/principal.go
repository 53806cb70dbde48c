package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// principalKeys are the types of principals.
var principalKeys = []string{"AWS", "CanonicalUser", "Federated", "Service"}

// principalKey looks at the type of principals as it is written.
func (l *linter) principalKey(m evaluator.Member, path string) {
	if slices.Contains(principalKeys, m.Name.Text) {
		return
	}
	f := l.report(InvalidPrincipalKey, spot{under(path, m.Name.Text), m.Name.Span}, m.Name.Text)
	for _, key := range principalKeys {
		if strings.EqualFold(key, m.Name.Text) {
			f.fix(m.Name.Span.From, m.Name.Span.To, `"`+key+`"`)
		}
	}
}

// policyTypes are the kinds of policies of IAM without principals as Access Analyzer names them.
var policyTypes = map[evaluator.Kind]string{
	evaluator.Identity: "IDENTITY_POLICY", evaluator.Boundary: "IDENTITY_POLICY", evaluator.Session: "IDENTITY_POLICY",
}

// principals looks at Principal and NotPrincipal.
func (l *linter) principals(s *statement) {
	named := s.has("Principal") || s.has("NotPrincipal")
	switch name, iam := policyTypes[l.kind]; {
	case named && iam:
		l.report(UnsupportedPrincipal, s.principalElement(), name)
		return
	case named && l.kind == evaluator.SCP:
		l.report(SCPSyntaxErrorPrincipal, s.principalElement())
		return
	}
	if s.allows() && s.notPrincipal() && l.kind != evaluator.Trust {
		l.report(AllowWithNotPrincipal, s.principalElement())
	}
	for _, p := range s.principals {
		l.principal(p)
	}
	if s.allows() && s.has("Principal") {
		l.servicePrincipals(s)
	}
}

func (l *linter) principal(p grantee) {
	switch {
	case p.kind == "" && p.text != "*":
		l.report(InvalidPrincipalFormat, p.spot)
		return
	case p.kind == "":
		return
	case isPattern(p.text) && (p.text != "*" || p.kind != "AWS"):
		l.report(UnsupportedWildcardInPrincipal, p.spot, p.kind)
		return
	}
	switch p.kind {
	case "AWS":
		if strings.HasPrefix(p.text, "AROA") {
			l.report(InvalidRoleReference, p.spot, p.text)
		} else if strings.HasPrefix(p.text, "AIDA") {
			l.report(InvalidUserReference, p.spot, p.text)
		}
	case "Service":
		if !isService(p.text) {
			l.report(InvalidServicePrincipalFormat, p.spot, "service-name.amazonaws.com")
		}
	case "Federated":
		if l.kind != evaluator.Trust {
			l.report(FederatedPrincipalNotSupported, p.spot)
		} else if !isProvider(p.text) {
			l.report(InvalidFederatedPrincipalSyntaxInRoleTrustPolicy, p.spot)
		}
	}
}

// isService reports whether s has the form of a service principal: a name, perhaps with a
// region, and the domain of AWS's endpoints.
func isService(s string) bool {
	name := strings.TrimSuffix(s, ".cn")
	for _, domain := range []string{".amazonaws.com", ".api.aws", ".amazon.com", ".aws.internal"} {
		if rest, ok := strings.CutSuffix(name, domain); ok {
			return isDomain(rest)
		}
	}
	return false
}

// isDomain reports whether s has the characters of a domain name, a path included.
func isDomain(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return notAlphanumeric(r) && !strings.ContainsRune(".-_/:", r) }) < 0
}

// sourceKeys say on whose behalf a service calls.
var sourceKeys = []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"}

// olderKeys said so before there were those.
var olderKeys = []string{"aws:SourceOwner", "aws:Referer"}

// callerKeys are keys of the caller that a service which calls as itself does not have.
var callerKeys = []string{
	"aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalType",
	"aws:userid", "aws:username",
}

// servicePrincipals looks at what is allowed to services that call as themselves.
func (l *linter) servicePrincipals(s *statement) {
	i := slices.IndexFunc(s.principals, func(p grantee) bool { return p.kind == "Service" })
	if i < 0 {
		return
	}
	service := s.principals[i]
	if l.kind == evaluator.Resource && !slices.ContainsFunc(sourceKeys, s.looksAt) {
		l.report(RestrictAccessToServicePrincipal, service.spot)
	}
	var never []string
	for _, c := range s.conditions {
		is := func(key string) bool { return strings.EqualFold(key, c.key) }
		if slices.ContainsFunc(olderKeys, is) {
			prefix, _, _ := strings.Cut(service.text, ".")
			l.report(RecommendedConditionKeyForServicePrincipal, c.keyAt, prefix, c.key)
		}
		tag := strings.HasPrefix(lower(c.key), "aws:principaltag/")
		if (tag || slices.ContainsFunc(callerKeys, is)) && c.needsKey() {
			never = append(never, c.key)
		}
	}
	if len(never) > 0 {
		l.report(UnsupportedConditionKeyForServicePrincipal, service.spot, strings.Join(never, ", "))
	}
}

// needsKey reports whether the condition can hold only if the request has the key.
func (c *condition) needsKey() bool {
	return c.known && !c.op.IfExists && !c.op.Negated && c.op.Type != evaluator.NullValue && c.op.Quantifier != "ForAllValues"
}
