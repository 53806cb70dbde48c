package evaluator

// begin appends a layer; its matches follow.
func (e *evaluation) begin(kind Kind, level int) *Layer {
	r := e.res
	r.Layers = append(r.Layers, Layer{Kind: kind, Level: level, first: len(r.Matches)})
	return &r.Layers[len(r.Layers)-1]
}

// settled appends a layer that consults no policy.
func (e *evaluation) settled(kind Kind, level int, d Decision, reason Reason) {
	l := e.begin(kind, level)
	l.Decision, l.Reason = d, reason
}

func (e *evaluation) single(kind Kind, level int, p *Policy) {
	l := e.begin(kind, level)
	e.policy(l, p)
	l.settle(false)
}

func (e *evaluation) union(kind Kind, level int, policies []*Policy) {
	l := e.begin(kind, level)
	for _, p := range policies {
		e.policy(l, p)
	}
	l.settle(len(policies) == 0)
}

// settle turns what policy has found into the layer's decision.
func (l *Layer) settle(empty bool) {
	switch {
	case l.Decision == ExplicitDeny: // deny has set the reason
	case l.Decision == Allowed:
		l.Reason = StatementAllows
	case empty:
		l.Reason = NoPolicies
	default:
		l.Reason = NothingAllows
	}
}

// organization evaluates one layer for each level of an organization: each
// must allow by itself.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
func (e *evaluation) organization(kind Kind, levels [][]*Policy, exempt Exemption) {
	if levels == nil {
		return
	}
	if exempt != NotExempt {
		e.settled(kind, 0, Allowed, exempt.reason())
		return
	}
	for i, level := range levels {
		e.union(kind, i, level)
	}
}

func (x Exemption) reason() Reason {
	switch x {
	case ManagementAccount:
		return ManagementAccountIsExempt
	case ServiceLinkedRole:
		return ServiceLinkedRoleIsExempt
	}
	return ActionIsExempt
}

// resourceKind is Trust for a role and Resource for everything else.
func (p *Policies) resourceKind() Kind {
	if p.ResourceRule == TrustRule {
		return Trust
	}
	return Resource
}

func (e *evaluation) resourceLayer() {
	kind := e.pol.resourceKind()
	switch {
	case e.pol.Resource != nil:
		e.single(kind, 0, e.pol.Resource)
	case e.resourceMustAllow():
		e.settled(kind, 0, ImplicitDeny, ResourcePolicyIsMissing)
	}
}

// resourceMustAllow reports whether the request cannot succeed without the
// resource-based policy: for roles and keys, across accounts, and for callers
// who have no policies of their own.
func (e *evaluation) resourceMustAllow() bool {
	return e.pol.ResourceRule != OrdinaryRule || e.cross || !e.req.Principal.Kind.signed()
}

// callerLayers evaluates the caller's own policies: identity, boundary, session
// and what narrows the session.
func (e *evaluation) callerLayers() {
	kind := e.req.Principal.Kind
	switch {
	case !kind.signed():
		return
	case kind == Root:
		e.settled(Identity, 0, Allowed, RootNeedsNoPolicy)
	default:
		e.union(Identity, 0, e.pol.Identity)
	}
	if e.pol.Boundary != nil {
		e.single(Boundary, 0, e.pol.Boundary)
	}
	switch {
	case len(e.pol.Session) > 0 || e.pol.SessionRequired:
		e.union(Session, 0, e.pol.Session)
	case kind == FederatedUser:
		e.settled(Session, 0, ImplicitDeny, SessionPolicyWasNotPassed)
	}
	e.limits()
}

// limits evaluates what narrows the session, one layer for each policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getscopedcredentials.html
func (e *evaluation) limits() {
	for i, p := range e.pol.Limits {
		e.single(Session, i+1, p)
	}
}

// policy evaluates the statements of p that may apply to the action.
func (e *evaluation) policy(l *Layer, p *Policy) {
	if e.req.ForeignResourceType {
		return
	}
	c := p.compiled
	if c.index == nil {
		for i := range c.statements {
			if c.statements[i].appliesToAction(e.req.Action, &e.res.scratch) {
				e.statement(l, p, &c.statements[i])
			}
		}
		return
	}
	if e.over(len(c.statements)) {
		return
	}
	for _, i := range c.applying(e.req.Action, e.action, &e.res.scratch) {
		e.statement(l, p, &c.statements[i])
	}
}

// statement evaluates a statement whose action applies, and records it if the
// rest of it applies too.
func (e *evaluation) statement(l *Layer, p *Policy, s *statement) {
	grant, ok := s.appliesTo(e)
	if !ok || !s.appliesToResource(e) {
		return
	}
	t := yes
	for i := range s.conditions {
		switch s.conditions[i].eval(e) {
		case no:
			return
		case erring:
			t = erring
		}
	}
	switch {
	case s.effect == Deny:
		e.deny(l, t)
	case t == erring:
		return
	default:
		if l.Decision == ImplicitDeny {
			l.Decision = Allowed
		}
		l.Grant = max(l.Grant, grant)
	}
	e.res.Matches = append(e.res.Matches, Match{l.Kind, p, s.source, grant})
}

// deny records a Deny statement. The reason is an error only if no other
// statement denies.
func (e *evaluation) deny(l *Layer, t truth) {
	switch {
	case t == yes:
		l.Reason = StatementDenies
	case l.Decision != ExplicitDeny:
		l.Reason = DecidedByError
	}
	l.Decision = ExplicitDeny
}
