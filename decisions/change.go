package decisions

import (
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// Change is one change of policies.
type Change struct {
	Layer string `json:"layer"`
	Level string `json:"level,omitempty"` // of an scp or rcp: the ID of the root, unit or account; of a limit of the session: its name

	// Remove is the Deny statement that must not apply to the request any more;
	// nil for a change that adds.
	Remove *Statement `json:"remove,omitempty"`

	// Add is the Allow statement that the layer lacks; nil for a change that
	// removes.
	Add *Added `json:"add,omitempty"`

	// Sentence says the same in English.
	Sentence string `json:"sentence"`
}

// Added is a statement that would allow the request, as policies spell it.
type Added struct {
	Effect    string            `json:"Effect"`
	Principal map[string]string `json:"Principal,omitempty"`
	Action    string            `json:"Action"`
	Resource  string            `json:"Resource,omitempty"`
}

// maxSteps bounds the search; a request has fewer layers.
const maxSteps = 32

// smallestChange finds what must change for the request to be allowed: every
// Deny statement that applies, and an Allow in each layer that lacks one and is
// not waived. Each step is tried with the evaluator, so the answer is proved; nil
// if no change of policies helps. Where the resource has a policy, an Allow in
// that is tried too, and taken if it needs fewer changes.
func (i *inquiry) smallestChange(c *authz.Check) []Change {
	best := i.attempt(c, evaluator.NoKind)
	if c.Policies.Resource != nil && c.Policies.ResourceRule == evaluator.OrdinaryRule && len(best) > 1 {
		if other := i.attempt(c, evaluator.Resource); other != nil && len(other) < len(best) {
			best = other
		}
	}
	return best
}

// A trial is a request whose policies are changed step by step.
type trial struct {
	*inquiry
	check    *authz.Check
	policies evaluator.Policies
	result   evaluator.Result
	changes  []Change
}

// attempt changes the policies until they allow, beginning with an Allow in the
// layer first, if that is one.
func (i *inquiry) attempt(c *authz.Check, first evaluator.Kind) []Change {
	if c.Request.ForeignResourceType {
		return nil
	}
	t := &trial{inquiry: i, check: c, policies: c.Policies}
	if first != evaluator.NoKind && !t.allow(&evaluator.Layer{Kind: first}) {
		return nil
	}
	for range maxSteps {
		t.evaluate(&c.Request, &t.policies, &t.result)
		switch {
		case t.result.Allowed():
			return t.changes
		case t.result.Decision == evaluator.ExplicitDeny:
			if !t.removeDenials() {
				return nil
			}
		case !t.allow(t.obstacle()):
			return nil
		}
	}
	return nil
}

// obstacle is a copy of the layer that denies by allowing nothing.
func (t *trial) obstacle() *evaluator.Layer {
	for _, l := range t.result.Layers {
		if l.Kind == t.result.DeniedBy && l.Decision == evaluator.ImplicitDeny && !l.Waived {
			return &l
		}
	}
	return &evaluator.Layer{}
}

// removeDenials takes out every Deny statement that applies.
func (t *trial) removeDenials() bool {
	removed := false
	for i := range t.result.Layers {
		l := &t.result.Layers[i]
		for _, m := range l.Matches {
			if m.Effect() != evaluator.Deny {
				continue
			}
			if !t.remove(l, m) {
				return false
			}
			removed = true
		}
	}
	return removed
}

func (t *trial) remove(l *evaluator.Layer, m evaluator.Match) bool {
	// A policy may lose several statements: the one that stands in its place now
	// has the same origin.
	current := t.current(l, m.Policy)
	d, ok := draftOf(current)
	if !ok {
		return false
	}
	d.without(m.Statement.Index)
	p, ok := d.compile()
	if !ok {
		return false
	}
	t.replace(l, current, p)
	s := newStatement(m.Policy, m.Statement)
	t.changes = append(t.changes, Change{
		Layer: l.Kind.String(), Level: levelName(t.check, l), Remove: &s,
		Sentence: removeSentence(l, &s, levelName(t.check, l)),
	})
	return true
}

func (t *trial) current(l *evaluator.Layer, was *evaluator.Policy) *evaluator.Policy {
	list := policiesOf(&t.policies, l)
	if slices.Contains(list, was) {
		return was
	}
	for _, p := range list {
		if p.Origin() == was.Origin() {
			return p
		}
	}
	return was
}

// allow adds an Allow statement for the request to a layer.
func (t *trial) allow(l *evaluator.Layer) bool {
	d := newDraft(l.Kind)
	added := &Added{Effect: "Allow", Action: t.check.Request.Action, Resource: t.check.Request.Resource}
	var old *evaluator.Policy
	switch l.Kind {
	case evaluator.Boundary:
		old = t.policies.Boundary
	case evaluator.VPCEndpoint:
		old = t.policies.VPCEndpoint
	case evaluator.Resource, evaluator.Trust:
		old = t.policies.Resource
		added.Principal = principalElement(&t.check.Request.Principal)
		if l.Kind == evaluator.Trust {
			added.Resource = "" // a trust policy has none
		}
	case evaluator.Session:
		old = limitOf(&t.policies, l)
	case evaluator.Identity, evaluator.SCP:
	default:
		return false
	}
	if old != nil {
		var ok bool
		if d, ok = draftOf(old); !ok {
			return false
		}
	}
	if !d.add(added) {
		return false
	}
	p, ok := d.compile()
	if !ok {
		return false
	}
	t.replace(l, old, p)
	level := levelName(t.check, l)
	t.changes = append(t.changes, Change{
		Layer: l.Kind.String(), Level: level, Add: added, Sentence: t.addSentence(l, added, level),
	})
	return true
}

// replace puts p in the place of old in a layer; a nil old is none.
func (t *trial) replace(l *evaluator.Layer, old, p *evaluator.Policy) {
	replaced := func(list []*evaluator.Policy) []*evaluator.Policy {
		list = slices.Clone(list)
		if i := slices.Index(list, old); old != nil && i >= 0 {
			list[i] = p
			return list
		}
		return append(list, p)
	}
	level := func(levels [][]*evaluator.Policy) [][]*evaluator.Policy {
		levels = slices.Clone(levels)
		levels[l.Level] = replaced(levels[l.Level])
		return levels
	}
	switch l.Kind {
	case evaluator.Identity:
		t.policies.Identity = replaced(t.policies.Identity)
	case evaluator.Session:
		if l.Level > 0 {
			t.policies.Limits = replaced(t.policies.Limits)
		} else {
			t.policies.Session = replaced(t.policies.Session)
		}
	case evaluator.Boundary:
		t.policies.Boundary = p
	case evaluator.VPCEndpoint:
		t.policies.VPCEndpoint = p
	case evaluator.Resource, evaluator.Trust:
		t.policies.Resource = p
	case evaluator.SCP:
		t.policies.SCP = level(t.policies.SCP)
	case evaluator.RCP:
		t.policies.RCP = level(t.policies.RCP)
	}
}

// principalElement is the Principal that names the caller. A role session is
// named by its role, as people do.
func principalElement(p *evaluator.Principal) map[string]string {
	switch {
	case p.Kind == evaluator.WebIdentity || p.Kind == evaluator.SAML:
		return map[string]string{"Federated": p.Federated}
	case p.Kind == evaluator.Service:
		return map[string]string{"Service": p.Service}
	case p.Kind == evaluator.Anonymous:
		return map[string]string{"AWS": "*"}
	case p.Kind == evaluator.RoleSession && p.EntityARN != "":
		return map[string]string{"AWS": p.EntityARN}
	}
	return map[string]string{"AWS": p.ARN}
}
