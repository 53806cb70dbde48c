package draft

import (
	"cmp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// Condition is a condition of a statement: the key has one of the values.
type Condition struct {
	Operator string
	Key      string
	Values   []string // as written in a policy, sorted
}

// Kept returns, in order, the condition keys that a draft keeps if a call has them: they say
// to whom a role is passed, through which service a key is used, and so on. If a key can
// also describe something that already exists, it is kept only for the actions that set it.
func Kept() []string {
	names := make([]string, len(kept))
	for i, k := range kept {
		names[i] = k.key
	}
	return names
}

// kept is sorted by key.
var kept = []struct {
	key     string
	actions []string // empty: all that have the key
}{
	{key: "cloudwatch:namespace"},
	{key: "ec2:CreateAction"},
	{key: "ecs:cluster"},
	{key: "iam:AWSServiceName"},
	{key: "iam:PassedToService"},
	{"iam:PermissionsBoundary", []string{
		"iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary",
	}},
	{key: "iam:PolicyARN"},
	{key: "kms:ViaService"},
	{key: "lambda:FunctionArn"},
}

// conditions returns the conditions that the draft keeps of a call: more has keys
// besides Kept.
func conditions(c *Call, action string, more []string) []Condition {
	var out []Condition
	for _, k := range kept {
		if len(k.actions) == 0 || slices.Contains(k.actions, action) {
			out = append(out, pinned(c, k.key)...)
		}
	}
	for _, name := range more {
		if !slices.ContainsFunc(out, func(o Condition) bool { return strings.EqualFold(o.Key, name) }) {
			out = append(out, pinned(c, name)...)
		}
	}
	slices.SortFunc(out, func(a, b Condition) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.Operator, b.Operator))
	})
	return out
}

// pinned returns conditions that only calls with the same values of the key satisfy.
// ForAllValues also holds without the key, so Null is added to it.
func pinned(c *Call, name string) []Condition {
	k, ok := c.key(name)
	if !ok || len(k.Values) == 0 {
		return nil
	}
	one := Condition{Operator: operator(name, k.Values), Key: name}
	for _, v := range k.Values {
		if one.Operator == "ArnLike" {
			v = literal(v)
		} else {
			v = escapeVariables(v)
		}
		one.Values = append(one.Values, v)
	}
	slices.Sort(one.Values)
	one.Values = slices.Compact(one.Values)
	if !k.Multi {
		return []Condition{one}
	}
	one.Operator = "ForAllValues:" + one.Operator
	return []Condition{one, {Operator: "Null", Key: name, Values: []string{"false"}}}
}

// operator returns the operator for the key's type, if it can read the values: a request
// may contain any string.
func operator(key string, values []string) string {
	k, _ := catalog.FindKey(key)
	switch k.Type {
	case catalog.ARN:
		if !slices.ContainsFunc(values, func(v string) bool { _, _, ok := cutARN(v); return !ok }) {
			return "ArnLike"
		}
	case catalog.Bool:
		return "Bool"
	case catalog.Numeric:
		return "NumericEquals"
	case catalog.Date:
		return "DateEquals"
	case catalog.IPAddress:
		return "IpAddress"
	}
	return "StringEquals"
}

// signature returns a string that differs for different conditions.
func signature(list []Condition) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString(c.Operator + "\x00" + c.Key + "\x00" + strings.Join(c.Values, "\x00") + "\x01")
	}
	return b.String()
}
