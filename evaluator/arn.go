package evaluator

import "strings"

// arnPattern is a value of an ARN operator. Value and pattern are split at
// their first five colons and matched part by part; ArnEquals does what ArnLike does.
// A variable fills a part, or is the whole ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
type arnPattern struct {
	parts []partPattern // the first five, or nil
	rest  pattern
	whole pattern // a lone variable
	ok    bool    // false: no ARN, which is an error of the condition
}

func compileARN(s string, sx syntax) arnPattern {
	parts, n := splitARN(s, sx)
	if s == "*" { // taken for every ARN (inferred: AWS's own examples use it)
		parts, n = [arnParts]string{"arn", "*", "*", "*", "*", "*"}, arnParts
	}
	if n == arnParts {
		a := arnPattern{ok: true, parts: make([]partPattern, arnParts-1), rest: compilePattern(parts[arnParts-1], sx)}
		for i := range a.parts {
			a.parts[i].pattern = compilePattern(parts[i], sx) // none runs over a colon
		}
		return a
	}
	whole := compilePattern(s, sx)
	lone := whole.shape == shapeVariables && len(whole.tokens) == 1
	return arnPattern{whole: whole, ok: lone}
}

// isARN reports whether s has the form of an ARN.
func isARN(s string) bool {
	return strings.HasPrefix(s, "arn:") && strings.Count(s, ":") >= arnParts-1
}

// arn: a value that is no ARN matches neither ArnLike nor ArnNotLike. Patterns
// are tried in order; one that is no ARN is an error, unless a match before it has decided (recorded).
func (k *condition) arn(v string, e *evaluation) truth {
	if !isARN(v) {
		return no
	}
	for i := range k.arns {
		switch k.arns[i].match(v, e.req.Context, &e.res.scratch) {
		case yes:
			return truthOf(!k.negated)
		case erring:
			return erring
		}
	}
	return truthOf(k.negated)
}

func (a *arnPattern) match(v string, c *Context, sc *scratch) truth {
	switch {
	case !a.ok:
		return erring
	case a.parts == nil:
		return a.matchWhole(v, c)
	case sc.effort.begin(v):
		if ok := a.quick(v, c, sc); !sc.effort.over() {
			return truthOf(ok)
		}
	}
	x := sc.taker(c, false)
	return truthOf(x.matchParts(0, a.parts, &a.rest))
}

// quick is match with a bound, as that of a pattern is.
func (a *arnPattern) quick(v string, c *Context, sc *scratch) bool {
	for i := range a.parts {
		var part string
		part, v, _ = strings.Cut(v, ":")
		if !a.parts[i].quick(part, c, sc) {
			return false
		}
	}
	return a.rest.quick(v, c, sc)
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
