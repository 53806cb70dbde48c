package decisions

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// NearMiss is an Allow statement for the action that only one element kept from applying.
type NearMiss struct {
	Statement Statement `json:"statement"`
	Lacks     string    `json:"lacks"` // Condition, Resource or Principal

	// Unmet are the conditions that do not hold, if Lacks is Condition.
	Unmet []Unmet `json:"unmet,omitempty"`
}

// Unmet is a condition that does not hold.
type Unmet struct {
	Operator string   `json:"operator"`
	Key      string   `json:"key"`
	Wants    []string `json:"wants"`
	Has      []string `json:"has"` // the request's values
	Present  bool     `json:"present"`
}

// lacking returns the only kind of element that keeps a statement from applying: Condition,
// Resource or Principal, also in its Not form; false if it is the action, or if there are
// several kinds.
func lacking(elements []evaluator.Element) (name string, ok bool) {
	for i := range elements {
		e := &elements[i]
		plain := strings.TrimPrefix(e.Name, "Not")
		switch {
		case e.Applies, plain == name:
		case name != "", plain == "Action":
			return "", false
		default:
			name = plain
		}
	}
	return name, name != ""
}

// unmet returns the conditions that do not hold.
func unmet(c *authz.Check, elements []evaluator.Element) []Unmet {
	var list []Unmet
	for i := range elements {
		e := &elements[i]
		if e.Condition == nil || e.Applies {
			continue
		}
		wants := make([]string, len(e.Condition.Values))
		for n, v := range e.Condition.Values {
			wants[n] = v.Value
		}
		has, _, present := c.Request.Context.Lookup(e.Condition.Key)
		list = append(list, Unmet{Operator: e.Condition.Operator, Key: e.Condition.Key, Wants: wants, Has: append([]string{}, has...),
			Present: present})
	}
	return list
}
