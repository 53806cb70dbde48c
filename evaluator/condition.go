package evaluator

import (
	"cmp"
	"strconv"
	"strings"
)

// truth is the outcome of a condition. A condition with an error keeps an Allow from
// applying and makes a Deny apply (recorded).
type truth uint8

const (
	no truth = iota
	yes
	erring
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// condition is one key under one operator, compiled. One of the slices of
// values is used, by family.
type condition struct {
	operator
	key      string
	count    int // of values
	patterns []pattern
	set      map[string]struct{} // the patterns or ARNs without special texts, if there are many values
	*literals
}

// literals are the values of operators that do not compare text.
type literals struct {
	arns     []arnPattern
	numbers  []number // sorted; what is not a number never matches
	dates    []int64  // sorted; what is not a date never matches
	networks []networkValue
	indexed  *networkSet // used instead, if there are many
}

// networkValue is a value that may be malformed: then it never matches.
type networkValue struct {
	network
	ok bool
}

// compileCondition compiles a condition; Parse has refused unknown operators.
func compileCondition(c *Condition, version string) condition {
	op, _ := parseOperator(c.Operator)
	if version != Version2012 {
		op.syntax &^= variables
	}
	k := condition{operator: op, key: c.Key, count: len(c.Values)}
	if k.compared() {
		k.patterns = make([]pattern, 0, len(c.Values))
	} else {
		k.literals = new(literals)
	}
	for i := range c.Values {
		k.add(c.Values[i].Value)
	}
	k.index()
	return k
}

// compared reports whether the operator compares text.
func (op *operator) compared() bool {
	switch op.family {
	case familyARN, familyNumeric, familyDate, familyIP:
		return false
	}
	return true
}

func (k *condition) add(value string) {
	switch k.family {
	case familyARN:
		k.arns = append(k.arns, compileARN(value, k.syntax))
	case familyNumeric:
		if n, ok := parseNumber(value); ok {
			k.numbers = append(k.numbers, n)
		}
	case familyDate:
		if ms, ok := parseDate(value); ok {
			k.dates = append(k.dates, ms)
		}
	case familyIP:
		n, ok := parseNetwork(value)
		k.networks = append(k.networks, networkValue{n, ok})
	default:
		k.patterns = append(k.patterns, compilePattern(value, k.syntax))
	}
}

// eval decides the condition for a request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
func (k *condition) eval(e *evaluation) truth {
	values, multi, present := e.req.Context.Lookup(k.key)
	if multi && len(values) == 0 {
		present = false // an empty list counts as an absent key
	}
	if k.family == familyNull {
		return truthOf(k.null(present))
	}
	if !present {
		return truthOf(k.absent())
	}
	if k.count == 0 {
		return no // inferred: what AWS says of lists without values contradicts itself
	}
	switch {
	case k.quantifier == forAllValues:
		return k.all(values, e)
	case k.quantifier == forAnyValue:
		return k.any(values, e)
	case multi:
		return no // negated operators too (recorded)
	}
	return k.matches(values[0], e)
}

// unquantified reports whether the condition cannot hold for a list of values.
func (k *condition) unquantified() bool { return k.quantifier == single && k.family != familyNull }

// null decides the Null operator, whose values mean "true" or else "false".
// ForAllValues:Null is always true and ForAnyValue:Null always false
// (access-analyzer-reference-policy-checks).
func (k *condition) null(present bool) bool {
	if k.quantifier != single {
		return k.quantifier == forAllValues
	}
	for i := range k.patterns {
		if strings.EqualFold(k.patterns[i].text, "true") != present {
			return true
		}
	}
	return false
}

// absent decides the condition for a key that the request lacks.
func (k *condition) absent() bool {
	switch {
	case k.ifExists, k.quantifier == forAllValues:
		return true
	case k.quantifier == forAnyValue, k.count == 0:
		return false
	}
	return k.negated
}

// all requires that every value of the request matches. A value that does not match
// decides, even if another one is an error.
func (k *condition) all(values []string, e *evaluation) truth {
	result := yes
	for _, v := range values {
		switch k.matches(v, e) {
		case no:
			return no
		case erring:
			result = erring
		}
	}
	return result
}

// any requires that some value of the request matches.
func (k *condition) any(values []string, e *evaluation) truth {
	result := no
	for _, v := range values {
		switch k.matches(v, e) {
		case yes:
			return yes
		case erring:
			result = erring
		}
	}
	return result
}

// matches compares one value of the request with the policy's values: with
// some of them, or, if the operator is negated, with none.
func (k *condition) matches(v string, e *evaluation) truth {
	if e.over(k.tries()) {
		return no
	}
	sc := &e.res.scratch
	var found bool
	switch k.family {
	case familyString:
		found = k.has(v, sc) || k.anyPattern(func(p *pattern) bool { return p.match(v, e.req.Context, sc) })
	case familyIgnoreCase:
		found = k.has(v, sc) || k.anyPattern(func(p *pattern) bool { return p.equalIgnoreCase(v, e.req.Context, sc) })
	case familyBool:
		want := strings.EqualFold(v, "true")
		found = k.has(strconv.FormatBool(want), sc) || k.anyPattern(func(p *pattern) bool { return p.isBool(want, e.req.Context, sc) })
	case familyBinary:
		found = isBase64(v) && (k.has(v, sc) || k.anyPattern(func(p *pattern) bool { return p.text == v }))
	case familyNumeric:
		return k.numeric(v, e)
	case familyDate:
		found = k.date(v)
	case familyARN:
		return k.arn(v, e)
	default:
		return k.ip(v, e)
	}
	return truthOf(found != k.negated)
}

func (k *condition) anyPattern(f func(*pattern) bool) bool {
	for i := range k.patterns {
		if f(&k.patterns[i]) {
			return true
		}
	}
	return false
}

// isBool compares with "true": in any case it is true and every other value is false, on
// both sides (recorded).
func (p *pattern) isBool(want bool, c *Context, sc *scratch) bool {
	if p.shape == shapeVariables {
		if _, ok := p.fill(c, sc); !ok {
			return false
		}
	}
	return p.equalIgnoreCase("true", c, sc) == want
}

func (p *pattern) equalIgnoreCase(v string, c *Context, sc *scratch) bool {
	if p.shape != shapeVariables {
		return equalIgnoreCase(p.text, v)
	}
	tokens, ok := p.fill(c, sc)
	if !ok {
		return false
	}
	if len(tokens) == 1 {
		return equalIgnoreCase(tokens[0].text, v)
	}
	if least(tokens) > longestFold*len(v) {
		return false
	}
	return equalIgnoreCase(concat(tokens), v)
}

// isBase64 reports whether s is canonical base-64: padded, without blanks, and
// with zero in the bits that do not count. Only such text matches (recorded),
// so that bytes are equal if the texts are.
func isBase64(s string) bool {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	if len(s)%4 != 0 {
		return false
	}
	body := strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	last := 0
	for i := 0; i < len(body); i++ {
		if last = strings.IndexByte(alphabet, body[i]); last < 0 {
			return false
		}
	}
	switch len(s) - len(body) {
	case 1:
		return last&3 == 0
	case 2:
		return last&15 == 0
	}
	return true
}

// numeric compares numbers. A value that is not a number is never equal, less or greater, so
// NumericNotEquals matches it; the simulator answers no (QuirkNumericNotEquals).
func (k *condition) numeric(v string, e *evaluation) truth {
	n, ok := parseNumber(v)
	if !ok && k.negated {
		return truthOf(!e.quirk(QuirkNumericNotEquals))
	}
	found := ok && k.relation.some(len(k.numbers), func(i int) int { return n.compare(&k.numbers[i]) })
	return truthOf(found != k.negated)
}

// date compares dates. A value that is not a date is never equal, less or greater.
func (k *condition) date(v string) bool {
	ms, ok := parseDate(v)
	return ok && k.relation.some(len(k.dates), func(i int) int { return cmp.Compare(ms, k.dates[i]) })
}

func (r relation) holds(order int) bool { return r&(1<<(order+1)) != 0 }

// ip compares addresses. A value that is not an address matches neither IpAddress nor
// NotIpAddress. A pattern that is not a network is ignored; in the simulator it ends the
// comparison (QuirkBadNetwork).
func (k *condition) ip(v string, e *evaluation) truth {
	a, ok := parseAddress(v)
	if !ok {
		return no
	}
	if k.indexed != nil {
		at := k.indexed.find(a)
		if k.indexed.bad < at && e.quirk(QuirkBadNetwork) {
			return no
		}
		return truthOf((at != absent) != k.negated)
	}
	for i := range k.networks {
		p := &k.networks[i]
		if !p.ok {
			if e.quirk(QuirkBadNetwork) {
				return no
			}
			continue
		}
		if p.contains(a) {
			return truthOf(!k.negated)
		}
	}
	return truthOf(k.negated)
}
