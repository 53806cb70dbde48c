package advice

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/awscli"
)

// principalTags is how the keys of the caller's tags begin.
const principalTags = "aws:PrincipalTag/"

// principalTag: a session can be tagged when it is requested, and a user by somebody who
// is allowed to. A tag that the caller already has should not be changed: it says to whom
// the caller belongs.
func principalTag(s *search, st *state, a *asked) (step, bool) {
	if _, _, present := st.request.Context.Lookup(a.key); present || len(a.values) != 1 {
		return step{}, false
	}
	name, value := afterSlash(a.key), "%s"
	if a.values[0] == sample {
		value = "a value of your choice"
	}
	argument := awscli.Tag(name, a.values[0])
	made := step{
		Step: Step{Request: a.set()}, alone: true,
		warnings: []Warning{{Escalation, "A tag of the caller gives permissions: whoever may set it can take them."}},
	}
	switch p := &st.request.Principal; p.Kind {
	case evaluator.RoleSession:
		made.Sentence = a.say("Get a session with the tag "+name+" = "+value+", and make the call with its credentials") + keepOptions
		made.Command = line(append(s.assumeAgain(st), "--tags", argument))
	case evaluator.FederatedUser:
		made.Sentence = a.say("Get a federation token with the tag "+name+" = "+value+
			", and make the call with its credentials") + keepOptions
		made.Command = line([]string{"aws", "sts", "get-federation-token", "--name", lastPart(p.ARN), "--tags", argument})
	case evaluator.User:
		made.Sentence = a.say("Let somebody who may tag the user: " + name + " = " + value)
		made.Command = line([]string{"aws", "iam", "tag-user", "--user-name", lastPart(p.ARN), "--tags", argument})
	default:
		return step{}, false
	}
	return made, true
}

// vouchedTags begins the sentence about session tags that a provider vouches for; empty
// if the caller sets them.
func vouchedTags(kind evaluator.PrincipalKind) string {
	switch kind {
	case evaluator.WebIdentity:
		return "Ask with a token that has, in its claim https://aws.amazon.com/tags,"
	case evaluator.SAML:
		return "Ask with a SAML assertion that has, in an attribute PrincipalTag,"
	}
	return ""
}

// taggedFor are the ways to give the caller a tag so that the pattern covers text. The
// tag is the pattern's only variable without a value.
func (s *search) taggedFor(st *state, pattern, text string) (step, bool) {
	before, key, behind, ok := st.lackedTag(pattern)
	rest, begins := strings.CutPrefix(text, before)
	if !ok || !begins {
		return step{}, false
	}
	value := rest
	if literal := behind[:literalLength(behind)]; literal != "" {
		value, _, ok = strings.Cut(rest, literal)
	}
	if !ok || value == "" || strings.ContainsAny(value, "*?$") {
		return step{}, false
	}
	made, ok := principalTag(s, st, &asked{key: key, values: []string{value}, wanted: value})
	made.Kind, made.edited = ChangeRequest, -1
	return made, ok
}

// literalLength is how much of a pattern is before its first wildcard.
func literalLength(pattern string) int {
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		return i
	}
	return len(pattern)
}

// lackedTag finds the tag of the caller that is the only variable without a value in a
// pattern, and what is before it, which has no wildcard, and after it.
func (st *state) lackedTag(pattern string) (before, key, behind string, ok bool) {
	ok = true
	eachVariable(pattern, func(text, name string) {
		if name != "" {
			var has bool
			if text, has = st.resolved(text); !has {
				ok = ok && key == "" && beginsWith(name, principalTags)
				key = name
				return
			}
		}
		if key == "" {
			before += text
		} else {
			behind += text
		}
	})
	return before, key, behind, ok && key != "" && !strings.ContainsAny(before, "*?")
}

// ownTag are the ways to give the caller the tag that makes a resource its own.
func (s *search) ownTag(st *state, x *exam, pattern string) []step {
	made, ok := s.taggedFor(st, pattern, st.request.Resource)
	if !ok {
		return nil
	}
	r := changed(&st.request, made.Request)
	for _, e := range s.traced(&r, st, x.policy, x.source.Index) {
		if e.Name == "Resource" && e.Applies {
			return []step{s.placed(x, made)}
		}
	}
	return nil
}

// sameTag are the ways to give the caller the tag that a condition compares with a value
// of the request, such as a tag of the resource.
func (s *search) sameTag(st *state, x *exam, c *evaluator.Condition) []step {
	found, multi, _ := st.request.Context.Lookup(c.Key)
	if multi || len(found) != 1 {
		return nil
	}
	for _, v := range c.Values {
		if made, ok := s.taggedFor(st, v.Value, found[0]); ok && s.meetsWhen(st, x, c, made.Request) {
			return []step{s.placed(x, made)}
		}
	}
	return nil
}

// placed is the step with the place of the statement for which it is made.
func (s *search) placed(x *exam, made step) step {
	made.Layer, made.Level = x.at.kind.String(), s.levelName(x.at)
	made.Sentence += fmt.Sprintf(" %s compares it with what the request is for.", capital(s.statementName(x)))
	return made
}
