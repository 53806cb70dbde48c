package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// values looks at the values of the conditions of a statement.
func (l *linter) values(s *statement) {
	for _, c := range s.conditions {
		if !c.known {
			continue
		}
		l.typeOfKey(c)
		for _, v := range c.values {
			if _, variable := firstVariable(v.text); !variable {
				l.readable(c, v)
				l.form(c, v)
			}
		}
		l.single(c)
		l.addresses(c)
	}
}

// typed is what values of a type of key are compared with, and AWS's word for it.
type typed struct {
	word  string
	types []evaluator.ValueType
}

// keyTypes: string operators compare ARNs too, as AWS's own examples do.
var keyTypes = map[catalog.KeyType]typed{
	catalog.String:    {"String", []evaluator.ValueType{evaluator.StringValue, evaluator.IgnoreCaseValue}},
	catalog.ARN:       {"ARN", []evaluator.ValueType{evaluator.ARNValue, evaluator.StringValue, evaluator.IgnoreCaseValue}},
	catalog.Numeric:   {"Numeric", []evaluator.ValueType{evaluator.NumericValue}},
	catalog.Date:      {"Date", []evaluator.ValueType{evaluator.DateValue}},
	catalog.Bool:      {"Bool", []evaluator.ValueType{evaluator.BoolValue}},
	catalog.IPAddress: {"IP address", []evaluator.ValueType{evaluator.IPValue}},
}

// typeOfKey compares the operator with the type of its key. The catalogue calls some keys
// with ARNs strings, as the values of tags may be, and the time in seconds a date.
func (l *linter) typeOfKey(c *condition) {
	k, ok := l.names.key(c.key)
	if !ok || c.op.Type == evaluator.NullValue || slices.Contains(keyTypes[k.Type].types, c.op.Type) {
		return
	}
	name := lower(k.Name)
	if c.op.Type == evaluator.ARNValue && (strings.Contains(name, "arn") || strings.ContainsAny(name, "$<")) ||
		c.op.Type == evaluator.NumericValue && name == "aws:epochtime" {
		return
	}
	l.report(TypeMismatch, c.at, keyTypes[k.Type].word, c.name, c.key)
}

// readable looks for a value that the operator cannot read.
func (l *linter) readable(c *condition, v value) {
	reads := c.op.Reads(v.text)
	switch c.op.Type {
	case evaluator.BoolValue, evaluator.NullValue:
		if !strings.EqualFold(v.text, "true") && !strings.EqualFold(v.text, "false") {
			l.report(TypeMismatchBoolean, v.spot, c.name)
		}
	case evaluator.DateValue:
		if !reads {
			l.report(TypeMismatchDate, v.spot)
		} else if !plainDate(v.text) {
			l.report(InvalidDateValue, v.spot, v.text)
		}
	case evaluator.IPValue:
		if !reads {
			l.report(TypeMismatchIPRange, v.spot, c.name)
		}
	case evaluator.NumericValue:
		if !reads {
			l.report(TypeMismatchNumber, v.spot, c.name)
		}
	case evaluator.BinaryValue:
		if !reads {
			l.report(TypeMismatchString, v.spot, c.name)
		}
	}
}

// shortestEpoch is how many digits seconds since 1970 have that are not meant as a year.
const shortestEpoch = 9

// plainDate reports whether a date that can be read is in the form YYYY-MM-DD, with a time
// or without, or in seconds. "2030" is seconds too, which nobody means.
func plainDate(s string) bool {
	if strings.Trim(s, "0123456789") == "" {
		return len(s) >= shortestEpoch
	}
	const form = "0000-00-00"
	if len(s) < len(form) {
		return false
	}
	for i := range len(form) {
		if digit := s[i] >= '0' && s[i] <= '9'; digit != (form[i] == '0') || !digit && s[i] != '-' {
			return false
		}
	}
	return true
}

// form looks for texts that cannot be values of the key, and wildcards that are not.
func (l *linter) form(c *condition, v value) {
	text := c.op.Type == evaluator.StringValue || c.op.Type == evaluator.IgnoreCaseValue
	if text && !c.op.Wildcards && isPattern(unescaped(v.text)) {
		l.report(WildcardWithoutLikeOperator, v.spot)
		return
	}
	if !text || isPattern(v.text) {
		return
	}
	switch lower(c.key) {
	case "aws:requestedregion":
		if !sigv4.ValidRegion(v.text) {
			l.report(InvalidRegion, v.spot, v.text)
		}
	case "aws:sourcevpc":
		if !isResourceID(v.text, "vpc-") {
			l.report(InvalidVPCFormat, v.spot)
		}
	case "aws:sourcevpce":
		if !isResourceID(v.text, "vpce-") {
			l.report(InvalidVPCEFormat, v.spot)
		}
	}
}

// unescaped is a string without the escapes of wildcards.
func unescaped(s string) string { return strings.NewReplacer("${*}", "", "${?}", "").Replace(s) }

// isResourceID reports whether s is the prefix and 8 or 17 letters and digits.
func isResourceID(s, prefix string) bool {
	id, ok := strings.CutPrefix(s, prefix)
	return ok && (len(id) == 8 || len(id) == 17) && !strings.ContainsFunc(id, notAlphanumeric)
}

// single looks for several values of which one decides.
func (l *linter) single(c *condition) {
	if len(c.values) < 2 || c.op.Type != evaluator.NumericValue || c.op.Quantifier != "" {
		return
	}
	switch {
	case strings.Contains(c.op.Name, "LessThan"):
		l.report(RedundantConditionValueNum, c.body, c.name, "greatest", c.key)
	case strings.Contains(c.op.Name, "GreaterThan"):
		l.report(RedundantConditionValueNum, c.body, c.name, "least", c.key)
	}
}
