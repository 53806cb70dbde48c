package pattern

import (
	"fmt"
	"strings"
)

// anythingBut compiles what is not wanted: one value or a list, or an operator on
// strings with one value or a list.
func (c *compiler) anythingBut(v *value) test {
	if !v.isObject {
		return c.butValues(v)
	}
	if len(v.names) != 1 {
		c.fail(v.at, "anything-but takes one operator, not %d", len(v.names))
		return nil
	}
	operator, operand := v.names[0], v.elements[0]
	switch operator.text {
	case "prefix", "suffix", "wildcard", "equals-ignore-case":
	default:
		c.fail(operator.at, "anything-but takes prefix, suffix, wildcard or equals-ignore-case, not %q", operator.text)
		return nil
	}
	var none not
	c.within(operator.text, func() {
		for _, e := range c.oneOrMore(operand) {
			if s, ok := e.scalar.(string); ok && s == "" && !strings.HasPrefix(operator.text, "equals") {
				c.fail(e.at, "anything-but with an empty %s matches no string; leave it out", operator.text)
			}
			none = append(none, c.onText(operator.text, e))
		}
	})
	return none
}

// butValues are strings alone or numbers alone, as AWS has it.
func (c *compiler) butValues(v *value) test {
	var none not
	kind := ""
	for _, e := range c.oneOrMore(v) {
		scalar := c.scalar(e)
		this := fmt.Sprintf("%T", scalar)
		switch scalar.(type) {
		case string, number:
		default:
			c.fail(e.at, "anything-but takes strings or numbers")
		}
		if kind != "" && this != kind {
			c.fail(e.at, "the list of anything-but has strings and numbers; AWS takes one kind in a list")
		}
		kind = this
		none = append(none, exact{scalar})
	}
	return none
}

// oneOrMore are the elements of a list, or a value that is not one.
func (c *compiler) oneOrMore(v *value) []*value {
	if !v.isArray {
		return []*value{v}
	}
	if len(v.elements) == 0 {
		c.fail(v.at, "the list is empty; put in it what is not wanted")
	}
	return v.elements
}
