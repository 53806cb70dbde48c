package evaluator

import (
	"iter"
	"strings"
)

// The pieces of statements, each by itself, for packages that examine documents without
// deciding requests. They read and match exactly as Evaluate does.

// ValueType is the type of the values of a condition operator.
type ValueType uint8

// The types of values.
const (
	NullValue       = ValueType(familyNull)
	StringValue     = ValueType(familyString)
	IgnoreCaseValue = ValueType(familyIgnoreCase)
	ARNValue        = ValueType(familyARN)
	NumericValue    = ValueType(familyNumeric)
	DateValue       = ValueType(familyDate)
	BoolValue       = ValueType(familyBool)
	BinaryValue     = ValueType(familyBinary)
	IPValue         = ValueType(familyIP)
)

// Operator is a condition operator taken apart.
type Operator struct {
	Name       string // without prefix and suffix, such as "StringLike"
	Quantifier string // "ForAnyValue", "ForAllValues", or empty
	IfExists   bool
	Type       ValueType
	Negated    bool // it holds for a value that none of its own matches
	Wildcards  bool // "*" and "?" in its values are wildcards
	Variables  bool // its values may have policy variables
}

// ParseOperator takes apart the name of a condition operator, such as
// "ForAnyValue:StringLikeIfExists"; false if there is no operator of the name.
func ParseOperator(name string) (Operator, bool) {
	op, ok := parseOperator(name)
	if !ok {
		return Operator{}, false
	}
	base, quantifier := name, ""
	if before, after, found := strings.Cut(name, ":"); found {
		quantifier, base = before, after
	}
	return Operator{
		Name: strings.TrimSuffix(base, "IfExists"), Quantifier: quantifier, IfExists: op.ifExists,
		Type: ValueType(op.family), Negated: op.negated,
		Wildcards: op.syntax&wildcards != 0, Variables: op.syntax&variables != 0,
	}, true
}

// Reads reports whether the operator can read a value. A value that it cannot read never
// matches, or is an error of the condition.
func (o Operator) Reads(value string) bool { return family(o.Type).reads(value) }

// NearestOperator returns the operator whose name is nearest to a name that no operator has;
// empty if none is near.
func NearestOperator(name string) string { return nearest(name, operatorsLike(name)) }

// ResourcePattern is an entry of Resource or NotResource. It is immutable.
type ResourcePattern struct{ pattern resourcePattern }

// NewResourcePattern compiles an entry of Resource or NotResource of a document of
// the version.
func NewResourcePattern(text, version string) *ResourcePattern {
	sx := wildcards
	if version == Version2012 {
		sx |= variables
	}
	return &ResourcePattern{compileResource(text, sx)}
}

// Matches reports whether the entry covers the resource in a request without condition
// keys, in which variables have no values.
func (p *ResourcePattern) Matches(resource string) bool {
	t := newTarget(resource)
	var sc scratch
	return p.pattern.match(&t, nil, &sc)
}

// Variable is what a string has where a policy variable begins.
type Variable struct {
	From, To int    // in the text; if it is not well formed, those of its first two characters
	Key      string // such as "aws:username"
	Escape   bool   // "${*}", "${?}" or "${$}"

	// WellFormed says that it is a variable. Otherwise it is ordinary text.
	WellFormed bool
}

// Variables yields each "${" of a string that a document of version 2012-10-17 may have.
func Variables(text string) iter.Seq[Variable] {
	return func(yield func(Variable) bool) {
		d := defaults{len(text)}
		for at := 0; ; {
			i := strings.Index(text[at:], "${")
			if i < 0 {
				return
			}
			from := at + i
			v, size, ok := cutVariable(text[from:], &d)
			if !ok {
				v, size = variable{}, len("${")
			}
			at = from + size
			if !yield(Variable{from, at, v.key, v.escape, ok}) {
				return
			}
		}
	}
}
