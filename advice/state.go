package advice

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// state is the request and the policies after some steps.
type state struct {
	request  evaluator.Request
	policies evaluator.Policies
	steps    []step
	touched  []*exam // the statements that were changed or added, as they are now
}

// step is a Step with the parts of its command.
type step struct {
	Step
	warnings  []Warning
	arguments []string  // of the call, in addition to those that follow from condition keys
	alone     bool      // Command is complete, and is not a call of the operation
	keys      []string  // the condition keys whose values were added to a policy
	crossed   []Request // the request with what the statement listed before, where several elements got more values
	edited    int       // the index of the condition whose values were changed; -1: another element
}

// after is the state after one more step, which has not been made yet.
func (st *state) after(x step) *state {
	out := *st
	out.steps = append(slices.Clip(st.steps), x)
	out.touched = slices.Clip(st.touched)
	if x.Request != nil {
		out.request = changed(&st.request, x.Request)
	}
	return &out
}

// changed is a request with the change made. It shares nothing that changes.
func changed(r *evaluator.Request, c *Request) evaluator.Request {
	out := *r
	out.Context = cloneContext(r.Context)
	if c.Resource != "" {
		out.Resource = c.Resource
	}
	for _, k := range c.Set {
		if k.Multi {
			out.Context.SetMulti(k.Name, k.Values...)
		} else if len(k.Values) > 0 {
			out.Context.Set(k.Name, k.Values[0])
		}
	}
	for _, name := range c.Unset {
		out.Context.Delete(name)
	}
	return out
}

func cloneContext(c *evaluator.Context) *evaluator.Context {
	out := &evaluator.Context{}
	if c == nil {
		return out
	}
	for _, name := range c.Names() {
		if values, multi, _ := c.Lookup(name); multi {
			out.SetMulti(name, values...)
		} else if len(values) > 0 {
			out.Set(name, values[0])
		}
	}
	return out
}

// wavers reports whether one step takes back what another one does: the layers want
// opposite things. The list of tag keys follows the tags, and time goes on, so these do
// not count.
func (st *state) wavers() bool {
	for i := range st.steps {
		for k := range st.steps[:i] {
			if st.steps[k].undone(&st.steps[i]) {
				return true
			}
		}
	}
	return false
}

// undone reports whether a later step takes back what this one does, or changes what a
// policy was changed for.
func (x *step) undone(later *step) bool {
	b := later.Request
	if b == nil {
		return false
	}
	if x.Edit != nil && b.Resource != "" || slices.ContainsFunc(x.keys, b.changes) {
		return true
	}
	return x.Request != nil && (x.Request.against(b) || b.against(x.Request))
}

// against reports whether the change sets a key that another one takes away, or gives
// another value.
func (c *Request) against(other *Request) bool {
	return slices.ContainsFunc(c.Set, func(k Key) bool {
		if k.Multi {
			return false
		}
		differs := func(o Key) bool { return strings.EqualFold(o.Name, k.Name) && !slices.Equal(o.Values, k.Values) }
		return other.unsets(k.Name) || !isTime(k.Name) && slices.ContainsFunc(other.Set, differs)
	})
}

func isTime(key string) bool {
	return strings.EqualFold(key, "aws:CurrentTime") || strings.EqualFold(key, "aws:EpochTime")
}

// place is where a policy is: its layer, and the level of the layer.
type place struct {
	kind  evaluator.Kind
	level int
}

func placeOf(l *evaluator.Layer) place { return place{l.Kind, l.Level} }

// in are the policies of a place.
func (st *state) in(at place) []*evaluator.Policy {
	p := &st.policies
	switch at.kind {
	case evaluator.Identity:
		return p.Identity
	case evaluator.Session:
		if at.level == 0 {
			return p.Session
		}
		return one(p.Limits, at.level-1)
	case evaluator.SCP:
		return level(p.SCP, at.level)
	case evaluator.RCP:
		return level(p.RCP, at.level)
	}
	if single := st.single(at.kind); single != nil && *single != nil {
		return []*evaluator.Policy{*single}
	}
	return nil
}

// single points to the only policy of a layer; nil for layers that have several.
func (st *state) single(kind evaluator.Kind) **evaluator.Policy {
	switch kind {
	case evaluator.Boundary:
		return &st.policies.Boundary
	case evaluator.VPCEndpoint:
		return &st.policies.VPCEndpoint
	case evaluator.Resource, evaluator.Trust:
		return &st.policies.Resource
	}
	return nil
}

func one(list []*evaluator.Policy, i int) []*evaluator.Policy {
	if i < len(list) {
		return list[i : i+1]
	}
	return nil
}

func level(levels [][]*evaluator.Policy, i int) []*evaluator.Policy {
	if i < len(levels) {
		return levels[i]
	}
	return nil
}

// put replaces old by p, or adds p if old is nil. The lists of the state before stay as
// they are.
func (st *state) put(at place, old, p *evaluator.Policy) {
	replaced := func(list []*evaluator.Policy) []*evaluator.Policy {
		list = slices.Clone(list)
		if i := slices.Index(list, old); old != nil && i >= 0 {
			list[i] = p
			return list
		}
		return append(list, p)
	}
	levels := func(list [][]*evaluator.Policy) [][]*evaluator.Policy {
		list = slices.Clone(list)
		list[at.level] = replaced(list[at.level])
		return list
	}
	switch at.kind {
	case evaluator.Identity:
		st.policies.Identity = replaced(st.policies.Identity)
	case evaluator.Session:
		if at.level > 0 {
			st.policies.Limits = replaced(st.policies.Limits)
		} else {
			st.policies.Session = replaced(st.policies.Session)
		}
	case evaluator.SCP:
		st.policies.SCP = levels(st.policies.SCP)
	case evaluator.RCP:
		st.policies.RCP = levels(st.policies.RCP)
	default:
		*st.single(at.kind) = p
	}
}
