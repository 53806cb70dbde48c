package pattern

import (
	"encoding/json"
	"strconv"
)

// number is a JSON number.
type number float64

// largest is the largest number that numeric compares, and -largest the smallest.
const largest = number(5e9)

// numberOf is the number that a decoded value is.
func numberOf(v any) (number, bool) {
	switch v := v.(type) {
	case float64:
		return number(v), true
	case json.Number:
		x, err := strconv.ParseFloat(string(v), 64)
		return number(x), err == nil
	}
	return 0, false
}

// bounds is a test of numbers: from and to, each inclusive or not.
type bounds struct {
	from, to           number
	fromOpen, toOpen   bool
	hasFrom, hasTo, is bool // is: equal to from
}

func (b *bounds) match(v any) bool {
	x, ok := numberOf(v)
	switch {
	case !ok || x < -largest || x > largest:
		return false
	case b.is:
		return x == b.from
	}
	return (!b.hasFrom || x > b.from || x == b.from && !b.fromOpen) &&
		(!b.hasTo || x < b.to || x == b.to && !b.toOpen)
}

// numericForm is how numeric is used.
const numericForm = `numeric needs a list of a comparison with its number, such as ["=", 3], [">", 0] or [">", 0, "<=", 5]`

// numeric compiles a list of comparisons: "=" alone, or a lower bound, an upper
// bound, or a lower one and an upper one.
func (c *compiler) numeric(v *value) test {
	b := &bounds{}
	if !v.isArray || len(v.elements) == 0 || len(v.elements)%2 != 0 {
		c.fail(v.at, numericForm)
		return b
	}
	for i := 0; i < len(v.elements); i += 2 {
		operator, _ := v.elements[i].scalar.(string)
		n, ok := c.bound(v.elements[i+1])
		if !ok {
			return b
		}
		if !b.add(operator, n) {
			c.fail(v.elements[i].at, numericForm)
		}
	}
	if b.hasFrom && b.hasTo && b.from >= b.to {
		c.fail(v.at, "no number is in the range: the lower bound must be less than the upper one")
	}
	return b
}

func (c *compiler) bound(v *value) (number, bool) {
	n, ok := numberOf(v.scalar)
	switch {
	case !ok:
		c.fail(v.at, numericForm)
		return 0, false
	case n < -largest || n > largest:
		c.fail(v.at, "numeric compares numbers from -5.0e9 to 5.0e9, which this one is not")
		return 0, false
	}
	return n, true
}

// add adds a comparison; false: it does not go with those before.
func (b *bounds) add(operator string, n number) bool {
	switch operator {
	case "=":
		if b.is || b.hasFrom || b.hasTo {
			return false
		}
		b.is, b.from = true, n
	case ">", ">=":
		if b.is || b.hasFrom || b.hasTo {
			return false
		}
		b.hasFrom, b.from, b.fromOpen = true, n, operator == ">"
	case "<", "<=":
		if b.is || b.hasTo {
			return false
		}
		b.hasTo, b.to, b.toOpen = true, n, operator == "<"
	default:
		return false
	}
	return true
}
