package evaluator

import (
	"cmp"
	"slices"
	"strings"
)

// Implies reports whether a condition holds only in requests in which the other one holds
// too. It proves this with sound rules: the same or a stronger operator, a smaller set of
// values, a narrower network, an earlier date. If it reports false, nothing is known. The
// versions are the Version elements of the documents.
func (c *Condition) Implies(version string, other *Condition, otherVersion string) bool {
	if !strings.EqualFold(c.Key, other.Key) && c.speaks() && !other.isNull() {
		return false // true of most conditions: no need to compile them
	}
	s, t := newClaim(c, version), newClaim(other, otherVersion)
	return s.never() || t.always() || strings.EqualFold(s.key, t.key) && s.implies(&t)
}

// Excludes reports whether it can be proved that no request satisfies both conditions. A
// condition with an error counts as satisfied.
func (c *Condition) Excludes(version string, other *Condition, otherVersion string) bool {
	if !strings.EqualFold(c.Key, other.Key) && c.speaks() {
		return false
	}
	s, t := newClaim(c, version), newClaim(other, otherVersion)
	return s.never() || strings.EqualFold(s.key, t.key) && (s.excludes(&t) || t.excludes(&s))
}

// speaks reports whether it is obvious that the condition can hold.
func (c *Condition) speaks() bool { return len(c.Values) > 0 && !c.isNull() }

func (c *Condition) isNull() bool { return strings.HasSuffix(c.Operator, "Null") }

// AlwaysHolds reports whether the condition holds in every request.
func (c *Condition) AlwaysHolds(version string) bool {
	if !c.isNull() {
		return false
	}
	s := newClaim(c, version)
	return s.always()
}

// NeedsKey reports whether the condition does not hold in a request without its key.
func (c *Condition) NeedsKey() bool {
	s := newClaim(c, Version2012)
	return !s.withoutKey()
}

// AnyValue reports whether the condition holds if and only if it holds with one of its values
// as the only one.
func (c *Condition) AnyValue() bool {
	op, _ := parseOperator(c.Operator)
	return !op.negated && op.quantifier != forAllValues
}

// claim is what a condition says about one key.
type claim struct {
	condition
	texts []Text
	e     evaluation
}

func newClaim(c *Condition, version string) claim {
	return claim{condition: compileCondition(c, version), texts: c.Values,
		e: evaluation{req: &Request{Context: &Context{}}, pol: &Policies{}, res: &Result{}, left: lookEvery}}
}

// withoutKey reports whether the condition holds in a request without the key.
func (c *claim) withoutKey() bool {
	if c.family == familyNull {
		return c.null(false)
	}
	return c.absent()
}

// withKey reports whether the condition can hold in a request that has the key.
func (c *claim) withKey() bool {
	if c.family == familyNull {
		return c.null(true)
	}
	return c.count > 0
}

func (c *claim) never() bool { return !c.withoutKey() && !c.withKey() }

// always reports whether the condition holds in every request.
func (c *claim) always() bool {
	return c.withoutKey() && c.withKey() && c.family == familyNull
}

func (c *claim) implies(t *claim) bool {
	switch {
	case c.withoutKey() && !t.withoutKey():
		return false
	case !c.withKey():
		return true
	case !t.withKey():
		return false
	case t.family == familyNull:
		return t.null(true)
	case c.family == familyNull: // says nothing about the values
		return false
	case c.quantifier != single && c.quantifier != t.quantifier:
		return false
	}
	return c.within(t)
}

// within reports whether every value that satisfies the condition satisfies the other.
func (c *claim) within(t *claim) bool {
	switch {
	case !c.negated && t.negated:
		return c.finite() && c.each(func(v string) bool { return t.matches(v, &t.e) == yes })
	case c.negated != t.negated:
		return false
	case c.negated:
		c, t = t, c
	}
	if c.finite() && !t.negated {
		return c.each(func(v string) bool { return t.matches(v, &t.e) == yes })
	}
	return c.includedIn(t)
}

// excludes reports whether no value satisfies both conditions.
func (c *claim) excludes(t *claim) bool {
	switch {
	case c.withoutKey() && t.withoutKey():
		return false
	case !c.withKey() || !t.withKey():
		return true
	case c.family == familyNull || t.family == familyNull || c.negated || c.quantifier != single || t.quantifier != single:
		return false
	case t.negated:
		opposite := *t
		opposite.negated = false
		return c.within(&opposite)
	case c.family == familyBool && t.family == familyBool:
		return c.each(func(v string) bool {
			return !slices.ContainsFunc(t.texts, func(o Text) bool { return c.covered(v, t, o.Value) })
		})
	}
	return c.finite() && c.each(func(v string) bool { return t.matches(v, &t.e) == no })
}

// finite reports whether the condition's values are the only ones that match, to the
// letter.
func (c *claim) finite() bool {
	if c.family != familyString {
		return false
	}
	for i := range c.patterns {
		if c.patterns[i].shape != shapeLiteral {
			return false
		}
	}
	return len(c.set) == 0 || len(c.set)+len(c.patterns) == c.count
}

func (c *claim) each(holds func(value string) bool) bool {
	for _, t := range c.texts {
		if !holds(t.Value) {
			return false
		}
	}
	return true
}

// includedIn reports whether everything that a value matches is also matched by a value
// of the other claim, which is of the same kind.
func (c *claim) includedIn(t *claim) bool {
	if t.literals != nil && slices.ContainsFunc(t.arns, func(a arnPattern) bool { return !a.ok }) {
		return false // a value that is not an ARN is an error in the condition
	}
	if c.family != t.family && (c.family != familyString || t.family != familyIgnoreCase) {
		return false
	}
	if c.syntax&variables != t.syntax&variables && c.mentionsVariable() {
		return false
	}
	return c.each(func(v string) bool {
		for _, other := range t.texts {
			if v == other.Value && c.syntax&wildcards <= t.syntax&wildcards && c.relation&^t.relation == 0 || c.covered(v, t, other.Value) {
				return true
			}
		}
		return false
	})
}

func (c *claim) mentionsVariable() bool {
	return mentionVariable(c.texts)
}

// covered reports whether everything that one value of the condition matches is also matched by a value of the
// other.
func (c *claim) covered(v string, t *claim, other string) bool {
	if strings.Contains(v, "${") || strings.Contains(other, "${") {
		return false // they are compared as strings only
	}
	switch c.family {
	case familyString, familyIgnoreCase:
		if strings.ContainsAny(v, "*?") && c.syntax&t.syntax&wildcards == 0 {
			return false
		}
		p := compilePattern(other, t.syntax&wildcards)
		if t.family == familyIgnoreCase {
			return equalIgnoreCase(v, other)
		}
		return globWithin(v, &p)
	case familyBool:
		return strings.EqualFold(v, "true") == strings.EqualFold(other, "true")
	case familyARN:
		return arnWithin(v, other)
	case familyNumeric:
		a, okA := parseNumber(v)
		b, okB := parseNumber(other)
		return !okA || okB && c.relation.within(t.relation, a.compare(&b))
	case familyDate:
		a, okA := parseDate(v)
		b, okB := parseDate(other)
		return !okA || okB && c.relation.within(t.relation, cmp.Compare(a, b))
	case familyIP:
		a, okA := parseNetwork(v)
		b, okB := parseNetwork(other)
		return !okA || okB && a.bits >= b.bits && b.contains(a.address)
	}
	return false
}

// within reports whether everything that has the relation r to a value has the
// relation t to another value; order says how the first value compares with the other.
func (r relation) within(t relation, order int) bool {
	for _, x := range [...]relation{less, equal, greater} {
		if r&x == 0 {
			continue
		}
		// If something is less than the first value, all that is known is that it is less
		// than the other value, too, if the first is not greater; the other relations are
		// similar.
		switch {
		case x == equal && !t.holds(order):
			return false
		case x == less && (t&less == 0 || order > 0), x == greater && (t&greater == 0 || order < 0):
			return false
		}
	}
	return true
}

// globWithin reports whether the other pattern matches everything that the first one does:
// it does if it matches the first pattern as a string, where only "*" matches "*", and "?"
// or "*" matches "?".
func globWithin(text string, other *pattern) bool {
	var sc scratch
	if strings.ContainsAny(text, "*?") {
		p := *other
		for i := range p.tokens {
			if p.tokens[i].kind == tokenMark {
				return false // a "?" must not match the "*" as one character
			}
		}
	}
	return other.match(text, nil, &sc)
}

// arnWithin is like globWithin, for two ARNs, part by part.
func arnWithin(text, other string) bool {
	if other == "*" {
		return true
	}
	a, n := splitARN(text, wildcards)
	b, m := splitARN(other, wildcards)
	if n != arnParts || m != arnParts {
		return text == other
	}
	for i := range a {
		p := compilePattern(b[i], wildcards)
		if !globWithin(a[i], &p) {
			return false
		}
	}
	return true
}
