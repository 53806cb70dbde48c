package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

func providerChecks() []Check {
	return []Check{
		{
			ID: "trust-no-audience", Severity: Low, Title: "The trust policy lets in tokens whatever audience they are for",
			Why: "A token or an assertion that was made for another application of the provider is enough.", run: noAudience,
		},
		{
			ID: "trust-no-subject", Severity: High, Title: "The trust policy lets in everybody to whom the provider gives tokens",
			Why: "Of a provider that serves many organizations, these are strangers.", run: noSubject,
		},
	}
}

// provider takes apart who vouches: the prefix of the keys of its tokens, and whether it
// speaks SAML.
func provider(p evaluator.PrincipalRef) (prefix string, saml, ok bool) {
	if p.Type != "Federated" {
		return "", false, false
	}
	if strings.Contains(p.Value, ":saml-provider/") {
		return "saml:", true, true
	}
	value := p.Value
	if _, url, is := strings.Cut(value, ":oidc-provider/"); is {
		value = strings.TrimSuffix(url, "/")
	}
	return strings.ToLower(value) + ":", false, true
}

// ofOnePool are providers whose audience says whose users they are: the identity pool, or
// the app. So it does what elsewhere only the subject does.
var ofOnePool = []string{"cognito-identity.amazonaws.com:", "graph.facebook.com:", "www.amazon.com:", "accounts.google.com:"}

// audiences are the keys of the audience of a provider's tokens.
func audiences(prefix string) func(string) bool {
	return oneOf(prefix+"aud", prefix+"app_id", prefix+"azp", prefix+"oaud")
}

func noSubject(s *state, c *Check) error {
	return s.eachProvider(func(w *written, st *evaluator.Statement, p evaluator.PrincipalRef, prefix string, saml bool) {
		if saml || slices.Contains(ofOnePool, prefix) && limits(st, audiences(prefix)) {
			return
		}
		of := func(key string) bool { return strings.HasPrefix(key, prefix) && !audiences(prefix)(key) }
		if limits(st, of) {
			return
		}
		s.find(c, Finding{
			Principal: w.of.arn, Resource: p.Value, Evidence: []Evidence{s.statement(w.policy, st)},
			Advice: "Add a condition on " + prefix + "sub with who may assume the role.",
		})
	})
}

func noAudience(s *state, c *Check) error {
	return s.eachProvider(func(w *written, st *evaluator.Statement, p evaluator.PrincipalRef, prefix string, _ bool) {
		if limits(st, audiences(prefix)) {
			return
		}
		key := prefix + "aud"
		if prefix == "saml:" {
			key = "SAML:aud"
		}
		s.find(c, Finding{
			Principal: w.of.arn, Resource: p.Value, Evidence: []Evidence{s.statement(w.policy, st)},
			Advice: fmt.Sprintf("Add a condition on %s with the audience for which tokens are made that may be used here.", key),
		})
	})
}

func (s *state) eachProvider(f func(w *written, st *evaluator.Statement, p evaluator.PrincipalRef, prefix string, saml bool)) error {
	return s.eachStatement(true, func(w *written, st *evaluator.Statement) {
		for _, p := range st.Principals {
			if prefix, saml, ok := provider(p); ok {
				f(w, st, p, prefix, saml)
			}
		}
	})
}
