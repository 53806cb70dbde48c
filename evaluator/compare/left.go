package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// maxBranches bounds into how many branches Denies divide claims at one time. Beyond it,
// everybody counts as let in.
const maxBranches = 64

// openness is what is known of some claims, see open.
type openness struct {
	claims
	open bool
}

// variant is one way in which the conditions of a statement can hold.
type variant struct {
	of     *statement
	number int
}

// open returns claims under which a variant of a statement lets in everybody, where some
// Denies surely apply: beside its own, for each Deny, that one of its conditions does
// not hold. It is false if it is proved that there are none, because under all of them a
// key has a fixed value. Where not only everybody is looked for, all claims are open.
func (c *comparison) open(v variant, denies []*statement) (claims, bool) {
	own := v.of.variants()[v.number]
	if c.public == 0 {
		return own, true
	}
	key := openKey{v, setOf(denies)}
	if known, ok := c.known[key]; ok {
		return known.claims, known.open
	}
	answer := openness{}
	if branches := c.left(own, denies); len(branches) > 0 {
		answer = openness{branches[0], true}
	}
	c.known[key] = answer
	return answer.claims, answer.open
}

// someOpen reports whether a statement lets in everybody where no Deny applies.
func (c *comparison) someOpen(s *statement) bool {
	for n := range s.variants() {
		if _, ok := c.open(variant{s, n}, nil); ok {
			return true
		}
	}
	return false
}

type openKey struct {
	variant
	denies string
}

// setOf is the set of some statements, by their indexes, a bit each.
func setOf(list []*statement) string {
	var set []byte
	for _, s := range list {
		for len(set) <= s.Index/8 {
			set = append(set, 0)
		}
		set[s.Index/8] |= 1 << (s.Index % 8)
	}
	return string(set)
}

// left divides claims by what Denies leave of them, and leaves out what never holds or has a
// fixed value.
func (c *comparison) left(own claims, denies []*statement) []claims {
	if own.fixes(c.public) || own.impossible() {
		return nil
	}
	branches := []claims{own}
	for _, d := range c.telling(own, denies) {
		branches = c.without(branches, d)
	}
	return branches
}

// telling are the Denies that can matter to whether a key has a fixed value: those about
// such a key, those about a key of these, and so on. Those of few conditions, which divide least, are first.
func (c *comparison) telling(own claims, denies []*statement) []*statement {
	keys, list := map[string]bool{}, []*statement{}
	about := func(s *statement) bool {
		return slices.ContainsFunc(s.Conditions, func(k evaluator.Condition) bool {
			return c.public.form(k.Key) != 0 || keys[strings.ToLower(k.Key)]
		})
	}
	for _, k := range own.list {
		keys[strings.ToLower(k.Key)] = true
	}
	for rest := slices.Clone(denies); ; {
		i := slices.IndexFunc(rest, about)
		if i < 0 {
			break
		}
		for _, k := range rest[i].Conditions {
			keys[strings.ToLower(k.Key)] = true
		}
		list = append(list, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	slices.SortStableFunc(list, func(a, b *statement) int { return cmp.Compare(len(a.Conditions), len(b.Conditions)) })
	return list
}

// without divides the branches by the condition of a Deny that does not hold.
func (c *comparison) without(branches []claims, d *statement) []claims {
	var next []claims
	for _, b := range branches {
		next = append(next, c.divided(b, d)...)
		if len(next) > maxBranches {
			return branches
		}
	}
	return next
}

func (c *comparison) divided(b claims, d *statement) []claims {
	var list []claims
	for i := range d.Conditions {
		denial := c.negation(&d.Conditions[i])
		if len(denial) == 0 || c.work > maxWork {
			return []claims{b} // nothing is known of what is left
		}
		for _, one := range (claims{b.version, denial}).variants() {
			if more, ok := c.and(b, one); ok {
				list = append(list, more)
			}
		}
	}
	return list
}

// and adds claims to those of a branch. It is false if both never hold, or if a key of them
// has a fixed value.
func (c *comparison) and(b, more claims) (claims, bool) {
	list := slices.Clone(b.list)
	for _, k := range more.list {
		if !b.some(func(o *evaluator.Condition) bool { return same(o, &k) }) {
			list = append(list, k)
		}
	}
	about := claims{version: b.version} // those about the keys of what is new
	for _, k := range list {
		if more.some(func(o *evaluator.Condition) bool { return strings.EqualFold(o.Key, k.Key) }) {
			about.list = append(about.list, k)
			c.work += 20 * (1 + len(k.Values)) // each is read some times
		}
	}
	c.work += len(list)
	return claims{b.version, list}, !about.fixes(c.public) && !about.impossible()
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
