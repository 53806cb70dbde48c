package evaluator_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
)

// TestNegation compares the negation of each condition with what the evaluator decides: it
// must hold exactly where the condition does not.
func TestNegation(t *testing.T) {
	t.Parallel()
	said := 0
	list := slices.Clone(impliesConditions)
	for _, c := range impliesConditions {
		if strings.Contains(c.Operator, ":") && !strings.Contains(c.Operator, "Null") {
			c.Operator += "IfExists"
			list = append(list, c)
		}
	}
	for _, c := range list {
		addresses, arns := strings.Contains(c.Operator, "IpAddress"), strings.Contains(c.Operator, "Arn")
		allow, deny := where(t, "Allow", c), where(t, "Deny", c)
		for n := range allow {
			multi, v := n >= len(allow)/2, impliesContext(n%(len(allow)/2))
			if len(v) > 0 && (addresses && strings.Count(v[0], ".") != 3 || arns && !strings.HasPrefix(v[0], "arn:")) {
				continue
			}
			negation := c.Negation(multi)
			if len(negation) == 0 {
				continue
			}
			said++
			holds := where(t, "Allow", negation...)[n]
			if !deny[n] && !holds {
				t.Errorf("%v does not hold of %q, and %v does not either", c, v, negation)
			}
			if allow[n] && holds {
				t.Errorf("%v and %v hold of %q", c, negation, v)
			}
		}
	}
	if said < 1000 {
		t.Errorf("%d contexts in which something was said", said)
	}
}

func impliesContext(n int) []string {
	return append(impliesContexts, []string{"a", "b"}, []string{"1", "9"})[n]
}

func TestNegationOfVariables(t *testing.T) {
	t.Parallel()
	of := func(operator, value string) *evaluator.Condition {
		return &evaluator.Condition{Operator: operator, Key: "aws:x", Values: []evaluator.Text{{Value: value}}}
	}
	if list := of("Bool", "${aws:y}").Negation(false); list != nil {
		t.Errorf("of a truth that is not known: %v", list)
	}
	if list := of("StringNotEquals", "${aws:y}").Negation(false); len(list) != 1 || list[0].Operator != "StringEquals" {
		t.Errorf("of what equals a variable: %v", list)
	}
}
