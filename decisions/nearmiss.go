package decisions

import (
	"encoding/json"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// NearMiss is an Allow statement for the action that would have applied but for
// one element.
type NearMiss struct {
	Statement Statement `json:"statement"`
	Lacks     string    `json:"lacks"` // Condition, Resource or Principal

	// Unmet are the conditions that do not hold, of a statement that lacks those.
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

// nearMisses tries each Allow statement of a layer that allows nothing without
// its conditions, for every resource, and for everyone.
func (i *inquiry) nearMisses(c *authz.Check, l *evaluator.Layer, policies []*evaluator.Policy) []NearMiss {
	var list []NearMiss
	for _, p := range policies {
		for n := range p.Document().Statements {
			s := &p.Document().Statements[n]
			if s.Effect != evaluator.Allow {
				continue
			}
			if miss, ok := i.nearMiss(c, l, p, s); ok {
				list = append(list, miss)
			}
		}
	}
	return list
}

func (i *inquiry) nearMiss(c *authz.Check, l *evaluator.Layer, p *evaluator.Policy, s *evaluator.Statement) (NearMiss, bool) {
	out := NearMiss{Statement: newStatement(p, s)}
	for _, element := range []struct {
		name   string
		change func(members map[string]json.RawMessage)
	}{
		{"Condition", func(m map[string]json.RawMessage) { delete(m, "Condition") }},
		{"Resource", func(m map[string]json.RawMessage) {
			delete(m, "NotResource")
			m["Resource"] = json.RawMessage(`"*"`)
		}},
		{"Principal", func(m map[string]json.RawMessage) {
			delete(m, "NotPrincipal")
			m["Principal"] = json.RawMessage(`"*"`)
		}},
	} {
		if element.name == "Principal" && l.Kind != evaluator.Trust && l.Kind != evaluator.Resource ||
			element.name == "Resource" && l.Kind == evaluator.Trust {
			continue
		}
		if !i.allowsAlone(c, l, p, s.Index, element.change) {
			continue
		}
		out.Lacks = element.name
		if element.name == "Condition" {
			out.Unmet = i.unmet(c, l, p, s)
		}
		return out, true
	}
	return out, false
}

// allowsAlone reports whether the layer allows with that one statement, changed,
// in place of all its policies.
func (i *inquiry) allowsAlone(c *authz.Check, l *evaluator.Layer, p *evaluator.Policy, index int, change func(map[string]json.RawMessage)) bool {
	d, ok := draftOf(p)
	if !ok || !d.only(index, change) {
		return false
	}
	changed, ok := d.compile()
	if !ok {
		return false
	}
	alone := evaluator.Policies{ResourceRule: c.Policies.ResourceRule}
	switch one := []*evaluator.Policy{changed}; l.Kind {
	case evaluator.Identity:
		alone.Identity = one
	case evaluator.Session:
		alone.Session = one
	case evaluator.Boundary:
		alone.Boundary = changed
	case evaluator.Resource, evaluator.Trust:
		alone.Resource = changed
	case evaluator.VPCEndpoint:
		alone.VPCEndpoint = changed
	case evaluator.SCP:
		alone.SCP = [][]*evaluator.Policy{one}
	default:
		return false
	}
	var r evaluator.Result
	i.evaluate(&c.Request, &alone, &r)
	found := r.Layer(l.Kind)
	return found != nil && found.Decision == evaluator.Allowed
}

// unmet are the conditions of a statement that do not hold by themselves.
func (i *inquiry) unmet(c *authz.Check, l *evaluator.Layer, p *evaluator.Policy, s *evaluator.Statement) []Unmet {
	var list []Unmet
	for _, k := range s.Conditions {
		wants := make([]string, len(k.Values))
		for n, v := range k.Values {
			wants[n] = v.Value
		}
		one, err := json.Marshal(map[string]map[string][]string{k.Operator: {k.Key: wants}})
		if err != nil || i.allowsAlone(c, l, p, s.Index, func(m map[string]json.RawMessage) { m["Condition"] = one }) {
			continue
		}
		has, _, present := c.Request.Context.Lookup(k.Key)
		list = append(list, Unmet{Operator: k.Operator, Key: k.Key, Wants: wants, Has: append([]string{}, has...), Present: present})
	}
	return list
}
