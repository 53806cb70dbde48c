package advice

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// eachVariable calls f for the parts of a string: a variable with its name, or other
// text with an empty name. Defaults of variables are part of their text.
func eachVariable(s string, f func(text, name string)) {
	for s != "" {
		start := strings.Index(s, "${")
		end := -1
		if start >= 0 {
			end = strings.IndexByte(s[start:], '}')
		}
		if end < 0 {
			f(s, "")
			return
		}
		end += start + 1
		if start > 0 {
			f(s[:start], "")
		}
		name, _, _ := strings.Cut(s[start+2:end-1], ",")
		f(s[start:end], name)
		s = s[end:]
	}
}

func hasVariable(s string) bool { return strings.Contains(s, "${") }

// generalized is a pattern whose variables may be anything.
func generalized(pattern string) string {
	var b strings.Builder
	eachVariable(pattern, func(text, name string) {
		if name != "" {
			text = "*"
		}
		b.WriteString(text)
	})
	return b.String()
}

// resolved is a string with its variables filled from the request; false if one has no
// value. Escaped characters such as ${*} are not supported.
func (st *state) resolved(pattern string) (string, bool) {
	var b strings.Builder
	ok := true
	eachVariable(pattern, func(text, name string) {
		if name != "" {
			values, multi, found := st.request.Context.Lookup(name)
			switch {
			case found && !multi && len(values) > 0:
				text = values[0]
			case !found && strings.Contains(text, ","):
				_, text, _ = strings.Cut(text, "'")
				text = strings.TrimSuffix(text, "'}")
			default:
				ok = false
			}
		}
		b.WriteString(text)
	})
	return b.String(), ok
}

// resolvedText is a pattern for people: as it is written, and with its values.
func (s *search) resolvedText(st *state, x *exam, pattern string) string {
	if !hasVariable(pattern) {
		return pattern
	}
	if d := s.document(x.policy); d != nil && !d.hasVariables() {
		return pattern + " (as it is written: this Version of the policy language has no variables, and " + evaluator.Version2012 + " has)"
	}
	text, ok := st.resolved(pattern)
	if !ok {
		return pattern + " (a variable that has no value here)"
	}
	return pattern + " (here " + text + ")"
}
