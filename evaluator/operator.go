package evaluator

import "strings"

// family is how an operator reads and compares values.
type family uint8

const (
	familyNull family = iota
	familyString
	familyIgnoreCase
	familyARN
	familyNumeric
	familyDate
	familyBool
	familyBinary
	familyIP
)

// relation is how the request's value must compare with the policy's under a Numeric or Date
// operator: a set of bits, one for each order.
type relation uint8

const (
	less relation = 1 << iota
	equal
	greater
)

// quantifier is the prefix of an operator.
type quantifier uint8

const (
	single quantifier = iota
	forAnyValue
	forAllValues
)

// operator is a condition operator taken apart.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	family     family
	syntax     syntax   // of its patterns
	relation   relation // of Numeric and Date
	negated    bool
	ifExists   bool
	quantifier quantifier
}

// operators are the names without prefix and suffix. Spelling is exact.
var operators = map[string]operator{
	"StringEquals":              {family: familyString, syntax: variables},
	"StringNotEquals":           {family: familyString, syntax: variables, negated: true},
	"StringEqualsIgnoreCase":    {family: familyIgnoreCase, syntax: variables},
	"StringNotEqualsIgnoreCase": {family: familyIgnoreCase, syntax: variables, negated: true},
	"StringLike":                {family: familyString, syntax: variables | wildcards},
	"StringNotLike":             {family: familyString, syntax: variables | wildcards, negated: true},
	"NumericEquals":             {family: familyNumeric, relation: equal},
	"NumericNotEquals":          {family: familyNumeric, relation: equal, negated: true},
	"NumericLessThan":           {family: familyNumeric, relation: less},
	"NumericLessThanEquals":     {family: familyNumeric, relation: less | equal},
	"NumericGreaterThan":        {family: familyNumeric, relation: greater},
	"NumericGreaterThanEquals":  {family: familyNumeric, relation: greater | equal},
	"DateEquals":                {family: familyDate, relation: equal},
	"DateNotEquals":             {family: familyDate, relation: equal, negated: true},
	"DateLessThan":              {family: familyDate, relation: less},
	"DateLessThanEquals":        {family: familyDate, relation: less | equal},
	"DateGreaterThan":           {family: familyDate, relation: greater},
	"DateGreaterThanEquals":     {family: familyDate, relation: greater | equal},
	"Bool":                      {family: familyBool, syntax: variables},
	"BinaryEquals":              {family: familyBinary},
	"IpAddress":                 {family: familyIP},
	"NotIpAddress":              {family: familyIP, negated: true},
	"ArnEquals":                 {family: familyARN, syntax: variables | wildcards},
	"ArnLike":                   {family: familyARN, syntax: variables | wildcards},
	"ArnNotEquals":              {family: familyARN, syntax: variables | wildcards, negated: true},
	"ArnNotLike":                {family: familyARN, syntax: variables | wildcards, negated: true},
	"Null":                      {family: familyNull},
}

// parseOperator takes apart a name such as "ForAnyValue:StringLikeIfExists".
// Null has no IfExists form.
func parseOperator(name string) (operator, bool) {
	q := single
	if rest, ok := strings.CutPrefix(name, "ForAnyValue:"); ok {
		name, q = rest, forAnyValue
	} else if rest, ok := strings.CutPrefix(name, "ForAllValues:"); ok {
		name, q = rest, forAllValues
	}
	name, ifExists := strings.CutSuffix(name, "IfExists")
	op, ok := operators[name]
	op.quantifier, op.ifExists = q, ifExists
	return op, ok && !(ifExists && op.family == familyNull)
}
