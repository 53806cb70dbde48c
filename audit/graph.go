package audit

import (
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// graph is who becomes an administrator, and how: the goals are those who are one (or
// whom Options.To names), and each round finds those who take somebody of the round before.
type graph struct {
	*state
	goals  map[*person]bool
	routes map[*person]*route // the first of each person who is not a goal

	actions  []string // that methods take
	grants   map[*evaluator.Policy][]grant
	patterns map[[2]string]*evaluator.ResourcePattern

	asked      *authz.Standing // of the last question
	everything *evaluator.Policy
	raised     map[*person]bool // whether somebody would be an administrator who is allowed everything
	trusted    map[servedRole]bool
	trustees   map[*person]*authz.Trustees
	named      named             // by any trust policy
	groups     map[string]*group // by ID
	policies   map[string]*ownPolicy
	rich       []*group // groups whose policies may make an administrator
}

// A route is how a person comes, by one method, to be an administrator or somebody who
// becomes one.
type route struct {
	method string
	from   *person
	to     *person // from itself if it is raised
	ends   bool    // it ends at an administrator; else it goes on with the route of to
	told   bool    // it is a finding
	trail  trail
	closed []closing // what to deny, to close it; the first is enough
}

// closing is a permission without which a route is closed.
type closing struct{ action, resource string }

// trail are the calls of a route, with what allows each.
type trail struct {
	steps    []Step
	evidence []Evidence
}

func newGraph(s *state) (*graph, error) {
	g := &graph{
		state: s, goals: map[*person]bool{}, routes: map[*person]*route{}, grants: map[*evaluator.Policy][]grant{},
		patterns: map[[2]string]*evaluator.ResourcePattern{}, raised: map[*person]bool{}, trusted: map[servedRole]bool{},
		trustees: map[*person]*authz.Trustees{}, groups: map[string]*group{}, policies: map[string]*ownPolicy{},
	}
	for _, m := range slices.Concat(identities(), passing()) {
		g.actions = append(g.actions, m.actions...)
	}
	g.actions = append(g.actions, "iam:DeletePolicyVersion")
	slices.Sort(g.actions)
	g.actions = slices.Compact(g.actions)
	var err error
	g.everything, err = evaluator.Compile(everythingDocument, evaluator.Identity, evaluator.Origin{Name: "everything"})
	if err != nil {
		return nil, err
	}
	for _, p := range s.people {
		if p.isRole() {
			g.trustees[p] = authz.NewTrustees(p.standing.Trust())
			g.named.add(g.trustees[p])
		}
	}
	return g, g.readGroups()
}

// everythingDocument is what somebody writes who may write a policy.
const everythingDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// about makes the questions that follow be about somebody.
func (g *graph) about(who *authz.Standing) error {
	if g.asked == who {
		return nil
	}
	g.asked = who
	return g.inquiry.About(who)
}

// may asks whether somebody has a permission.
func (g *graph) may(who *authz.Standing, n *authz.Need) (bool, error) {
	if err := g.about(who); err != nil {
		return false, err
	}
	return g.inquiry.May(n)
}

// mayEverything asks whether somebody is an administrator.
func (g *graph) mayEverything(who *authz.Standing) (bool, error) {
	if err := g.about(who); err != nil {
		return false, err
	}
	return g.inquiry.MayEverything()
}

// raisable reports whether the person would be an administrator if a policy of its own
// allowed everything: no boundary, no denial and no organization keeps it from that.
func (g *graph) raisable(p *person) (bool, error) {
	if ok, known := g.raised[p]; known {
		return ok, nil
	}
	ok, err := g.mayEverything(p.standing.With(g.everything))
	if err == nil {
		g.raised[p] = ok
	}
	return ok, err
}

// call notes a call that was asked about last and is allowed.
func (g *graph) call(t *trail, id string, as *person, n *authz.Need) {
	step := Step{Check: id, As: as.arn(), Action: n.Action, Resource: n.Resource}
	list := g.allowing(n)
	if len(list) > 0 {
		step.Policy, step.Line, step.Column = list[0].Policy, list[0].Line, list[0].Column
	}
	t.steps = append(t.steps, step)
	for _, e := range list {
		if !slices.Contains(t.evidence, e) {
			t.evidence = append(t.evidence, e)
		}
	}
}

// try asks whether the person may make a call, and notes it if so.
func (g *graph) try(t *trail, id string, who *authz.Standing, as *person, n *authz.Need) (bool, error) {
	ok, err := g.may(who, n)
	if ok {
		g.call(t, id, as, n)
	}
	return ok, err
}

// allowing are the statements that allowed what was asked about last: the first of the
// principal's policies, and the first of a trust policy.
func (g *graph) allowing(n *authz.Need) (list []Evidence) {
	matches := g.inquiry.Check().Result.Matches
	for _, layer := range [...]evaluator.Kind{evaluator.Identity, evaluator.Trust} {
		i := slices.IndexFunc(matches, func(m evaluator.Match) bool { return m.Layer == layer && m.Effect() == evaluator.Allow })
		if i < 0 {
			continue
		}
		e := g.statement(matches[i].Policy, matches[i].Statement)
		if layer == evaluator.Trust {
			e.Policy = "trust policy of " + n.Resource
		}
		list = append(list, e)
	}
	return list
}
