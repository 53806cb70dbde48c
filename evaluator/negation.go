package evaluator

import (
	"slices"
	"strings"
)

// opposites maps operators to those that hold for a value if and only if the first do not.
var opposites = func() map[string]string {
	list := map[string]string{}
	for _, pair := range [...][2]string{
		{"StringEquals", "StringNotEquals"}, {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"}, {"StringLike", "StringNotLike"},
		{"ArnEquals", "ArnNotEquals"}, {"ArnLike", "ArnNotLike"}, {"IpAddress", "NotIpAddress"},
	} {
		list[pair[0]], list[pair[1]] = pair[1], pair[0]
	}
	return list
}()

// Negation returns conditions that all hold in every request in which the condition does not
// hold: in every request that a Deny with only this condition does not deny. It returns none
// if it can prove nothing, as for numbers and dates. If multi is true, requests have a list of
// values for the key, otherwise one value; that of IpAddress is an address, and that of
// ArnLike an ARN.
func (c *Condition) Negation(multi bool) []Condition {
	op, _ := parseOperator(c.Operator)
	switch {
	case len(c.Values) == 0, op.family != familyNull && op.quantifier == single && multi:
		return nil // the condition holds for no value, or for no list
	case op.family == familyNull:
		return c.notNull(op)
	case op.family == familyBool:
		return c.notBool(op)
	}
	name := strings.TrimSuffix(c.Operator[strings.LastIndexByte(c.Operator, ':')+1:], "IfExists")
	opposite, ok := opposites[name]
	if !ok {
		return nil
	}
	list := []Condition{c.with(quantified(op.quantifier, opposite), c.Values)}
	if op.ifExists && !op.negated && op.quantifier == single || op.ifExists && op.quantifier == forAnyValue {
		list = append(list, c.isThere())
	}
	return list
}

// quantified returns the operator with the quantifier that negates the other quantifier.
func quantified(q quantifier, operator string) string {
	switch q {
	case forAllValues:
		return "ForAnyValue:" + operator
	case forAnyValue:
		return "ForAllValues:" + operator
	}
	return operator
}

func (c *Condition) with(operator string, values []Text) Condition {
	return Condition{Operator: operator, Key: c.Key, Values: values, At: c.At}
}

func (c *Condition) isThere() Condition { return c.with("Null", []Text{{Value: "false"}}) }

func (c *Condition) notThere() Condition { return c.with("Null", []Text{{Value: "true"}}) }

// notNull returns the negation of Null, whose values mean that the key is absent, or present.
func (c *Condition) notNull(op operator) []Condition {
	absent, present := c.meanings()
	switch {
	case op.quantifier != single, absent && present:
		return nil
	case absent:
		return []Condition{c.isThere()}
	}
	return []Condition{c.notThere()}
}

// meanings reports whether true and false are among the values.
func (c *Condition) meanings() (isTrue, isFalse bool) {
	for _, v := range c.Values {
		if strings.EqualFold(v.Value, "true") {
			isTrue = true
		} else {
			isFalse = true
		}
	}
	return isTrue, isFalse
}

// notBool returns the negation of Bool, for which every value except true is false.
func (c *Condition) notBool(op operator) []Condition {
	isTrue, isFalse := c.meanings()
	switch {
	case op.quantifier != single, mentionVariable(c.Values):
		return nil
	case isTrue && isFalse && !op.ifExists:
		return []Condition{c.notThere()}
	case isTrue && isFalse:
		return nil
	}
	operator, value := "BoolIfExists", "true"
	if op.ifExists {
		operator = "Bool"
	}
	if isTrue {
		value = "false"
	}
	return []Condition{c.with(operator, []Text{{Value: value}})}
}

func mentionVariable(values []Text) bool {
	return slices.ContainsFunc(values, func(v Text) bool { return strings.Contains(v.Value, "${") })
}
