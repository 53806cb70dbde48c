package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// variables looks at policy variables in all texts of a statement.
func (l *linter) variables(s *statement) {
	for _, r := range s.resources {
		l.variablesOf(r)
	}
	for _, c := range s.conditions {
		for _, v := range c.values {
			l.variablesOf(v)
			l.variableFor(c, v)
		}
	}
	elsewhere := slices.Clone(s.actions)
	for _, p := range s.principals {
		elsewhere = append(elsewhere, p.value)
	}
	for _, v := range append(elsewhere, s.sid) {
		if name, ok := firstVariable(v.text); ok {
			l.report(VariableUnsupportedInElement, v.spot, name)
		}
	}
}

// newest reports whether the document is of the version that has variables.
func (l *linter) newest() bool { return l.doc.version == evaluator.Version2012 }

// firstVariable is the first variable of a string, as it is written.
func firstVariable(text string) (string, bool) {
	for v := range evaluator.Variables(text) {
		if v.WellFormed && !v.Escape {
			return text[v.From:v.To], true
		}
	}
	return "", false
}

// variablesOf looks at the variables of a string where they are supported. Without the
// version that has them, all of them are ordinary text.
func (l *linter) variablesOf(v value) {
	if !strings.Contains(v.text, "${") {
		return
	}
	if !l.newest() {
		if _, ok := firstVariable(v.text); ok {
			l.report(VariableUnsupportedInVersion, v.spot)
		}
		return
	}
	for variable := range evaluator.Variables(v.text) {
		if !variable.WellFormed {
			l.report(malformedVariable(v.text[variable.To:]), v.spot)
		}
	}
}

// malformedVariable is what keeps a string, which begins behind "${", from being a variable.
func malformedVariable(rest string) Code {
	inner, _, closed := strings.Cut(rest, "}")
	if !closed {
		return MissingBraceInVariable
	}
	name, fallback, hasDefault := strings.Cut(inner, ",")
	switch {
	case strings.TrimSpace(inner) == "":
		return EmptyVariable
	case hasDefault && !quoted(strings.TrimSpace(fallback)):
		return MissingQuoteInVariable
	case strings.ContainsAny(name, " \t\r\n"):
		return UnsupportedSpaceInVariable
	case strings.Contains(name, "{"): // the variable that was begun has no end
		return MissingBraceInVariable
	}
	return UnsupportedSpaceInVariable
}

func quoted(s string) bool { return len(s) > 1 && s[0] == '\'' && s[len(s)-1] == '\'' }

// variableFor reports a variable in a value of an operator that does not know them.
func (l *linter) variableFor(c *condition, v value) {
	if _, ok := firstVariable(v.text); ok && l.newest() && c.known && !c.op.Variables {
		l.report(InvalidVariableForOperator, v.spot)
	}
}
