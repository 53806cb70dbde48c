package audit

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

func effectChecks() []Check {
	return []Check{
		{
			ID: "never-effective", Severity: Info, Title: "A policy has no effect: what limits its holder allows nothing of it",
			Why: "It looks as if the holder had the rights, and gives them as soon as the limit is gone.", run: neverEffective,
		},
	}
}

// actionSet is a set of actions of the catalogue, and of actions.Unknown, a bit each.
type actionSet []uint64

// reach knows which actions the texts of policies are about.
type reach struct {
	names    []string
	texts    map[string]actionSet
	policies map[*evaluator.Policy]actionSet // what each may allow
}

func newReach() *reach {
	r := &reach{names: []string{actions.Unknown}, texts: map[string]actionSet{}, policies: map[*evaluator.Policy]actionSet{}}
	for info := range catalog.Services() {
		if service, ok := catalog.Find(info.Prefix); ok {
			for name := range service.ActionNames() {
				r.names = append(r.names, info.Prefix+":"+name)
			}
		}
	}
	return r
}

func (r *reach) empty() actionSet { return make(actionSet, (len(r.names)+63)/64) }

// of are the actions that match a text.
func (r *reach) of(text string) actionSet {
	text = strings.ToLower(text)
	if set, ok := r.texts[text]; ok {
		return set
	}
	set, pattern := r.empty(), evaluator.NewActionPattern(text)
	for i, name := range r.names {
		if pattern.Matches(name) {
			set[i/64] |= 1 << (i % 64)
		}
	}
	r.texts[text] = set
	return set
}

// about are the actions of a statement.
func (r *reach) about(st *evaluator.Statement) actionSet {
	texts := st.Actions
	if len(st.NotActions) > 0 {
		texts = st.NotActions
	}
	set := r.empty()
	for _, t := range texts {
		for i, bits := range r.of(t.Value) {
			set[i] |= bits
		}
	}
	if len(st.NotActions) > 0 {
		for i := range set {
			set[i] = ^set[i]
		}
	}
	return set
}

// allowed are the actions that a policy may allow on something: those of which it does not
// deny all.
func (r *reach) allowed(p *evaluator.Policy) actionSet {
	if set, ok := r.policies[p]; ok {
		return set
	}
	set := r.empty()
	statements := p.Document().Statements
	for i := range statements {
		if statements[i].Effect == evaluator.Allow {
			set.add(r.about(&statements[i]))
		}
	}
	for i := range statements {
		if st := &statements[i]; st.Effect == evaluator.Deny && len(st.Conditions) == 0 && everywhere(st) {
			set.remove(r.about(st))
		}
	}
	r.policies[p] = set
	return set
}

func (a actionSet) add(b actionSet) {
	for i := range a {
		a[i] |= b[i]
	}
}

func (a actionSet) remove(b actionSet) {
	for i := range a {
		a[i] &^= b[i]
	}
}

func (a actionSet) meets(b actionSet) bool {
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}

func (a actionSet) isEmpty() bool {
	return !slices.ContainsFunc(a, func(bits uint64) bool { return bits != 0 })
}

// neverEffective reports the policies of somebody of which the permissions boundary, or the
// organization's policies at one of its levels, allow no action.
func neverEffective(s *state, c *Check) error {
	o, err := s.o.Authorizer.Organization(s.tx, s.o.Account)
	if err != nil {
		return err
	}
	r := newReach()
	var levels []limit
	if o != nil && o.Exempt(s.o.Account) == evaluator.NotExempt {
		levels = r.levels(o)
	}
	if _, err := s.things(); err != nil {
		return err
	}
	for _, p := range s.people {
		boundary, e := p.standing.Boundary(), s.inventoryOf(p)
		if e == nil || e.isLinked() || boundary == nil && len(levels) == 0 {
			continue
		}
		for _, policy := range p.standing.Identity() {
			if by := r.stops(policy, boundary, levels); by != "" && e.ownsPolicy(policy) {
				s.reportIdle(c, e, policy, by)
			}
		}
	}
	return nil
}

// A limit is what a level of an organization lets through.
type limit struct {
	name string
	set  actionSet
}

func (r *reach) levels(o *authz.Organization) (list []limit) {
	for i, level := range o.SCP {
		l := limit{"a service control policy of " + o.Levels[i], r.empty()}
		for _, p := range level {
			l.set.add(r.allowed(p))
		}
		for _, p := range level {
			l.set.remove(r.denied(p))
		}
		list = append(list, l)
	}
	return list
}

// denied are the actions that a policy denies whatever else is.
func (r *reach) denied(p *evaluator.Policy) actionSet {
	set := r.empty()
	for i := range p.Document().Statements {
		if st := &p.Document().Statements[i]; st.Effect == evaluator.Deny && len(st.Conditions) == 0 && everywhere(st) {
			set.add(r.about(st))
		}
	}
	return set
}

// stops is what lets nothing through of what a policy allows; empty if all do, and if the
// policy allows nothing.
func (r *reach) stops(p, boundary *evaluator.Policy, levels []limit) string {
	set := r.allowed(p)
	if set.isEmpty() {
		return ""
	}
	if boundary != nil && !set.meets(r.allowed(boundary)) {
		return "the permissions boundary " + policyName(boundary)
	}
	for _, l := range levels {
		if !set.meets(l.set) {
			return l.name
		}
	}
	return ""
}

// inventoryOf is a principal as the inventory has it, after things.
func (s *state) inventoryOf(p *person) *entity { return s.inventory.byID[p.id()] }

// ownsPolicy reports whether a policy is the entity's own, and not a group's.
func (e *entity) ownsPolicy(p *evaluator.Policy) bool {
	o := p.Origin()
	return o.ARN != "" && e.has(o.ARN) || o.Holder == e.kind && o.Owner == e.name
}

func (s *state) reportIdle(c *Check, e *entity, p *evaluator.Policy, by string) {
	o := p.Origin()
	fix := e.detach(o.ARN)
	if o.ARN == "" {
		fix = e.on("delete-", "-policy", "--policy-name", strings.TrimPrefix(o.ID, authz.InlineID(e.kind, e.name, "")))
	}
	s.find(c, Finding{
		Principal: e.arn, Resource: o.ARN, Fix: []string{fix},
		Evidence: []Evidence{{Policy: policyName(p), Text: "None of the actions that it allows is allowed by " + by + "."}},
		Advice:   "Or let the limit allow what is needed.",
	})
}
