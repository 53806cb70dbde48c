package compare

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
)

// claims are the conditions of a statement, all of which must hold.
type claims struct {
	version string
	list    []evaluator.Condition
}

func (s *statement) claims() claims { return claims{s.version, s.Conditions} }

// variants are those of its claims, taken apart once.
func (s *statement) variants() []claims {
	if s.apart == nil {
		s.apart = s.claims().variants()
	}
	return s.apart
}

// maxVariants bounds into how many claims a statement is taken apart.
const maxVariants = 64

// variants take the claims apart, one for each value of a condition that lists several:
// one of them holds exactly if the claims do.
func (c claims) variants() []claims {
	list := []claims{c}
	for i := range c.list {
		k := &c.list[i]
		if !k.AnyValue() || len(k.Values)*len(list) > maxVariants {
			continue
		}
		var next []claims
		for _, before := range list {
			for v := range k.Values {
				one := claims{c.version, slices.Clone(before.list)}
				one.list[i].Values = k.Values[v : v+1]
				next = append(next, one)
			}
		}
		if len(next) > 0 {
			list = next
		}
	}
	return list
}

// imply reports whether the others hold whenever these do.
func (c claims) imply(others claims) bool {
	for i := range others.list {
		other := &others.list[i]
		if !other.AlwaysHolds(others.version) && !c.some(func(k *evaluator.Condition) bool {
			return k.Implies(c.version, other, others.version)
		}) {
			return false
		}
	}
	return true
}

// exclude reports whether these and the others never hold together.
func (c claims) exclude(others claims) bool {
	for i := range others.list {
		if c.some(func(k *evaluator.Condition) bool { return k.Excludes(c.version, &others.list[i], others.version) }) {
			return true
		}
	}
	return false
}

// impossible reports whether these never hold.
func (c claims) impossible() bool { return c.exclude(c) }

func (c claims) some(is func(*evaluator.Condition) bool) bool {
	for i := range c.list {
		if is(&c.list[i]) {
			return true
		}
	}
	return false
}

// anyImplies reports whether each of the others follows from one of some claims.
func anyImplies(given []claims, others claims) bool {
	for i := range others.list {
		one := claims{others.version, others.list[i : i+1]}
		if !slices.ContainsFunc(given, func(c claims) bool { return c.imply(one) }) {
			return false
		}
	}
	return true
}
