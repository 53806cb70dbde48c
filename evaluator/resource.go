package evaluator

import "strings"

// resourcePattern is an entry of Resource or NotResource. The first five parts
// of an ARN are matched part by part, the remainder as one text, in which "*"
// crosses slashes and colons. A "*" that ends a part may extend over the colons
// after it. A short ARN is completed with "*".
//
// A variable is a part, the remainder, or the whole ARN; a value with colons cannot be
// a part, and a short ARN with a variable matches nothing (all recorded).
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
type resourcePattern struct {
	prefix string        // leading parts without wildcards, with their colons
	parts  []partPattern // the other ones of the first five
	rest   pattern       // the remainder; all of the text if it is not an ARN
	never  bool
	globs  bool // some part is a glob, so that matching it takes an effort
}

type partPattern struct {
	pattern
	crosses bool // ends in "*"
}

const arnParts = 6

func compileResource(s string, sx syntax) resourcePattern {
	parts, n := splitARN(s, sx)
	if n == 0 {
		rest := compilePattern(s, sx)
		return resourcePattern{rest: rest, globs: rest.shape >= shapeGlob}
	}
	r := resourcePattern{never: n < arnParts && hasVariable(s, sx)}
	plain := 0
	for plain < n-1 && specials(parts[plain], sx) == 0 {
		r.prefix = s[:len(r.prefix)+len(parts[plain])+1]
		plain++
	}
	if plain < arnParts-1 {
		r.parts = make([]partPattern, arnParts-1-plain)
		for i := range r.parts {
			part := parts[plain+i]
			r.parts[i] = partPattern{compilePattern(part, sx), strings.HasSuffix(part, "*")}
		}
	}
	r.rest = compilePattern(parts[arnParts-1], sx)
	r.globs = r.rest.shape >= shapeGlob
	for i := range r.parts {
		r.globs = r.globs || r.parts[i].shape >= shapeGlob
	}
	return r
}

// splitARN splits an ARN and returns how many parts were written; 0 if s does
// not begin like one.
func splitARN(s string, sx syntax) (parts [arnParts]string, n int) {
	if !strings.HasPrefix(s, "arn:") {
		return parts, 0
	}
	return splitParts(s, sx)
}

// splitParts splits s at its first five colons outside variables and completes
// it with "*".
func splitParts(s string, sx syntax) (parts [arnParts]string, n int) {
	start, d := 0, defaults{len(s)}
	for i := 0; i < len(s) && n < arnParts-1; i++ {
		if s[i] == '$' && sx&variables != 0 {
			if _, size, ok := cutVariable(s[i:], &d); ok {
				i += size - 1
			}
		} else if s[i] == ':' {
			parts[n] = s[start:i]
			n++
			start = i + 1
		}
	}
	parts[n] = s[start:]
	n++
	for i := n; i < arnParts; i++ {
		parts[i] = "*"
	}
	return parts, n
}

func hasVariable(s string, sx syntax) bool {
	found := false
	if sx&variables != 0 {
		variablesIn(s, func(v variable, _ string) { found = found || !v.escape })
	}
	return found
}

// target is the resource of a request, split once.
type target struct {
	text   string
	starts [arnParts]int // where its parts begin, if plain
	plain  bool          // it has just five colons, so that nothing can cross one
}

func newTarget(s string) target {
	t := target{text: s}
	n := 1
	for i := 0; i < len(s); i++ {
		if s[i] != ':' {
			continue
		}
		if n == arnParts {
			return t
		}
		t.starts[n] = i + 1
		n++
	}
	t.plain = n == arnParts
	return t
}

func (r *resourcePattern) match(t *target, c *Context, sc *scratch) bool {
	s := t.text
	switch {
	case r.never || len(s) < len(r.prefix) || s[:len(r.prefix)] != r.prefix:
		return false
	case !r.globs && len(r.parts) == 0:
		return r.rest.plain(s[len(r.prefix):])
	case !r.globs && t.plain:
		return r.quick(t, c, sc)
	case sc.effort.begin(s):
		if ok := r.quick(t, c, sc); !sc.effort.over() {
			return ok
		}
	}
	x := sc.taker(c, false)
	return x.matchParts(len(r.prefix), r.parts, &r.rest)
}

// quick is match with a limited effort, like pattern.quick.
func (r *resourcePattern) quick(t *target, c *Context, sc *scratch) bool {
	s := t.text
	switch {
	case len(r.parts) == 0:
		return r.rest.quick(s[len(r.prefix):], c, sc)
	case !t.plain:
		return r.matchParts(s[len(r.prefix):], c, sc)
	case !r.rest.quick(s[t.starts[arnParts-1]:], c, sc):
		return false
	}
	for i := range r.parts {
		n := arnParts - 1 - len(r.parts) + i
		if !r.parts[i].quick(s[t.starts[n]:t.starts[n+1]-1], c, sc) {
			return false
		}
	}
	return true
}

// matchParts keeps the offsets at which the next part may begin: one, until a
// part that crosses colons makes it all that follow.
func (r *resourcePattern) matchParts(s string, c *Context, sc *scratch) bool {
	starts := append(sc.starts[:0], 0)
	for i := range r.parts {
		starts = r.parts[i].step(starts, s, c, sc)
	}
	sc.starts = starts
	for _, start := range starts {
		sc.effort.steps++
		if r.rest.quick(s[start:], c, sc) {
			return true
		}
	}
	return false
}

// step turns the offsets at which the part may begin, in rising order, into those at
// which the next part may begin.
func (p *partPattern) step(starts []int, s string, c *Context, sc *scratch) []int {
	n := 0
	for _, start := range starts {
		end := strings.IndexByte(s[start:], ':')
		if end < 0 {
			break
		}
		sc.effort.steps++
		if !p.quick(s[start:start+end], c, sc) {
			continue
		}
		if p.crosses {
			starts = startsFrom(starts[:0], s, start+end)
			sc.effort.steps += len(starts)
			return starts
		}
		starts[n] = start + end + 1
		n++
	}
	return starts[:n]
}

// startsFrom appends the offset after each colon of s, beginning at from.
func startsFrom(starts []int, s string, from int) []int {
	for i := from; i < len(s); i++ {
		if s[i] == ':' {
			starts = append(starts, i+1)
		}
	}
	return starts
}
