package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// certain looks for conditions whose answer does not depend on the request, or not in
// the way that was meant.
func (l *linter) certain(s *statement) {
	for _, c := range s.conditions {
		if !c.known {
			continue
		}
		if reason := l.never(s, c); reason != "" {
			l.report(ConditionNeverMatches, c.keyAt, reason)
		}
		if reason := always(c); reason != "" {
			l.report(ConditionAlwaysMatches, c.keyAt, reason)
		}
		l.absent(s, c)
		for _, v := range c.values {
			l.dollar(v)
		}
	}
	for _, r := range s.resources {
		l.dollar(r)
	}
}

// never is why the condition cannot hold together with the others; empty if it can.
func (l *linter) never(s *statement, c *condition) string {
	if !c.needsKey() || len(c.values) == 0 {
		return ""
	}
	switch c.op.Type {
	case evaluator.NumericValue, evaluator.DateValue, evaluator.IPValue:
		if !slices.ContainsFunc(c.values, func(v value) bool { return c.op.Reads(v.text) }) {
			return c.name + " can read none of its values"
		}
	}
	for _, other := range s.conditions[:min(len(s.conditions), maxCompared)] {
		switch {
		case !other.known || !strings.EqualFold(other.key, c.key):
		case other.op.Type == evaluator.NullValue && allAre(other.values, "true"):
			return "Null asks that the request does not have " + c.key
		case c.op.Name == "StringEquals" && other.op.Name == "StringNotEquals" && c.op.Quantifier+other.op.Quantifier == "" &&
			subset(c.values, other.values):
			return "StringNotEquals excludes each of its values"
		}
	}
	return ""
}

func allAre(list []value, text string) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(v value) bool { return !strings.EqualFold(v.text, text) })
}

// subset reports whether each text is one of the others. Texts with variables are the same
// if they are written the same.
func subset(list, of []value) bool {
	if len(list) > maxCompared || len(of) > maxCompared {
		return false
	}
	return !slices.ContainsFunc(list, func(v value) bool {
		return !slices.ContainsFunc(of, func(o value) bool { return o.text == v.text })
	})
}

// always is why the condition holds for every request; empty if it does not.
func always(c *condition) string {
	has := func(text string) bool {
		return slices.ContainsFunc(c.values, func(v value) bool { return strings.EqualFold(v.text, text) })
	}
	switch {
	case c.op.Type == evaluator.NullValue && has("true") && has("false"):
		return "a key is either there or not"
	case c.op.Negated:
	case c.op.Type == evaluator.IPValue && c.op.Quantifier == "" && (has("0.0.0.0/0") || has("::/0")):
		return "a range with /0 has every address"
	case c.op.Wildcards && c.op.IfExists && c.op.Type == evaluator.StringValue && has("*"):
		return "* matches every value, and IfExists a request without the key"
	}
	return ""
}

// absent looks at what a condition does where the request does not have its key.
func (l *linter) absent(s *statement, c *condition) {
	k, ok := l.names.key(c.key)
	switch {
	case s.allows() && c.op.Quantifier == "ForAllValues" && c.op.Type != evaluator.NullValue && ok && k.MultiValued &&
		!strings.HasSuffix(lower(c.key), "tagkeys") && !s.requires(c.key): // without the keys of tags there are no tags
		l.report(ForAllValuesAbsentKey, c.at, c.key)
	case s.effect.text == "Deny" && c.op.Type == evaluator.BoolValue && !c.op.IfExists &&
		strings.EqualFold(c.key, "aws:MultiFactorAuthPresent") && allAre(c.values, "false"):
		l.report(BoolKeyAbsent, c.at, c.key)
	}
}

// requires reports whether a condition asks that the request has the key.
func (s *statement) requires(key string) bool {
	return slices.ContainsFunc(s.conditions, func(c *condition) bool {
		return strings.EqualFold(c.key, key) && c.known && c.op.Type == evaluator.NullValue && allAre(c.values, "false")
	})
}

// dollar looks for a variable that is written without braces.
func (l *linter) dollar(v value) {
	if !l.newest() {
		return
	}
	rest := v.text
	for {
		_, after, ok := strings.Cut(rest, "$")
		if !ok {
			return
		}
		rest = after
		name := strings.TrimLeft(after, "([<")
		opening := len(after) - len(name)
		end := strings.IndexFunc(name, func(r rune) bool { return notAlphanumeric(r) && !strings.ContainsRune(":-/", r) })
		if end >= 0 {
			name = name[:end]
		}
		if _, known := l.names.key(name); !known {
			name, _, _ = strings.Cut(name, "/")
		}
		if _, known := l.names.key(name); known && opening <= 1 {
			l.report(LiteralDollar, v.spot, "$"+after[:opening+len(name)], "${"+name+"}")
			return
		}
	}
}
