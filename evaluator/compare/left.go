package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// Bounds of what is taken apart to find out whether everybody is let in. Beyond them, everybody counts as let in.
const (
	maxBranches = 64      // of what Denies leave at one time
	maxTaken    = 100_000 // branches of a comparison
)

// open returns claims under which a statement with the given ones lets in everybody, where
// the Denies surely apply: beside its own, for each Deny, that one of its conditions does
// not hold. It is false if it is proved that there are none, because under all of them a
// key has a fixed value. Where not only everybody is looked for, all claims are open.
func (c *comparison) open(v claims, denies []*statement) (claims, bool) {
	if c.public == 0 {
		return v, true
	}
	branches := c.opened(v)
	for _, d := range fewestFirst(denies) {
		branches = c.without(branches, d)
	}
	if len(branches) == 0 {
		return claims{}, false
	}
	return branches[0], true
}

// fewestFirst puts statements of few conditions first: they divide least.
func fewestFirst(list []*statement) []*statement {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *statement) int { return cmp.Compare(len(a.Conditions), len(b.Conditions)) })
	return list
}

// opened takes the claims apart, and leaves out what never holds or has a fixed value.
func (c *comparison) opened(b claims) []claims {
	if c.taken++; b.fixes(c.public) {
		return nil
	}
	list := b.variants()
	c.taken += len(list)
	return slices.DeleteFunc(list, func(v claims) bool { return v.fixes(c.public) || v.impossible() })
}

// without divides the branches by the condition of the Deny that does not hold.
func (c *comparison) without(branches []claims, d *statement) []claims {
	var next []claims
	for _, b := range branches {
		var divided []claims
		for i := range d.Conditions {
			left := c.negation(&d.Conditions[i])
			if len(left) == 0 || c.taken > maxTaken { // nothing is known of what is left
				divided = []claims{b}
				break
			}
			divided = append(divided, c.opened(b.and(left))...)
		}
		if next = append(next, divided...); len(next) > maxBranches {
			return branches
		}
	}
	return next
}

// and adds conditions that are not there yet.
func (c claims) and(more []evaluator.Condition) claims {
	list := slices.Clone(c.list)
	for _, k := range more {
		if !c.some(func(o *evaluator.Condition) bool { return same(o, &k) }) {
			list = append(list, k)
		}
	}
	return claims{c.version, list}
}

func same(a, b *evaluator.Condition) bool {
	return a.Operator == b.Operator && strings.EqualFold(a.Key, b.Key) &&
		slices.EqualFunc(a.Values, b.Values, func(x, y evaluator.Text) bool { return x.Value == y.Value })
}

// negation is what holds where a condition of a Deny does not; none if nothing is known.
// What ARNs and addresses are compared with is known of some keys only.
func (c *comparison) negation(k *evaluator.Condition) []evaluator.Condition {
	form := c.public.form(k.Key)
	switch op := operator(k); {
	case strings.HasPrefix(op, "Arn") && form != arns && form != accessPoints, strings.HasSuffix(op, "IpAddress") && form != addresses:
		return nil
	}
	return k.Negation(catalog.MultiValued(k.Key))
}
