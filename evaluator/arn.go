package evaluator

import "strings"

// arnPattern is a value of an ARN operator. Value and pattern are split at
// their first five colons and matched part by part; ArnEquals does what ArnLike does.
// A variable fills a part, or is the whole ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
type arnPattern struct {
	head  string        // the first parts, as far as they are literal, with their colons
	parts []partPattern // the others of the first five
	rest  pattern
	whole pattern // a lone variable
	ok    bool    // false: not an ARN, which is an error of the condition
}

func compileARN(s string, sx syntax) arnPattern {
	if s == "*" { // matches every ARN (inferred: AWS's own examples use it)
		s = "arn:*:*:*:*:*"
	}
	parts, n := splitARN(s, sx)
	if n == arnParts {
		return compileParts(s, parts, sx)
	}
	whole := compilePattern(s, sx)
	if whole.shape != shapeVariables || len(whole.tokens) != 1 {
		return arnPattern{}
	}
	return arnPattern{whole: whole, ok: true}
}

// compileParts compiles an ARN that has all its parts.
func compileParts(s string, parts [arnParts]string, sx syntax) arnPattern {
	a := arnPattern{ok: true, rest: compilePattern(parts[arnParts-1], sx)}
	for _, part := range parts[:arnParts-1] {
		if len(a.parts) == 0 && specials(part, sx) == 0 {
			a.head = s[:len(a.head)+len(part)+1]
			continue
		}
		a.parts = append(a.parts, partPattern{pattern: compilePattern(part, sx)}) // none extends over a colon
	}
	return a
}

// lone reports whether the value is a lone variable.
func (a *arnPattern) lone() bool { return len(a.whole.tokens) > 0 }

// isARN reports whether s has the form of an ARN.
func isARN(s string) bool {
	return strings.HasPrefix(s, "arn:") && strings.Count(s, ":") >= arnParts-1
}

// arn: a value that is not an ARN matches neither ArnLike nor ArnNotLike. Patterns
// are tried in order; one that is not an ARN is an error, unless a match before it has decided (recorded).
func (k *condition) arn(v string, e *evaluation) truth {
	if !isARN(v) {
		return no
	}
	sc := &e.res.scratch
	if k.has(v, sc) {
		return truthOf(!k.negated)
	}
	t := newTarget(v)
	for i := range k.arns {
		switch k.arns[i].match(&t, e.req.Context, sc) {
		case yes:
			return truthOf(!k.negated)
		case erring:
			return erring
		}
	}
	return truthOf(k.negated)
}

// match compares the pattern with an ARN.
func (a *arnPattern) match(t *target, c *Context, sc *scratch) truth {
	switch {
	case !a.ok:
		return erring
	case a.lone():
		return a.matchWhole(t.text, c)
	case !strings.HasPrefix(t.text, a.head):
		return no
	case len(a.parts) == 0 && a.rest.shape < shapeGlob:
		return truthOf(a.rest.plain(t.text[len(a.head):]))
	case sc.effort.begin(t.text):
		if ok := a.quick(t, c, sc); !sc.effort.over() {
			return truthOf(ok)
		}
	}
	x := sc.taker(c, false)
	return truthOf(x.matchParts(len(a.head), a.parts, &a.rest))
}

// quick is match with a limited effort, like pattern.quick.
func (a *arnPattern) quick(t *target, c *Context, sc *scratch) bool {
	for i := range a.parts {
		n := arnParts - 1 - len(a.parts) + i
		if !a.parts[i].quick(t.text[t.starts[n]:t.starts[n+1]-1], c, sc) {
			return false
		}
	}
	return a.rest.quick(t.text[t.starts[arnParts-1]:], c, sc)
}

// matchWhole compares with the value of a lone variable, which is literal. A
// variable without a value matches nothing.
func (a *arnPattern) matchWhole(v string, c *Context) truth {
	text, ok := a.whole.tokens[0].variable.value(c)
	switch {
	case !ok:
		return no
	case !isARN(text):
		return erring
	}
	return truthOf(text == v)
}
