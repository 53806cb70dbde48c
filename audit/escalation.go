package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/persistence"
)

// escalations are the known ways to become an administrator, in the order of their IDs.
func escalations() []Check {
	var list []Check
	for _, m := range slices.Concat(identities(), passing()) {
		c := Check{
			ID: m.id, Severity: Critical, Title: "It " + m.title,
			Why: "Whoever has its credentials has the whole account. It takes " + joined(m.actions) + ".",
		}
		if m.id == byChain {
			c.Why = "Whoever has its credentials has the whole account, by several calls."
		}
		if !strings.HasPrefix(m.id, "own-") {
			c.References = []string{"pathfinding.cloud " + m.id}
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Check) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func joined(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// escalate finds the ways to administrator, or to Options.To.
func (s *state) escalate() error {
	g, err := newGraph(s)
	if err != nil {
		return err
	}
	from, err := g.begin()
	if err != nil {
		return err
	}
	if err := g.direct(from); err != nil {
		return err
	}
	if err := g.chains(); err != nil {
		return err
	}
	return g.tell(from)
}

// begin finds the goals, and from whom ways are looked for; nil: from everybody.
func (g *graph) begin() (from *person, err error) {
	for i, p := range g.people {
		if err := g.ctx.Err(); err != nil {
			return nil, err
		}
		g.progress("administrators", i, len(g.people))
		if g.o.From == p.arn() {
			from = p
		}
		if g.o.To == p.arn() {
			g.goals[p] = true
		}
		if g.o.To != "" {
			continue
		}
		ok, err := g.mayEverything(p.standing)
		if err != nil {
			return nil, err
		}
		if ok {
			g.goals[p] = true
		}
	}
	if g.o.From != "" && from == nil {
		return nil, fmt.Errorf("%s: %w", g.o.From, persistence.ErrNotFound)
	}
	if g.o.To != "" && len(g.goals) == 0 {
		return nil, fmt.Errorf("%s: %w", g.o.To, persistence.ErrNotFound)
	}
	return from, nil
}

// direct finds the routes of a single method, and reports each.
func (g *graph) direct(from *person) error {
	goals := slices.DeleteFunc(slices.Clone(g.people), func(p *person) bool { return !g.goals[p] })
	for i, p := range g.people {
		if err := g.ctx.Err(); err != nil {
			return err
		}
		g.progress("ways to administrator", i, len(g.people))
		if g.goals[p] || !g.acts(p) {
			continue
		}
		list, err := g.routesOf(p, goals)
		if err != nil {
			return err
		}
		for _, r := range list {
			if g.routes[p] == nil || len(r.trail.steps) < len(g.routes[p].trail.steps) {
				g.routes[p] = r
			}
		}
		if from != nil && from != p || g.o.To != "" {
			continue
		}
		if err := g.report(p, list); err != nil {
			return err
		}
	}
	return nil
}

// acts reports whether a method may begin with the person: it has a permission that one
// takes, or a role trusts it by name.
func (g *graph) acts(p *person) bool {
	return slices.ContainsFunc(g.actions, func(action string) bool { return g.has(p, action) }) || g.takes(p)
}

// takes reports whether the person may act as anybody else at all.
func (g *graph) takes(p *person) bool {
	return g.named.has(p) || slices.ContainsFunc(takersInUse, func(t taker) bool { return g.has(p, t.action) })
}

// mostVictims is by how many others a route of one method is looked for, so that one
// denial can close all of them. Where there are more the denial is on "*".
const mostVictims = 10

// routesOf are the routes of single methods from the person to a goal, those of a method
// one after the other.
func (g *graph) routesOf(p *person, goals []*person) (list []*route, err error) {
	add := func(r *route, err error) (bool, error) {
		if r != nil {
			r.ends = true
			list = append(list, r)
		}
		return r != nil, err
	}
	if g.o.To == "" {
		for i := range raisersInUse {
			if _, err := add(g.raise(&raisersInUse[i], p, p)); err != nil {
				return nil, err
			}
		}
		if _, err := add(g.unbind(p)); err != nil {
			return nil, err
		}
		if err := g.raiseAndTake(p, func(r *route) { list = append(list, r) }); err != nil {
			return nil, err
		}
	}
	for i := range takersInUse {
		t := &takersInUse[i]
		if err := upTo(mostVictims, goals, func(other *person) (bool, error) { return add(g.take(t, p, other)) }); err != nil {
			return nil, err
		}
	}
	for i := range passersInUse {
		m := &passersInUse[i]
		if !g.hasAll(p, m.actions) {
			continue
		}
		if err := upTo(mostVictims, goals, func(other *person) (bool, error) { return add(g.pass(m, p, other)) }); err != nil {
			return nil, err
		}
	}
	return list, nil
}

var passersInUse = passing()

// upTo tries the others until it has succeeded more than most times.
func upTo(most int, others []*person, try func(*person) (bool, error)) error {
	n := 0
	for _, other := range others {
		ok, err := try(other)
		if err != nil {
			return err
		}
		if ok {
			n++
		}
		if n > most {
			return nil
		}
	}
	return nil
}

// raiseAndTake finds the routes on which the person makes another an administrator and
// acts as it: the first of each method.
func (g *graph) raiseAndTake(p *person, found func(*route)) error {
	seen := map[string]int{}
	for i := range raisersInUse {
		x := &raisersInUse[i]
		if !g.has(p, x.action) {
			continue
		}
		for j := range takersInUse {
			t := &takersInUse[j]
			id, known := both[[2]string{x.id, t.id}]
			if !known {
				id = byChain
			}
			if t.id != byAssuming && !g.has(p, t.action) {
				continue
			}
			for _, other := range g.people {
				if g.goals[other] || seen[id] > mostVictims || !known && seen[id] > 0 || !g.mayTake(t, p, other) {
					continue
				}
				r, err := g.raiseOther(x, t, id, p, other)
				if err != nil {
					return err
				}
				if r != nil {
					seen[id]++
					found(r)
				}
			}
		}
	}
	return nil
}

func (g *graph) raiseOther(x *raiser, t *taker, id string, p, other *person) (*route, error) {
	raised, err := g.raise(x, p, other)
	if raised == nil || err != nil {
		return nil, err
	}
	taken, err := g.take(t, p, other)
	if taken == nil || err != nil {
		return nil, err
	}
	r := &route{method: id, from: p, to: other, ends: true, closed: raised.closed}
	for _, one := range []*route{raised, taken} {
		r.trail.steps = append(r.trail.steps, one.trail.steps...)
		r.trail.evidence = append(r.trail.evidence, one.trail.evidence...)
	}
	return r, nil
}

// chains finds the ways that lead over others, one round for each of them.
func (g *graph) chains() error {
	var last []*person
	for _, p := range g.people {
		if g.routes[p] != nil {
			last = append(last, p)
		}
	}
	for len(last) > 0 {
		var next []*person
		for _, p := range g.unreached() {
			if err := g.ctx.Err(); err != nil {
				return err
			}
			if !g.acts(p) {
				continue
			}
			r, err := g.shortest(p, last)
			if err != nil {
				return err
			}
			if r != nil {
				next = append(next, p)
				g.routes[p] = r
			}
		}
		last = next
	}
	return g.raisedByOthers()
}

// shortest is a route from the person to one of the others.
func (g *graph) shortest(p *person, others []*person) (*route, error) {
	for _, other := range others {
		if r, err := g.takeAny(p, other); r != nil || err != nil {
			return r, err
		}
		for i := range passersInUse {
			if r, err := g.pass(&passersInUse[i], p, other); r != nil || err != nil {
				return r, err
			}
		}
	}
	return nil, nil
}

// raisedByOthers finds those who act as somebody that makes them administrators.
func (g *graph) raisedByOthers() error {
	if g.o.To != "" {
		return nil
	}
	var raising []*person
	for _, p := range g.unreached() {
		if slices.ContainsFunc(raisersInUse, func(x raiser) bool { return g.has(p, x.action) }) {
			raising = append(raising, p)
		}
	}
	for _, p := range g.unreached() {
		if err := g.ctx.Err(); err != nil {
			return err
		}
		if !g.takes(p) {
			continue
		}
		for _, other := range raising {
			r, err := g.takeAny(p, other)
			if err != nil {
				return err
			}
			if r == nil {
				continue
			}
			if r, err = g.raisedBack(r, p, other); err != nil {
				return err
			}
			if r != nil {
				g.routes[p] = r
				break
			}
		}
	}
	return nil
}

// raisedBack is the route by which the other, as whom the person acts, makes the person an
// administrator.
func (g *graph) raisedBack(taken *route, p, other *person) (*route, error) {
	for i := range raisersInUse {
		back, err := g.raise(&raisersInUse[i], other, p)
		if err != nil {
			return nil, err
		}
		if back != nil {
			return &route{method: byChain, from: p, to: p, ends: true, closed: taken.closed, trail: trail{
				steps:    slices.Concat(taken.trail.steps, back.trail.steps),
				evidence: slices.Concat(taken.trail.evidence, back.trail.evidence),
			}}, nil
		}
	}
	return nil, nil
}
