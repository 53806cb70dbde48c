package decisions

import (
	"cmp"
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// Element is how one element of a statement compares with the request.
type Element struct {
	// Element is its name: Principal, NotPrincipal, Action, NotAction, Resource,
	// NotResource or Condition.
	Element string `json:"element"`

	// Applies says that the element matches the request.
	Applies bool `json:"applies"`

	Operator string `json:"operator,omitempty"` // of a condition
	Key      string `json:"key,omitempty"`      // of a condition

	Wants []Pattern `json:"wants"`          // what the statement has
	More  int       `json:"more,omitempty"` // how many other values it has, which do not match
	Has   []string  `json:"has"`            // what the request has

	// Unquantified says that the condition cannot hold for any value: the request has a
	// list of values for the key, and the operator has no ForAllValues or ForAnyValue.
	Unquantified bool `json:"unquantified,omitempty"`
}

// Pattern is one value of an element.
type Pattern struct {
	Type string `json:"type,omitempty"` // of a principal, such as AWS
	Text string `json:"text"`           // as it is written

	// Resolved is the text with the request's values in place of policy variables,
	// if it has any.
	Resolved string `json:"resolved,omitempty"`

	Unset   []string `json:"unset,omitempty"` // variables without a value in the request
	Matches bool     `json:"matches"`         // the request has it; in a condition: it would hold with this value alone

	index int // among those of its type, from 0
}

// maxWants is how many values of an element a record shows that do not match: AWS's
// own policies have hundreds of actions.
const maxWants = 12

// maxClosest is how many statements of a layer a record shows that are not near
// misses.
const maxClosest = 2

// maxTraced is the number of statements of a layer among which they are searched.
const maxTraced = 500

// explain adds to a layer how its statements compare with the request, which takes time to
// find.
func (l *Layer) explain(i *inquiry, c *authz.Check, from *evaluator.Layer, policies []*evaluator.Policy) {
	for n, m := range from.Matches {
		if !i.over() {
			l.Statements[n].Source = i.source(m.Policy, m.Statement)
			l.Statements[n].compare(c, m.Policy, m.Policy.Trace(&c.Request, &c.Policies, m.Statement.Index))
		}
	}
	if from.Decision == evaluator.ImplicitDeny && !from.Waived {
		l.NearMisses, l.Closest = i.almost(c, from.Kind, policies)
	}
}

// compare adds the text of a statement, and how its elements compare.
func (s *Statement) compare(c *authz.Check, p *evaluator.Policy, elements []evaluator.Element) {
	s.Text = p.Document().Text(s.Index)
	s.Elements = nil
	for n := range elements {
		s.Elements = append(s.Elements, newElement(c, &elements[n]))
	}
}

func newElement(c *authz.Check, e *evaluator.Element) Element {
	out := Element{Element: e.Name, Applies: e.Applies, Wants: []Pattern{}, Has: []string{}}
	switch e.Name {
	case "Principal", "NotPrincipal":
		out.Has = append(out.Has, callerNames(&c.Request.Principal)...)
	case "Action", "NotAction":
		out.Has = append(out.Has, c.Request.Action)
	case "Resource", "NotResource":
		out.Has = append(out.Has, cmp.Or(c.Request.Resource, "*"))
	default:
		out.Operator, out.Key = e.Condition.Operator, e.Condition.Key
		out.Unquantified = e.Unquantified
		for _, v := range e.Requested {
			out.Has = append(out.Has, v.Value)
		}
	}
	count := map[string]int{}
	unmatched := 0
	for _, v := range e.Values {
		p := Pattern{Type: v.Type, Text: v.Text, Unset: v.Unset, Matches: v.Matches, index: count[v.Type]}
		count[v.Type]++
		if v.Resolved != v.Text {
			p.Resolved = v.Resolved
		}
		if !v.Matches {
			if unmatched++; unmatched > maxWants {
				out.More++
				continue
			}
		}
		out.Wants = append(out.Wants, p)
	}
	return out
}

// callerNames returns the names that policies can use for the caller.
func callerNames(p *evaluator.Principal) []string {
	switch p.Kind {
	case evaluator.Service:
		return []string{p.Service}
	case evaluator.WebIdentity, evaluator.SAML:
		return []string{p.Federated}
	case evaluator.Anonymous:
		return []string{"an anonymous caller"}
	}
	names := []string{p.ARN}
	if p.EntityARN != "" && p.EntityARN != p.ARN {
		names = append(names, p.EntityARN)
	}
	return names
}

// almost finds the Allow statements that only one kind of element keeps from applying. If
// there are none, it finds those with the fewest elements that do not apply; the action or
// the resource of these must match, since a statement about something else tells nothing
// about the request. RCPs are left out: their purpose is to deny.
func (i *inquiry) almost(c *authz.Check, kind evaluator.Kind, policies []*evaluator.Policy) (near []NearMiss, closest []Statement) {
	type candidate struct {
		Statement
		policy   *evaluator.Policy
		elements []evaluator.Element
		failing  int
	}
	var list []candidate
	traced := 0
	for _, p := range policies {
		for n := range p.Document().Statements {
			source := &p.Document().Statements[n]
			if traced++; source.Effect != evaluator.Allow || i.over() {
				continue
			}
			x := candidate{Statement: newStatement(p, source), policy: p, elements: p.Trace(&c.Request, &c.Policies, n)}
			x.Source = i.source(p, source)
			if lacks, ok := lacking(x.elements); ok && kind != evaluator.RCP {
				x.compare(c, p, x.elements)
				miss := NearMiss{Statement: x.Statement, Lacks: lacks}
				if lacks == "Condition" {
					miss.Unmet = unmet(c, x.elements)
				}
				near = append(near, miss)
			} else if failing, ok := fit(x.elements); ok && traced <= maxTraced {
				x.failing = failing
				list = append(list, x)
			}
		}
	}
	if len(near) > 0 {
		return near, nil
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return a.failing - b.failing })
	for n := range min(len(list), maxClosest) {
		list[n].compare(c, list[n].policy, list[n].elements)
		closest = append(closest, list[n].Statement)
	}
	return nil, closest
}

// fit counts the elements that do not apply, and reports whether the action applies, or the
// resource by more than a wildcard.
func fit(elements []evaluator.Element) (failing int, ok bool) {
	for n := range elements {
		e := &elements[n]
		switch {
		case !e.Applies:
			failing++
		case e.Name == "Action", e.Name == "Resource" && !wild(e):
			ok = true
		}
	}
	return failing, ok
}

// wild reports whether the element matches everything.
func wild(e *evaluator.Element) bool {
	for _, v := range e.Values {
		if v.Text == "*" {
			return true
		}
	}
	return false
}
