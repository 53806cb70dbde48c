package audit

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// What a policy could allow at most, whatever else it says: it is found out once for each
// policy, and spares decisions that would deny. Nothing is found by it.

// grant is what a statement allows of the actions that methods take.
type grant struct {
	actions   map[string]bool
	resources []evaluator.Text
	version   string
	all       bool // on every resource: the statement has NotResource or "*"
}

// grantsOf are those of a policy.
func (g *graph) grantsOf(p *evaluator.Policy) []grant {
	if list, ok := g.grants[p]; ok {
		return list
	}
	var list []grant
	d := p.Document()
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != evaluator.Allow {
			continue
		}
		one := grant{actions: map[string]bool{}, resources: s.Resources, version: d.Version}
		one.all = len(s.NotResources) > 0 || slices.ContainsFunc(s.Resources, func(t evaluator.Text) bool { return t.Value == "*" })
		for _, action := range g.actions {
			if g.classes.About(s, action) {
				one.actions[action] = true
			}
		}
		if len(one.actions) > 0 {
			list = append(list, one)
		}
	}
	g.grants[p] = list
	return list
}

// has reports whether a policy of the person may allow the action on something.
func (g *graph) has(p *person, action string) bool {
	return slices.ContainsFunc(p.standing.Identity(), func(policy *evaluator.Policy) bool {
		return slices.ContainsFunc(g.grantsOf(policy), func(one grant) bool { return one.actions[action] })
	})
}

// hasAll reports it of each of the actions.
func (g *graph) hasAll(p *person, actions []string) bool {
	return !slices.ContainsFunc(actions, func(action string) bool { return !g.has(p, action) })
}

// mayBeOn reports whether a policy of the person may allow the action on the resource.
func (g *graph) mayBeOn(p *person, action, resource string) bool {
	return slices.ContainsFunc(p.standing.Identity(), func(policy *evaluator.Policy) bool {
		return slices.ContainsFunc(g.grantsOf(policy), func(one grant) bool {
			return one.actions[action] && (one.all || slices.ContainsFunc(one.resources, func(t evaluator.Text) bool {
				return g.matches(p, t.Value, one.version, resource)
			}))
		})
	})
}

// matches reports whether the text of a statement may match the resource. Of a variable
// that is not the name of the user nothing is known here.
func (g *graph) matches(p *person, text, version, resource string) bool {
	if strings.Contains(text, "${") {
		text = strings.ReplaceAll(text, "${aws:username}", p.name())
		if strings.Contains(text, "${") {
			return true
		}
		if !strings.ContainsAny(text, "*?") {
			return text == resource
		}
	}
	k := [2]string{text, version}
	pattern := g.patterns[k]
	if pattern == nil {
		pattern = evaluator.NewResourcePattern(text, version)
		g.patterns[k] = pattern
	}
	return pattern.Matches(resource)
}
