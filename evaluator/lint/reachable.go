package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// reachable looks for actions that never apply to a resource of their statement.
func (l *linter) reachable(s *statement) {
	if s.notAction() || s.notResource() || len(s.resources) == 0 || l.kind == evaluator.Trust {
		return
	}
	for _, a := range s.actions {
		c := l.names.cover(a.text)
		if c.everything || c.unknown || len(c.actions) == 0 {
			continue
		}
		if !slices.ContainsFunc(c.actions, func(a catalog.Action) bool { return l.applies(a, s.resources) }) {
			l.report(ActionMatchesNoResource, a.spot, a.text, actsOn(c.actions))
		}
	}
}

// applies reports whether the action may be asked for of one of the resources.
func (l *linter) applies(a catalog.Action, resources []value) bool {
	var patterns []string
	for _, r := range a.Resources {
		patterns = append(patterns, r.Patterns...)
	}
	return slices.ContainsFunc(resources, func(r value) bool {
		return evaluator.NewResourcePattern(r.text, l.doc.version).Matches("*") || l.newest() && strings.HasPrefix(r.text, "${") ||
			l.mayBe(r.text, patterns) || len(patterns) == 0 && l.wholeService(a, r.text)
	})
}

// wholeService reports whether an ARN ends in a wildcard and may be of the service. Some
// services ask about all resources of a type where the catalogue has none: iam:ListUsers
// about the users of the account, s3:ListAllMyBuckets about all buckets.
func (l *linter) wholeService(a catalog.Action, text string) bool {
	services := []string{a.Service}
	if a.Service == "sts" {
		services = append(services, "iam")
	}
	return strings.HasSuffix(text, "*") && slices.ContainsFunc(services, func(service string) bool {
		return l.mayBe(text, []string{"arn:${Partition}:" + service + ":${Region}:${Account}:${Resource}"})
	})
}

// maxNamed is how many types of resources a message names.
const maxNamed = 4

// actsOn says what resources the actions take.
func actsOn(actions []catalog.Action) string {
	var names []string
	for _, a := range actions {
		for _, r := range a.Resources {
			if !slices.Contains(names, r.Name) {
				names = append(names, r.Name)
			}
		}
	}
	switch {
	case len(names) == 0:
		return `no resource in particular, so the resource has to be "*"`
	case len(names) > maxNamed:
		return strings.Join(names[:maxNamed], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

// dead looks for statements of which another one denies everything.
func (l *linter) dead() {
	list := l.doc.statements[:min(len(l.doc.statements), maxStatements)]
	for _, s := range list {
		if !s.allows() || !s.complete() {
			continue
		}
		i := slices.IndexFunc(list, func(other *statement) bool { return l.denies(other, s) })
		if i >= 0 {
			l.report(DeadStatement, s.spot, list[i].path)
		}
	}
}

// denies reports whether a denies all that b allows.
func (l *linter) denies(a, b *statement) bool {
	everyone := len(a.principals) == 1 && a.principals[0].text == "*" && !a.notPrincipal()
	return a.effect.text == "Deny" && a.complete() && !a.has("Condition") &&
		(everyone || l.same(a, b, "Principal") && l.same(a, b, "NotPrincipal")) &&
		l.within(a, b, "Action") && l.within(a, b, "Resource")
}
