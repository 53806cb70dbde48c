package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// trust looks at a statement of the trust policy of a role.
func (l *linter) trust(s *statement) {
	if l.kind != evaluator.Trust {
		return
	}
	if s.has("Resource") || s.has("NotResource") {
		l.report(RoleTrustPolicySyntaxErrorResource, s.resourceElement())
	}
	if s.has("NotPrincipal") {
		l.report(RoleTrustPolicySyntaxErrorNotPrincipal, s.members["NotPrincipal"])
		return
	}
	for _, p := range s.principals {
		if p.kind == "" && p.text == "*" {
			l.report(RoleTrustPolicyUnsupportedWildcardInPrincipal, p.spot)
		}
	}
	l.sessions(s)
	if s.allows() {
		l.federated(s)
		l.providers(s)
		l.keysOfActions(s)
		l.rolesAnywhere(s)
	}
}

// sessions looks for sessions of roles that are principals by themselves.
func (l *linter) sessions(s *statement) {
	roles := make(map[string]string)
	for _, p := range s.principals {
		if before, name, ok := strings.Cut(p.text, ":role/"); ok {
			roles[accountOf(before)+"/"+name[strings.LastIndexByte(name, '/')+1:]] = p.text
		}
	}
	for _, p := range s.principals {
		before, name, ok := strings.Cut(p.text, ":assumed-role/")
		name, _, _ = strings.Cut(name, "/")
		if role := roles[accountOf(before)+"/"+name]; ok && role != "" {
			l.report(RedundantPrincipalInRoleTrustPolicy, p.spot, p.text, role)
		}
	}
}

// accountOf is the account at the end of the beginning of an ARN.
func accountOf(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

func isSAML(p grantee) bool {
	return p.kind == "Federated" && strings.Contains(p.text, ":saml-provider/")
}

// issuer is the issuer of the tokens of a principal; empty if it is not a provider of
// OpenID Connect.
func issuer(p grantee) string {
	if p.kind != "Federated" || isSAML(p) {
		return ""
	}
	if _, url, ok := strings.Cut(p.text, ":oidc-provider/"); ok {
		return strings.TrimSuffix(url, "/")
	}
	return p.text
}

func isOIDC(p grantee) bool { return issuer(p) != "" }

// isProvider reports whether s names an identity provider: the ARN of one, or the domain
// of one that every account knows.
func isProvider(s string) bool {
	if strings.HasPrefix(s, "arn:") {
		return strings.Contains(s, ":saml-provider/") || strings.Contains(s, ":oidc-provider/")
	}
	return isDomain(s) && strings.Contains(s, ".")
}

// federated looks for actions that none of the principals can call.
func (l *linter) federated(s *statement) {
	for _, f := range []struct {
		action string
		is     func(grantee) bool
	}{{"sts:AssumeRoleWithSAML", isSAML}, {"sts:AssumeRoleWithWebIdentity", isOIDC}} {
		if s.covers(f.action) != byName || len(s.principals) == 0 || slices.ContainsFunc(s.principals, f.is) {
			continue
		}
		var names []string
		for _, p := range s.principals {
			names = append(names, p.text)
		}
		l.report(MismatchedActionForPrincipal, s.actionElement(), f.action, strings.Join(names, ", "))
	}
}

// providers looks at the conditions on the tokens of providers.
func (l *linter) providers(s *statement) {
	for _, p := range s.principals {
		from := lower(issuer(p))
		if from == "" {
			continue
		}
		if !slices.ContainsFunc(s.conditions, func(c *condition) bool { return strings.HasPrefix(lower(c.key), from+":") }) {
			l.report(MissingConditionKeyForOIDCPrincipal, p.spot)
		}
		if from != gitHub {
			continue
		}
		if !s.looksAt(gitHub + ":sub") {
			l.report(MissingGitHubRepoConditionKey, p.spot)
		}
	}
	for _, c := range s.conditions {
		for _, v := range c.values {
			if strings.EqualFold(c.key, gitHub+":sub") && c.op.Wildcards && !namesRepository(v.text) {
				l.report(SpecificGitHubRepoAndBranchRecommended, v.spot)
			}
		}
	}
}

// namesRepository reports whether a subject of GitHub, such as
// repo:example/app:ref:refs/heads/main, names the organization and the repository.
func namesRepository(subject string) bool {
	parts := strings.SplitN(subject, ":", 3)
	return len(parts) == 3 && !isPattern(parts[0]) && !isPattern(parts[1])
}

// keysOfActions looks for keys whose values only another action lets the caller set.
func (l *linter) keysOfActions(s *statement) {
	for _, c := range s.conditions {
		key, action := lower(c.key), ""
		switch {
		case key == "sts:sourceidentity":
			action = "sts:SetSourceIdentity"
		case strings.HasPrefix(key, "aws:requesttag/"), key == "aws:tagkeys", key == "sts:transitivetagkeys":
			action = "sts:TagSession"
		}
		if action != "" && s.covers(action) == notCovered {
			l.report(MissingActionForConditionKey, c.keyAt, action, c.key)
		}
	}
}

func (l *linter) rolesAnywhere(s *statement) {
	i := slices.IndexFunc(s.principals, func(p grantee) bool {
		return p.kind == "Service" && p.text == "rolesanywhere.amazonaws.com"
	})
	if i < 0 {
		return
	}
	for _, action := range []string{"sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"} {
		if s.covers(action) == notCovered {
			l.report(MissingActionForRolesAnywhereTrustPolicy, s.principals[i].spot)
		}
	}
}
