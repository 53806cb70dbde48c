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

	// Applies says that the element lets the statement apply to the request.
	Applies bool `json:"applies"`

	Operator string `json:"operator,omitempty"` // of a condition
	Key      string `json:"key,omitempty"`      // of a condition

	Wants []Pattern `json:"wants"`          // what the statement has
	More  int       `json:"more,omitempty"` // how many others it has that do not match
	Has   []string  `json:"has"`            // what the request has
}

// Pattern is one value of an element.
type Pattern struct {
	Type string `json:"type,omitempty"` // of a principal, such as AWS
	Text string `json:"text"`           // as it is written

	// Resolved is the text with the request's values in place of policy variables,
	// if it has any.
	Resolved string `json:"resolved,omitempty"`

	Unset   []string `json:"unset,omitempty"` // variables without a value in the request
	Matches bool     `json:"matches"`         // the request has it; of a condition, it would hold with this value alone

	index int // among those of its type, from 0
}

// maxWants is how many values of an element a record shows that do not match: AWS's
// own policies have hundreds of actions.
const maxWants = 12

// maxClosest is how many statements of a layer a record shows that are not near
// misses.
const maxClosest = 2

// maxTraced is how many statements of a layer are compared to find them.
const maxTraced = 500

// explain adds to a layer what takes time to find: how its statements compare with
// the request.
func (l *Layer) explain(i *inquiry, c *authz.Check, from *evaluator.Layer, policies []*evaluator.Policy) {
	for n, m := range from.Matches {
		i.compare(&l.Statements[n], c, m.Policy)
	}
	if from.Decision != evaluator.ImplicitDeny || from.Waived {
		return
	}
	l.NearMisses = i.nearMisses(c, from, policies)
	for n := range l.NearMisses {
		s := &l.NearMisses[n].Statement
		for _, p := range policies {
			if p.Origin().ID == s.Policy.ID && p.Origin().ARN == s.Policy.ARN {
				i.compare(s, c, p)
			}
		}
	}
	if len(l.NearMisses) == 0 {
		l.Closest = i.closest(c, policies)
	}
}

// compare adds the text of a statement, and how its elements compare.
func (i *inquiry) compare(s *Statement, c *authz.Check, p *evaluator.Policy) {
	d := p.Document()
	if s.Index >= len(d.Statements) || i.over() {
		return
	}
	s.Text = d.Text(s.Index)
	s.Elements = nil
	for _, e := range p.Trace(&c.Request, &c.Policies, s.Index) {
		s.Elements = append(s.Elements, newElement(c, &e))
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

// callerNames are the names by which policies can name the caller.
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

// closest finds the Allow statements of which the fewest elements keep them from
// applying. The action or the resource must fit: a statement about something else
// says nothing about the request.
func (i *inquiry) closest(c *authz.Check, policies []*evaluator.Policy) []Statement {
	type candidate struct {
		Statement
		failing int
	}
	var list []candidate
	traced := 0
	for _, p := range policies {
		for n := range p.Document().Statements {
			s := &p.Document().Statements[n]
			if traced++; s.Effect != evaluator.Allow || traced > maxTraced || i.over() {
				continue
			}
			x := candidate{Statement: newStatement(p, s)}
			fits := false
			for _, e := range p.Trace(&c.Request, &c.Policies, n) {
				if !e.Applies {
					x.failing++
				}
				fits = fits || e.Applies && e.Name == "Action" || e.Applies && e.Name == "Resource" && !wild(&e)
			}
			if !fits {
				continue
			}
			i.compare(&x.Statement, c, p)
			list = append(list, x)
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return a.failing - b.failing })
	var out []Statement
	for n := range min(len(list), maxClosest) {
		out = append(out, list[n].Statement)
	}
	return out
}

// wild reports whether the element takes everything.
func wild(e *evaluator.Element) bool {
	for _, v := range e.Values {
		if v.Text == "*" {
			return true
		}
	}
	return false
}
