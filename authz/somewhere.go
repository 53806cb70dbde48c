package authz

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// MaySomewhere reports whether the principal is allowed the action on any resource: on
// "*", or on a resource in a statement that allows the principal the action. A name with
// wildcards is used as it is written, since it matches itself; a variable in it gets the
// principal's own value. Policies of resources, which can allow more, are not known here.
func (q *Inquiry) MaySomewhere(action string) (bool, error) {
	if ok, err := q.May(&Need{Action: action, Resource: "*"}); ok || err != nil {
		return ok, err
	}
	for _, resource := range q.namedResources(action) {
		n := Need{Action: action, Resource: resource}
		if arn, ok := principal.ParseARN(resource); ok && principal.ValidAccountID(arn.AccountID) {
			n.Owner = arn.AccountID
		}
		if ok, err := q.May(&n); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// namedResources returns the resources in the principal's statements that allow the
// action, each once, without "*".
func (q *Inquiry) namedResources(action string) []string {
	var list []string
	for _, p := range q.check.Policies.Identity {
		statements := p.Document().Statements
		for i := range statements {
			s := &statements[i]
			if s.Effect == evaluator.Allow && namesResources(s) && q.classes.About(s, action) {
				list = q.addResources(list, s)
			}
		}
	}
	return list
}

// namesResources reports whether the statement has resources other than "*". It is checked
// before the actions, of which there may be many.
func namesResources(s *evaluator.Statement) bool {
	return slices.ContainsFunc(s.Resources, func(t evaluator.Text) bool { return t.Value != "*" })
}

func (q *Inquiry) addResources(list []string, s *evaluator.Statement) []string {
	for _, t := range s.Resources {
		if text, ok := q.filled(t.Value); ok && text != "*" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// filled returns text with its variables replaced by the values of the last question;
// false if one has no value.
func (q *Inquiry) filled(text string) (string, bool) {
	for {
		before, rest, ok := strings.Cut(text, "${")
		if !ok {
			return text, true
		}
		name, after, ok := strings.Cut(rest, "}")
		values, _, known := q.keys.Lookup(name)
		if !ok || !known || len(values) != 1 || strings.Contains(values[0], "${") {
			return "", false
		}
		text = before + values[0] + after
	}
}
