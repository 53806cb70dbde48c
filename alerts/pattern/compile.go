package pattern

import (
	"fmt"
	"slices"
	"strconv"
)

// object is the pattern of an object. All of it must match.
type object struct {
	fields []field
	ors    [][]*object // of each, one must match
}

// field is the pattern of a field: a list of tests of which one must match, or an
// object.
type field struct {
	name   string
	tests  []test
	object *object // nil: tests count
}

// compiler makes objects of values. It keeps the first fault.
type compiler struct {
	text         []byte
	path         []string
	fault        *Fault
	combinations int
}

func (c *compiler) fail(at int, format string, args ...any) {
	if c.fault != nil {
		return
	}
	line, column := place(c.text, at)
	c.fault = &Fault{Path: slices.Clone(c.path), Line: line, Column: column, Sentence: fmt.Sprintf(format, args...)}
}

// within does something with a step of the path.
func (c *compiler) within(step string, do func()) {
	c.path = append(c.path, step)
	do()
	c.path = c.path[:len(c.path)-1]
}

func (c *compiler) top(v *value) *object {
	if !v.isObject {
		c.fail(v.at, "a pattern is an object, such as {\"source\": [\"aws.iam\"]}")
		return nil
	}
	c.combinations = 1
	return c.object(v)
}

func (c *compiler) object(v *value) *object {
	o := &object{}
	if len(v.names) == 0 {
		c.fail(v.at, "the object is empty, and AWS refuses it; name a field in it, or leave it out")
	}
	seen := map[string]bool{}
	for i, n := range v.names {
		c.within(n.text, func() {
			if seen[n.text] {
				c.fail(n.at, "the field %q is there twice; put what is wanted of it in one list", n.text)
			}
			seen[n.text] = true
			c.member(o, n.text, v.elements[i])
		})
	}
	return o
}

// member adds a member of an object.
func (c *compiler) member(o *object, name string, v *value) {
	switch {
	case c.fault != nil:
	case v.isObject:
		o.fields = append(o.fields, field{name: name, object: c.object(v)})
	case isOr(name, v):
		o.ors = append(o.ors, c.or(v))
	case v.isArray:
		o.fields = append(o.fields, field{name: name, tests: c.tests(v)})
	default:
		c.fail(v.at, "the value is not in a list; write [%s]", shown(v))
	}
}

// operators are the names that "$or" is not used with: AWS takes "$or" for the name
// of a field then.
var operators = []string{"prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "cidr", "exists"}

// isOr reports whether a member is a list of alternatives. AWS takes "$or" for the
// name of a field unless its value is a list of two or more objects, and none has a
// field with the name of an operator.
func isOr(name string, v *value) bool {
	if name != "$or" || !v.isArray || len(v.elements) < 2 {
		return false
	}
	for _, e := range v.elements {
		if !e.isObject || slices.ContainsFunc(operators, e.has) {
			return false
		}
	}
	return true
}

func (v *value) has(member string) bool {
	return slices.ContainsFunc(v.names, func(n name) bool { return n.text == member })
}

// or compiles alternatives, and counts the combinations: all of one "$or" with all
// of another.
func (c *compiler) or(v *value) []*object {
	list := make([]*object, 0, len(v.elements))
	before, sum := c.combinations, 0
	for i, e := range v.elements {
		c.combinations = 1
		c.within(strconv.Itoa(i), func() { list = append(list, c.object(e)) })
		sum = min(sum+c.combinations, MaxCombinations+1)
	}
	if c.combinations = before * sum; c.combinations > MaxCombinations {
		c.fail(v.at, "the alternatives of $or make more than %d combinations; make several rules of the pattern", MaxCombinations)
		c.combinations = MaxCombinations + 1
	}
	return list
}
