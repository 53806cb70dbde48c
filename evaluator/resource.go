package evaluator

import "strings"

// resourcePattern is an entry of Resource or NotResource. The first five parts
// of an ARN are matched part by part, the remainder as one text, in which "*"
// crosses slashes and colons. A "*" that ends a part may run over the colons
// behind it. A short ARN is completed with "*".
//
// Variables fill a part, the remainder, or stand for the whole ARN; a value
// with colons does not fill a part (recorded).
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
type resourcePattern struct {
	prefix string        // leading parts without wildcards, with their colons
	parts  []partPattern // the other ones of the first five
	rest   pattern       // the remainder; all of the text if it is no ARN
}

type partPattern struct {
	pattern
	crosses bool // ends in "*"
}

const arnParts = 6

func compileResource(s string, sx syntax) resourcePattern {
	parts := splitARN(s, sx)
	if parts == nil {
		return resourcePattern{rest: compilePattern(s, sx)}
	}
	var r resourcePattern
	for _, part := range parts[:arnParts-1] {
		p := compilePattern(part, sx)
		if len(r.parts) == 0 && p.shape == shapeLiteral {
			r.prefix += p.text + ":"
			continue
		}
		r.parts = append(r.parts, partPattern{p, strings.HasSuffix(part, "*")})
	}
	r.rest = compilePattern(parts[arnParts-1], sx)
	return r
}

// splitARN splits s at its first five colons outside variables and completes
// it with "*"; nil if s does not begin like an ARN.
func splitARN(s string, sx syntax) []string {
	if !strings.HasPrefix(s, "arn:") {
		return nil
	}
	parts := make([]string, 0, arnParts)
	start := 0
	for i := 0; i < len(s) && len(parts) < arnParts-1; i++ {
		if s[i] == '$' && sx&variables != 0 {
			if _, size, ok := cutVariable(s[i:]); ok {
				i += size - 1
			}
		} else if s[i] == ':' {
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	parts = append(parts, s[start:])
	for len(parts) < arnParts {
		parts = append(parts, "*")
	}
	return parts
}

func (r *resourcePattern) match(s string, c *Context, sc *scratch) bool {
	rest, ok := strings.CutPrefix(s, r.prefix)
	if !ok {
		return false
	}
	if len(r.parts) == 0 {
		return r.rest.match(rest, c, sc)
	}
	return r.matchParts(rest, c, sc)
}

// matchParts keeps the offsets at which the next part may begin: one, until a
// part that crosses colons makes it all that follow.
func (r *resourcePattern) matchParts(s string, c *Context, sc *scratch) bool {
	starts := append(sc.starts[:0], 0)
	defer func() { sc.starts = starts[:0] }()
	for i := range r.parts {
		p := &r.parts[i]
		n := 0
		for k := 0; k < len(starts); k++ {
			start := starts[k]
			end := strings.IndexByte(s[start:], ':')
			if end < 0 || !p.match(s[start:start+end], c, sc) {
				continue
			}
			if p.crosses {
				starts, n = startsFrom(starts[:0], s, start+end), -1
				break
			}
			starts[n] = start + end + 1
			n++
		}
		if n >= 0 {
			starts = starts[:n]
		}
	}
	for _, start := range starts {
		if r.rest.match(s[start:], c, sc) {
			return true
		}
	}
	return false
}

// startsFrom appends the offset behind each colon of s from the offset on.
func startsFrom(starts []int, s string, from int) []int {
	for i := from; i < len(s); i++ {
		if s[i] == ':' {
			starts = append(starts, i+1)
		}
	}
	return starts
}
