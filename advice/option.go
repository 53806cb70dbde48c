package advice

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// asked is a condition, and the change of the request that gives it another outcome.
type asked struct {
	key    string   // as the condition writes it
	values []string // the key's new values; nil: the key must be absent
	wanted string   // the values that the condition lists, for people
	multi  bool
}

// options are the changes of the request that give a condition the outcome want.
func (s *search) options(st *state, x *exam, c *evaluator.Condition, want bool) []step {
	pull := s.leverOf(st, c.Key)
	if pull == nil || want && literalWildcard(c) {
		return nil
	}
	multi := readOperator(c.Operator).quantifier != "" || severalValued(st, c.Key)
	for _, values := range append(s.someLeftOut(st, x, c, want), st.trials(c, want)...) {
		a := &asked{key: c.Key, values: values, wanted: s.wanted(st, x, c), multi: multi}
		made, ok := pull(s, st, a)
		if !ok || made.Request == nil {
			continue
		}
		if s.meetsWhen(st, x, c, made.Request) == want {
			made.Kind, made.edited = ChangeRequest, -1
			made.Layer, made.Level = x.at.kind.String(), s.levelName(x.at)
			return []step{made}
		}
	}
	return nil
}

// someLeftOut are the request's values without those that give a condition on a set the
// wrong outcome: for ForAnyValue those that match, for ForAllValues those that do not.
func (s *search) someLeftOut(st *state, x *exam, c *evaluator.Condition, want bool) [][]string {
	op := readOperator(c.Operator)
	found, _, _ := st.request.Context.Lookup(c.Key)
	if op.quantifier != "ForAnyValue" && op.quantifier != "ForAllValues" || len(found) == 0 {
		return nil
	}
	var kept []string
	for _, v := range found {
		if s.meetsWhen(st, x, c, &Request{Set: []Key{{c.Key, []string{v}, true}}}) == want {
			kept = append(kept, v)
		}
	}
	if len(kept) == 0 || len(kept) == len(found) {
		return nil
	}
	return [][]string{kept}
}

// set is the request with the key of the condition changed.
func (a *asked) set() *Request {
	if len(a.values) == 0 {
		return &Request{Unset: []string{a.key}}
	}
	return &Request{Set: []Key{{a.key, a.values, a.multi}}}
}

// lever makes the step that changes a condition key; false if no caller can change it.
type lever func(s *search, st *state, a *asked) (step, bool)

// levers are the keys that a caller can change, by their names in lower case. A name that
// ends in a slash is for all keys that begin with it.
var levers = map[string]lever{
	"sts:externalid":             option("Pass the external ID %s", "--external-id"),
	"sts:rolesessionname":        option("Name the session %s", "--role-session-name"),
	"sts:sourceidentity":         option("Pass the source identity %s", "--source-identity"),
	"sts:transitivetagkeys":      transitive,
	"iam:permissionsboundary":    option("Set the permissions boundary %s", "--permissions-boundary"),
	"iam:policyarn":              option("Use the policy %s", "--policy-arn"),
	"iam:awsservicename":         option("Ask for the service %s", "--aws-service-name"),
	"iam:passedtoservice":        passedTo,
	"aws:sourceip":               said("Call from the network %w"),
	"aws:sourcevpc":              said("Call from the VPC %w"),
	"aws:sourcevpce":             said("Call through the VPC endpoint %w"),
	"aws:vpcsourceip":            said("Call through a VPC endpoint from the network %w"),
	"aws:securetransport":        said("Call by HTTPS"),
	"aws:requestedregion":        region,
	"aws:currenttime":            later,
	"aws:epochtime":              later,
	"aws:multifactorauthpresent": mfa,
	"aws:multifactorauthage":     mfa,
	"aws:tokenissuetime":         newSession,
	"aws:requesttag/":            requestTag,
	"aws:tagkeys":                tagKeys,
	"aws:resourcetag/":           resourceTag,
	"iam:resourcetag/":           resourceTag,
	"aws:principaltag/":          principalTag,
}

// leverOf is how a caller can change the key; nil if no caller can.
func (s *search) leverOf(st *state, key string) lever {
	name := strings.ToLower(key)
	if pull := levers[name]; pull != nil {
		return pull
	}
	if i := strings.IndexByte(name, '/'); i > 0 {
		if pull := levers[name[:i+1]]; pull != nil {
			return pull
		}
	}
	switch {
	case st.claimOf(key) != "":
		return claim
	case parameter(st.request.Action, key):
		return said("Ask with %k %w")
	}
	return nil
}

// option changes a key that is an option of the call in the AWS CLI.
func option(sentence, name string) lever {
	return func(_ *search, _ *state, a *asked) (step, bool) {
		if len(a.values) != 1 || a.multi {
			return step{}, false
		}
		made := step{Step: Step{Sentence: a.say(sentence), Request: a.set()}}
		if !strings.Contains(a.values[0], sample) {
			made.arguments = []string{name, a.values[0]} // for a pattern, the sentence says what to choose
		}
		return made, true
	}
}

// said changes a key that no option sets.
func said(sentence string) lever {
	return func(_ *search, _ *state, a *asked) (step, bool) {
		if len(a.values) == 0 {
			return step{}, false
		}
		return step{Step: Step{Sentence: a.say(sentence), Request: a.set()}}, true
	}
}

// say fills a sentence: %s is the value, %w what the condition wants, %k the key.
func (a *asked) say(sentence string) string {
	value := strings.Join(a.values, ", ")
	if strings.Contains(value, sample) {
		value = "that matches " + a.wanted
	}
	return strings.NewReplacer("%s", value, "%w", a.wanted, "%k", a.key).Replace(sentence) + "."
}

// passedTo changes the service to which a role is passed. Only a question about
// iam:PassRole itself can name another one: an operation passes the role to its own.
func passedTo(s *search, st *state, a *asked) (step, bool) {
	if s.Operation != "" && !s.calls("iam", "PassRole") {
		return step{}, false
	}
	return said("Pass the role to the service %s")(s, st, a)
}

func transitive(_ *search, _ *state, a *asked) (step, bool) {
	return step{
		Step:      Step{Sentence: a.say("Make these session tags transitive: %s"), Request: a.set()},
		arguments: append([]string{"--transitive-tag-keys"}, a.values...),
	}, len(a.values) > 0 && a.multi
}

// region: only services that have regions can be called in another one.
func region(_ *search, st *state, a *asked) (step, bool) {
	if strings.HasPrefix(st.request.Action, "iam:") || len(a.values) != 1 || strings.Contains(a.values[0], sample) {
		return step{}, false
	}
	return step{
		Step:      Step{Sentence: a.say("Call in the region %s"), Request: a.set()},
		arguments: []string{"--region", a.values[0]},
	}, true
}

// claimOf is the name of a claim or attribute that an identity provider vouches
// for, such as sub; empty for any other key.
func (st *state) claimOf(key string) string {
	prefix, name, ok := strings.Cut(key, ":")
	if i := strings.LastIndexByte(key, ':'); i > 0 {
		prefix, name = key[:i], key[i+1:]
	}
	p := &st.request.Principal
	if ok && (p.Kind == evaluator.WebIdentity && strings.HasSuffix(p.Federated, prefix) ||
		p.Kind == evaluator.SAML && strings.EqualFold(prefix, "saml")) {
		return name
	}
	return ""
}

func claim(_ *search, st *state, a *asked) (step, bool) {
	what := "token"
	if st.request.Principal.Kind == evaluator.SAML {
		what = "SAML assertion"
	}
	return step{Step: Step{
		Sentence: a.say("Ask with a " + what + " whose " + st.claimOf(a.key) + " is %w"), Request: a.set(),
	}}, len(a.values) > 0
}
