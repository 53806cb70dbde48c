package evaluator

import "slices"

// explicitOrder is the order in which explicit denials are named. AWS names
// one layer and does not document which
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
var explicitOrder = [...]Kind{RCP, SCP, VPCEndpoint, Resource, Trust, Session, Boundary, Identity}

// decide makes the decision from the layers.
func (e *evaluation) decide() {
	r := e.res
	for _, kind := range explicitOrder {
		for i := range r.Layers {
			if l := &r.Layers[i]; l.Kind == kind && l.Decision == ExplicitDeny {
				r.Decision, r.DeniedBy, r.Reason = ExplicitDeny, kind, l.Reason
				return
			}
		}
	}
	if e.req.ForeignResourceType {
		r.Reason, r.DeniedBy = ResourceTypeIsForeign, r.Layers[len(r.Layers)-1].Kind
	} else if l := e.obstacle(); l != nil {
		r.Reason, r.DeniedBy = l.Reason, l.Kind
	} else {
		r.Decision = Allowed
		return
	}
	e.missingKeys()
}

// obstacle returns the first layer that had to allow and does not, and sets
// the reason of an allowed request otherwise.
func (e *evaluation) obstacle() *Layer {
	grant := e.waivingGrant()
	var found *Layer
	for i := range e.res.Layers {
		l := &e.res.Layers[i]
		if l.Decision == Allowed {
			continue
		}
		if e.waived(l, grant) {
			l.Waived = true
		} else if found == nil {
			found = l
		}
	}
	if found == nil {
		e.res.Reason = e.allowReason(grant)
	}
	return found
}

func (e *evaluation) allowReason(grant Grant) Reason {
	switch {
	case grant >= GrantEntity:
		return ResourcePolicyAllows
	case e.req.Principal.Kind == Root && !e.cross:
		return RootOfTheAccount
	}
	return EveryLayerAllows
}

// waivingGrant is the grant of the resource-based policy as far as it waives
// other layers: never across accounts.
func (e *evaluation) waivingGrant() Grant {
	if e.cross {
		return NoGrant
	}
	for i := range e.res.Layers {
		if l := &e.res.Layers[i]; (l.Kind == Resource || l.Kind == Trust) && l.Decision == Allowed {
			if l.Grant == GrantAccount && e.pol.ResourceRule == OrdinaryRule && e.quirk(QuirkAccountGrant) {
				return GrantPrincipal
			}
			return l.Grant
		}
	}
	return NoGrant
}

// waived reports whether an implicit denial of the layer does not matter.
func (e *evaluation) waived(l *Layer, grant Grant) bool {
	switch l.Kind {
	case Identity:
		return grant >= GrantEntity
	case Boundary:
		return grant >= GrantPrincipal
	case Session:
		return grant >= GrantPrincipal && l.Level == 0
	case Resource, Trust:
		return !e.resourceMustAllow()
	}
	return false
}

// missingKeys lists the keys that policies mention and the request lacks.
func (e *evaluation) missingKeys() {
	simulated := e.quirk(QuirkMissingKeys)
	if simulated && e.res.DeniedBy == SCP {
		return
	}
	for _, p := range e.pol.Identity {
		e.missingIn(p)
	}
	e.missingIn(e.pol.Boundary)
	e.missingIn(e.pol.Resource)
	if simulated {
		return
	}
	for _, list := range [...][]*Policy{e.pol.Session, e.pol.Limits} {
		for _, p := range list {
			e.missingIn(p)
		}
	}
	e.missingIn(e.pol.VPCEndpoint)
	for _, levels := range [...][][]*Policy{e.pol.SCP, e.pol.RCP} {
		for _, level := range levels {
			for _, p := range level {
				e.missingIn(p)
			}
		}
	}
}

func (e *evaluation) missingIn(p *Policy) {
	if p == nil {
		return
	}
	for _, key := range p.compiled.keys {
		k := e.req.Context.find(key)
		if k == nil || k.defaulted && e.quirk(QuirkMissingKeys) {
			e.res.addMissing(key)
		}
	}
}

// addMissing appends a key that is not in the list yet. Long lists are kept in a
// set as well.
func (r *Result) addMissing(key string) {
	seen := r.scratch.missing
	if len(r.MissingKeys) <= searchUpTo && slices.Contains(r.MissingKeys, key) || seen[key] {
		return
	}
	r.MissingKeys = append(r.MissingKeys, key)
	switch n := len(r.MissingKeys); {
	case n == searchUpTo+1:
		if seen == nil {
			r.scratch.missing = make(map[string]bool)
		}
		for _, k := range r.MissingKeys {
			r.scratch.missing[k] = true
		}
	case n > searchUpTo+1:
		seen[key] = true
	}
}
