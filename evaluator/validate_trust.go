package evaluator

import (
	"errors"
	"slices"
	"strings"
)

// validateTrust checks a role's trust policy, which has texts of its own. The
// order of the checks is not recorded; it is that of the elements.
func validateTrust(d *Document, err error) error {
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		return trustSyntax(syntax)
	}
	if len(d.faults) > 0 {
		f := d.faults[0]
		if f.code == faultEffectCase {
			return errTrustEffect(f.at, f.text)
		}
		return errTrustNoStatement(f.at)
	}
	for i := range d.Statements {
		if err := checkTrustStatement(&d.Statements[i]); err != nil {
			return err
		}
	}
	if checkSameSids(d) != nil {
		return errTrustSameSid(d.Statements[0].Start)
	}
	if err := firstFault(d, []check{checkTrustPrincipals, checkTrustActions}); err != nil {
		return err
	}
	return checkIssuers(d)
}

func trustSyntax(e *SyntaxError) error {
	switch e.fault.code {
	case faultJSON:
		return errTrustJSON(e.At)
	case faultVersion:
		return errTrustVersion(e.At)
	case faultNoEffect:
		return errMissingField(e.At, "Effect")
	case faultEffect:
		return errTrustEffect(e.At, e.fault.text)
	case faultOperator:
		return errTrustOperator(e.At, e.fault.text)
	}
	return errTrustSyntax(e.At)
}

func checkTrustStatement(s *Statement) error {
	switch {
	case s.has&hasResource != 0:
		return errProhibited(s.Start, "Resource")
	case s.has&hasNotResource != 0:
		return errProhibited(s.Start, "NotResource") // text not confirmed
	case s.has&hasNotPrincipal != 0 && s.Effect == Allow:
		return errAllowNotPrincipal(s.Start)
	case s.has&hasNotPrincipal != 0:
		return errTrustNotPrincipal(s.Start)
	case s.has&hasPrincipal == 0:
		return errMissingField(s.Start, "Principal")
	case len(s.Principals) == 0:
		return errEmptyPrincipal(s.Start)
	case len(s.Actions)+len(s.NotActions) == 0:
		return errMissingField(s.Start, "Action")
	}
	return nil
}

// checkTrustPrincipals: in a trust policy "*" must be written {"AWS": "*"}.
func checkTrustPrincipals(d *Document) error {
	for p := range d.Principals() {
		switch {
		case p.Type == "" && p.Value == "*":
			return errStarPrincipal(p.At)
		case p.Type == "":
			return errPrincipalText(p.At)
		case p.wellFormed():
		case p.Type == "Federated":
			return errFederated(p.At)
		default:
			return ErrInvalidPrincipal(p)
		}
	}
	return nil
}

// trustActions are the actions that a trust policy may name besides those that begin with
// AssumeRole.
var trustActions = []string{"sts:tagsession", "sts:setsourceidentity", "sts:setcontext"}

func checkTrustActions(d *Document) error {
	for i := range d.Statements {
		s := &d.Statements[i]
		for _, a := range slices.Concat(s.Actions, s.NotActions) {
			action := strings.ToLower(a.Value)
			switch {
			case strings.HasPrefix(action, "sts:assumerole"), slices.Contains(trustActions, action):
			case strings.HasPrefix(action, "sts:") && !strings.Contains(action, "*"):
				return errTrustSTSAction(a.At)
			default:
				return errTrustAction(a.At)
			}
		}
	}
	return nil
}

// issuers are identity providers that many customers share, with the key that a trust policy
// must check; a claim alone is a key of the issuer.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
var issuers = map[string]string{
	"agent.buildkite.com":            "sub",
	"api.pulumi.com/oidc":            "aud",
	"app.terraform.io":               "sub",
	"cognito-identity.amazonaws.com": "aud",
	"gitlab.com":                     "sub",
	"oidc-configuration.audit-log.githubusercontent.com": "sub",
	"oidc.codefresh.io": "sub",
	"oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb": "sub",
	"oidc.vercel.com":         "aud",
	"proidc.upbound.io":       "sub",
	"sandboxes.cloud":         "aud",
	"scalr.io":                "sub",
	"studio.datachain.ai/api": "sub",
	"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d": "sts:RoleSessionName",
	"token.actions.githubusercontent.com":                  "sub",
	"tokens.cloud.shisho.dev":                              "sub",
	"vstoken.actions.githubusercontent.com":                "sub",
}

// checkIssuers checks each Allow statement by itself; statements without a web identity action,
// such as sts:TagSession alone, need no condition (recorded).
func checkIssuers(d *Document) error {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect == Deny || !slices.ContainsFunc(s.Actions, isWebIdentityAction) {
			continue
		}
		for _, p := range s.Principals {
			if p.Type != "Federated" {
				continue
			}
			if err := checkIssuer(s, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func isWebIdentityAction(t Text) bool {
	p := compilePattern(t.Value, wildcards|ignoreCase)
	return p.match("sts:assumerolewithwebidentity", nil, new(scratch))
}

func checkIssuer(s *Statement, p PrincipalRef) error {
	issuer := p.Value
	if _, url, ok := strings.Cut(p.Value, ":oidc-provider/"); ok {
		issuer = strings.TrimSuffix(url, "/")
	}
	key, shared := issuers[issuer]
	if !strings.Contains(key, ":") {
		key = issuer + ":" + key
	}
	switch {
	case issuer == "accounts.google.com":
		if !evaluates(s, issuer+":aud") {
			return errGoogle(p.At)
		}
	case !shared:
	case issuer == "cognito-identity.amazonaws.com" && len(s.Conditions) == 0:
		return errCognito(p.At)
	case !evaluates(s, key):
		return errIssuer(p.At, issuer, key)
	}
	return nil
}

// evaluates reports whether a condition of the statement checks the key with an operator that
// compares strings, and none of its values is "*" itself. Other values with wildcards, and lists
// without values, pass (recorded).
func evaluates(s *Statement, key string) bool {
	return slices.ContainsFunc(s.Conditions, func(c Condition) bool {
		op, _ := parseOperator(c.Operator)
		return equalFold(c.Key, key) && (op.family == familyString || op.family == familyIgnoreCase) &&
			!op.negated && !op.ifExists && !slices.ContainsFunc(c.Values, isStar)
	})
}
