package services

// condition is a node of the condition after WHERE, as far as it says which items are wanted.
type condition struct {
	kind     conditionKind
	children []*condition
	path     string   // of equals, or of an operand
	values   []string // the values that the path may have; or those of an operand
}

type conditionKind uint8

const (
	anyCondition     conditionKind = iota // does not limit single attributes
	andCondition                          // all children hold
	orCondition                           // one child holds
	equalCondition                        // the attribute has one of the values
	attributeOperand                      // operand: an attribute of the top level
	constantOperand                       // operand: a value
)

var noCondition = &condition{}

// pins returns the values that the attribute can have if c is true, and false if c does not limit
// them. Both values of "a = 1 AND a = 2" are returned: no item is found, and a policy must allow
// both.
func (c *condition) pins(name string) ([]string, bool) {
	switch c.kind {
	case equalCondition:
		return c.values, c.path == name
	case andCondition:
		return c.pinsBoth(name)
	case orCondition:
		return c.pinsEither(name)
	}
	return nil, false
}

func (c *condition) pinsBoth(name string) (values []string, pinned bool) {
	for _, child := range c.children {
		if v, ok := child.pins(name); ok {
			values, pinned = append(values, v...), true
		}
	}
	return values, pinned
}

func (c *condition) pinsEither(name string) (values []string, pinned bool) {
	for _, child := range c.children {
		v, ok := child.pins(name)
		if !ok {
			return nil, false
		}
		values = append(values, v...)
	}
	return values, true
}

// compared returns the attributes that c compares with values.
func (c *condition) compared() []string {
	var names []string
	if c.kind == equalCondition {
		names = append(names, c.path)
	}
	for _, child := range c.children {
		names = append(names, child.compared()...)
	}
	return names
}

// equal returns the condition that two operands are equal.
func equal(a, b *condition) *condition {
	if a.kind == constantOperand {
		a, b = b, a
	}
	if a.kind != attributeOperand || b.kind != constantOperand {
		return noCondition
	}
	return &condition{kind: equalCondition, path: a.path, values: b.values}
}
