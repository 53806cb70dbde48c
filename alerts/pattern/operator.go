package pattern

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
)

// test is what one element of a list wants of a value.
type test interface {
	// match reports whether a value that is not an object or array is as wanted.
	match(v any) bool
}

// absent is the test {"exists": false}: the field has no value. It is asked of a
// field, and not of a value.
type absent struct{}

func (absent) match(any) bool { return false }

type (
	present struct{}
	exact   struct{ scalar any } // string, number, bool or nil
	text    func(string) bool    // matches strings only
	not     []test               // matches what none of them does
)

func (present) match(any) bool { return true }

func (e exact) match(v any) bool {
	want, ok := e.scalar.(number)
	if !ok {
		switch v.(type) {
		case map[string]any, []any:
			return false // not comparable
		}
		return e.scalar == v
	}
	got, ok := numberOf(v)
	return ok && got == want
}

func (t text) match(v any) bool {
	s, ok := v.(string)
	return ok && t(s)
}

func (n not) match(v any) bool {
	for _, t := range n {
		if t.match(v) {
			return false
		}
	}
	return true
}

// tests compiles the list of a field.
func (c *compiler) tests(v *value) []test {
	if len(v.elements) == 0 {
		c.fail(v.at, "the list is empty, so nothing can match; put what is wanted in it")
	}
	list := make([]test, 0, len(v.elements))
	for i, e := range v.elements {
		c.within(strconv.Itoa(i), func() { list = append(list, c.test(e)) })
	}
	return list
}

func (c *compiler) test(v *value) test {
	switch {
	case v.isArray:
		c.fail(v.at, "a list is in a list; values are in one list, of which one must match")
	case !v.isObject:
		return exact{c.scalar(v)}
	case len(v.names) != 1:
		c.fail(v.at, "the object has %d members; an operator stands alone, as in {\"prefix\": \"Create\"}", len(v.names))
	default:
		return c.operator(v.names[0], v.elements[0])
	}
	return nil
}

// operator compiles an operator with its operand.
func (c *compiler) operator(n name, v *value) (t test) {
	c.within(n.text, func() {
		switch n.text {
		case "exists":
			t = c.exists(v)
		case "anything-but":
			t = c.anythingBut(v)
		case "numeric":
			t = c.numeric(v)
		case "cidr":
			t = c.cidr(v)
		case "prefix", "suffix":
			if v.isObject && len(v.names) == 1 && v.names[0].text == "equals-ignore-case" {
				t = c.onText(n.text+" of equals-ignore-case", v.elements[0])
				return
			}
			t = c.onText(n.text, v)
		case "equals-ignore-case", "wildcard":
			t = c.onText(n.text, v)
		default:
			c.fail(n.at, "%q is not an operator; the operators are %s", n.text, strings.Join(operators, ", "))
		}
	})
	return t
}

// onText compiles an operator whose operand is a string.
func (c *compiler) onText(operator string, v *value) test {
	want, ok := v.scalar.(string)
	if !ok {
		c.fail(v.at, "%s needs a string", operator)
		return nil
	}
	switch operator {
	case "prefix":
		return text(func(s string) bool { return strings.HasPrefix(s, want) })
	case "suffix":
		return text(func(s string) bool { return strings.HasSuffix(s, want) })
	case "wildcard":
		w, err := compileWildcard(want)
		if err != nil {
			c.fail(v.at, "the wildcard %q is not one: %s", want, err)
		}
		return text(w.match)
	}
	want = fold(want)
	switch operator {
	case "prefix of equals-ignore-case":
		return text(func(s string) bool { return strings.HasPrefix(fold(s), want) })
	case "suffix of equals-ignore-case":
		return text(func(s string) bool { return strings.HasSuffix(fold(s), want) })
	}
	return text(func(s string) bool { return fold(s) == want })
}

func (c *compiler) exists(v *value) test {
	switch v.scalar {
	case true:
		return present{}
	case false:
		return absent{}
	}
	c.fail(v.at, "exists needs true or false")
	return nil
}

func (c *compiler) cidr(v *value) test {
	s, _ := v.scalar.(string)
	block, err := netip.ParsePrefix(s)
	if err != nil {
		c.fail(v.at, "cidr needs a block of addresses as a string, such as \"10.0.0.0/24\" or \"2001:db8::/32\"")
	}
	return text(func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && block.Contains(a)
	})
}

// scalar is the value as it is compared.
func (c *compiler) scalar(v *value) any {
	if v.isObject || v.isArray {
		c.fail(v.at, "a string or a number is needed here")
		return nil
	}
	n, ok := v.scalar.(json.Number)
	if !ok {
		return v.scalar
	}
	x, ok := numberOf(n)
	if !ok {
		c.fail(v.at, "the number %s is too large", n)
	}
	return x
}

// shown is a value as a fault quotes it.
func shown(v *value) string {
	s, err := json.Marshal(v.scalar)
	if err != nil || len(s) > 60 {
		return "..."
	}
	return string(s)
}
