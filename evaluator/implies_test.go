package evaluator_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
)

// impliesConditions holds conditions of every family, all on one key.
var impliesConditions = func() []evaluator.Condition {
	var list []evaluator.Condition
	add := func(operators []string, values ...[]string) {
		for _, operator := range operators {
			for _, prefix := range []string{"", "ForAllValues:", "ForAnyValue:"} {
				for _, suffix := range []string{"", "IfExists"} {
					for _, v := range values {
						c := evaluator.Condition{Operator: prefix + operator + suffix, Key: "aws:x"}
						for _, value := range v {
							c.Values = append(c.Values, evaluator.Text{Value: value})
						}
						if suffix == "" || operator != "Null" && prefix == "" {
							list = append(list, c)
						}
					}
				}
			}
		}
	}
	add([]string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike"},
		[]string{"a"}, []string{"A", "b"}, []string{"a*"}, []string{"*"}, []string{"a?"}, []string{})
	add([]string{"Null", "Bool"}, []string{"true"}, []string{"false"}, []string{"true", "false"})
	add([]string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
		"NumericGreaterThanEquals"},
		[]string{"1"}, []string{"2", "3"}, []string{"x"})
	add([]string{"DateEquals", "DateLessThan", "DateGreaterThanEquals"}, []string{"2026-01-01"}, []string{"2027-01-01", "2025-01-01"})
	add([]string{"IpAddress", "NotIpAddress"}, []string{"10.0.0.0/8"}, []string{"10.1.0.0/16", "192.0.2.1"}, []string{"x"})
	add([]string{"ArnLike", "ArnNotLike"}, []string{"arn:aws:s3:::a*"}, []string{"arn:aws:s3:::ab"}, []string{"x", "arn:aws:s3:::ab"},
		[]string{"*"})
	return list
}()

// impliesContexts are values of the key at which these conditions differ; nil means that it
// is absent.
var impliesContexts = [][]string{nil, {"a"}, {"A"}, {"b"}, {"ab"}, {"a*"}, {""}, {"true"}, {"false"}, {"1"}, {"1.5"}, {"2"},
	{"3"}, {"0"}, {"9"},
	{"2026-01-01"}, {"2025-01-01"}, {"2024-06-01"}, {"2028-01-01"}, {"10.1.0.1"}, {"10.2.0.1"}, {"192.0.2.1"}, {"203.0.113.1"},
	{"arn:aws:s3:::ab"},
	{"arn:aws:s3:::a"}, {"arn:aws:s3:::b"}}

// holding decides each condition in each context: first with one value of the key,
// then with a list.
func holding(t *testing.T, effect string) [][]bool {
	t.Helper()
	var rows [][]bool
	for _, c := range impliesConditions {
		rows = append(rows, where(t, effect, c))
	}
	return rows
}

// where decides, for each context, whether all the conditions hold.
func where(t *testing.T, effect string, conditions ...evaluator.Condition) (row []bool) {
	t.Helper()
	block := map[string]map[string][]string{}
	for _, c := range conditions {
		values := []string{}
		for _, v := range c.Values {
			values = append(values, v.Value)
		}
		block[c.Operator] = map[string][]string{c.Key: values}
	}
	source, err := json.Marshal(block)
	if err != nil {
		t.Fatal(err)
	}
	p, err := evaluator.Compile(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":%q,"Action":"*","Resource":"*","Condition":%s}]}`,
		effect, source), evaluator.Identity, evaluator.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	for _, multi := range []bool{false, true} {
		for _, v := range append(impliesContexts, []string{"a", "b"}, []string{"1", "9"}) {
			x := &evaluator.Context{}
			switch {
			case v != nil && multi:
				x.SetMulti("aws:x", v...)
			case v != nil:
				x.Set("aws:x", v[0])
			}
			var result evaluator.Result
			evaluator.Evaluate(&evaluator.Request{Action: "s3:GetObject", Context: x,
				Principal: evaluator.Principal{Kind: evaluator.User,
					Account: "111122223333"}}, &evaluator.Policies{Identity: []*evaluator.Policy{p}}, &result)
			row = append(row, len(result.Matches) > 0)
		}
	}
	return row
}

// TestImpliesIsSound compares what is proved about every pair of conditions with what
// the evaluator decides.
func TestImpliesIsSound(t *testing.T) {
	t.Parallel()
	allow, deny := holding(t, "Allow"), holding(t, "Deny")
	implied, excluded := 0, 0
	for i := range impliesConditions {
		for j := range impliesConditions {
			a, b := &impliesConditions[i], &impliesConditions[j]
			implies, excludes := a.Implies(evaluator.Version2012, b, evaluator.Version2012), a.Excludes(evaluator.Version2012, b,
				evaluator.Version2012)
			for n := range allow[i] {
				if implies && allow[i][n] && !allow[j][n] {
					t.Fatalf("%v does not imply %v in context %d", a, b, n)
				}
				if excludes && allow[i][n] && deny[j][n] {
					t.Fatalf("%v does not exclude %v in context %d", a, b, n)
				}
			}
			implied, excluded = implied+count(implies), excluded+count(excludes)
		}
	}
	if implied < 2*len(impliesConditions) || excluded < len(impliesConditions) {
		t.Errorf("of %d conditions %d pairs imply and %d exclude: the rules prove too little", len(impliesConditions), implied, excluded)
	}
}

// Conditions on different keys say nothing about each other, unless one never or always
// holds.
func TestImpliesOfAnotherKey(t *testing.T) {
	t.Parallel()
	of := func(operator, key string, values ...string) *evaluator.Condition {
		c := &evaluator.Condition{Operator: operator, Key: key}
		for _, v := range values {
			c.Values = append(c.Values, evaluator.Text{Value: v})
		}
		return c
	}
	some, never, always := of("StringEquals", "aws:x", "a"), of("StringEquals", "aws:x"), of("Null", "aws:x", "true", "false")
	other := of("StringEquals", "aws:y", "a")
	for i, c := range []struct {
		a, b              *evaluator.Condition
		implies, excludes bool
	}{
		{some, other, false, false}, {never, other, true, true}, {other, always, true, false}, {always, other, false, false},
	} {
		if got := c.a.Implies(evaluator.Version2012, c.b, evaluator.Version2012); got != c.implies {
			t.Errorf("%d: implies: %v", i, got)
		}
		if got := c.a.Excludes(evaluator.Version2012, c.b, evaluator.Version2012); got != c.excludes {
			t.Errorf("%d: excludes: %v", i, got)
		}
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}
