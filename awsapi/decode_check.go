package awsapi

import (
	"slices"
	"strconv"
	"strings"
)

// echoed returns the offending value as it is printed by a service that echoes values.
type echoed func() string

func echoString(s string) echoed { return func() string { return "'" + s + "'" } }

func echoNumber(n int64) echoed { return func() string { return "'" + strconv.FormatInt(n, 10) + "'" } }

// echoList prints as Java prints a list (recorded).
func echoList(list []string) echoed {
	return func() string { return "'[" + strings.Join(list, ", ") + "]'" }
}

// null is not in quotes (recorded).
func null() string { return "null" }

// fault notes that a member of the current structure violates a clause. A nil value is not printed.
func (d *decoder) fault(f *fieldPlan, value echoed, clause string) {
	if len(d.faults) == maxFaults {
		return
	}
	member := strings.Join(append(slices.Clip(d.path), f.path), ".")
	var b strings.Builder
	b.WriteString("Value ")
	if (d.echo || f.echo) && value != nil {
		b.WriteString(value() + " ")
	}
	b.WriteString("at '" + member + "' failed to satisfy constraint: " + clause)
	d.faults = append(d.faults, Fault{member, b.String()})
}

func (d *decoder) checkString(f *fieldPlan, s string) {
	c := f.constraint
	if c == nil {
		return
	}
	if !c.shortEnough(s) {
		d.fault(f, echoString(s), c.clauseMaxLength())
	}
	if !c.longEnough(s) {
		d.fault(f, echoString(s), c.clauseMinLength())
	}
	if !c.matches(s) {
		d.mismatch(f, s)
	}
	if !c.isMember(s) {
		d.fault(f, echoString(s), c.clauseEnum())
	}
}

// mismatch notes that a value does not match its pattern.
func (d *decoder) mismatch(f *fieldPlan, s string) {
	switch {
	case f.plain == "":
		d.fault(f, echoString(s), f.constraint.clausePattern())
	case d.plain == nil:
		d.plain = invalidValue(f.path, f.plain)
	}
}

func (d *decoder) checkNumber(f *fieldPlan, n int64) {
	c := f.constraint
	if c == nil {
		return
	}
	if n > c.max {
		d.fault(f, echoNumber(n), c.clauseMaxValue())
	}
	if n < c.min {
		d.fault(f, echoNumber(n), c.clauseMinValue())
	}
}

// checkLength checks the number of a list's or a map's elements. No operation of a service that
// echoes values has a map in its input, so the value of a map is never printed.
func (d *decoder) checkLength(f *fieldPlan, n int, value echoed) {
	c := f.constraint
	if c == nil {
		return
	}
	if int64(n) > c.max {
		d.fault(f, value, c.clauseMaxLength())
	}
	if int64(n) < c.min {
		d.fault(f, value, c.clauseMinLength())
	}
}
