package compare

import "slices"

// cell are the statements that are about one action of one caller on one resource. Of
// the new document those are in granted which may apply, and in refused those which surely
// do; of the old one it is the other way round, so that nothing new is missed.
type cell struct {
	granted, refused   []*statement // of the new document: Allow, Deny
	allowed, forbidden []*statement // of the old document: Allow, Deny

	denies []*statement // of the new document: those about the action and the caller, whatever the resource is

	spend func(claims, *statement) bool // see comparison.spend
}

// grants returns the statements of the new document that may allow what the old one does
// not, each with claims under which it is not proved that the old one does, and that are open.
func (c *cell) grants(open func(variant, []*statement) (claims, bool), yield func(*statement, claims)) {
	for _, s := range c.granted {
		for n, v := range s.variants() {
			if c.covered(v) {
				continue
			}
			if v, ok := open(variant{s, n}, c.refused); ok {
				yield(s, v)
				break
			}
		}
	}
}

// covered reports whether, wherever the claims hold, the new document does not allow or
// the old one does too. It is false if it takes too long to find out.
func (c *cell) covered(v claims) bool {
	implied := func(t *statement) bool { return c.spend(v, t) && v.imply(t.claims()) }
	if v.impossible() || slices.ContainsFunc(c.refused, implied) {
		return true
	}
	if !slices.ContainsFunc(c.allowed, implied) {
		return false
	}
	return !slices.ContainsFunc(c.forbidden, func(e *statement) bool { return !c.harmless(v, e) })
}

// harmless reports whether a Deny of the old document takes nothing away from what the
// claims allow, or nothing that a Deny of the new one does not take away too.
func (c *cell) harmless(v claims, e *statement) bool {
	if !c.spend(v, e) {
		return false
	}
	return v.exclude(e.claims()) || slices.ContainsFunc(c.denies, func(d *statement) bool {
		return c.spend(e.claims(), d) && (slices.Contains(c.refused, d) || wider(d, e)) && anyImplies([]claims{v, e.claims()}, d.claims())
	})
}

// wider reports whether one statement has each entry of the other to the letter, so that
// it applies to each resource that the other applies to, whatever its variables are.
func wider(d, e *statement) bool {
	return !d.not && !e.not && !d.all && !e.all && d.version == e.version && !slices.ContainsFunc(e.entries, func(x *entry) bool {
		return !slices.ContainsFunc(d.entries, func(y *entry) bool { return x.text == y.text })
	})
}
