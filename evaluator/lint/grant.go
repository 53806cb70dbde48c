package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// width is how a statement comes to cover an action.
type width uint8

const (
	notCovered width = iota
	byName
	byPattern
	byNotAction
)

// covers says how the statement covers the action.
func (s *statement) covers(action string) width {
	covering := func(v value) bool { return matches(v.text, action) }
	switch {
	case s.notAction():
		if slices.ContainsFunc(s.actions, covering) {
			return notCovered
		}
		return byNotAction
	case slices.ContainsFunc(s.actions, func(v value) bool { return strings.EqualFold(v.text, action) }):
		return byName
	case slices.ContainsFunc(s.actions, covering):
		return byPattern
	}
	return notCovered
}

// Resources of a role of any name and path: what covers both is for every role.
var everyRole = []string{"role/q", "role/X9/z"}

// everyLinked are those of service-linked roles.
var everyLinked = []string{"role/aws-service-role/q.amazonaws.com/Q", "role/aws-service-role/x.amazonaws.com/Z9"}

// coversEvery reports whether an entry of Resource is for all resources of IAM that the
// examples are of, at least of one account.
func (l *linter) coversEvery(text string, examples []string) bool {
	if text == "*" {
		return true
	}
	parts := l.splitARN(completed(text))
	if len(parts) < arnParts || parts[0] != "arn" || !matches(parts[servicePart], "iam") && parts[servicePart] != "iam" {
		return false
	}
	for _, e := range examples {
		if !matches(parts[resourcePart], e) {
			return false
		}
	}
	return true
}

// reach is how a statement comes to cover all resources.
func (l *linter) reach(s *statement, examples []string) width {
	every := slices.ContainsFunc(s.resources, func(v value) bool { return l.coversEvery(v.text, examples) })
	switch {
	case s.notResource() && !every:
		return byNotAction
	case every && !s.notResource():
		return byPattern
	}
	return notCovered
}

// grantCase is how actions and resources are written.
type grantCase struct{ action, resource width }

// grant is an action that should not be allowed on every resource.
type grant struct {
	action   string
	examples []string
	key      string // a condition on it makes it safe
	codes    map[grantCase]Code
}

// grants: AWS's message names iam:PassedToService. That a condition on
// iam:AWSServiceName, which names the service of the role, is as good is inferred.
var grants = []grant{
	{"iam:PassRole", everyRole, "iam:PassedToService", map[grantCase]Code{
		{byName, byNotAction}:      PassRoleWithNotResource,
		{byPattern, byNotAction}:   PassRoleWithStarInActionAndNotResource,
		{byNotAction, byNotAction}: PassRoleWithNotActionAndNotResource,
		{byName, byPattern}:        PassRoleWithStarInResource,
		{byPattern, byPattern}:     PassRoleWithStarInActionAndResource,
		{byNotAction, byPattern}:   PassRoleWithStarInResourceAndNotAction,
	}},
	{"iam:CreateServiceLinkedRole", everyLinked, "iam:AWSServiceName", map[grantCase]Code{
		{byName, byNotAction}:      CreateSLRWithNotResource,
		{byPattern, byNotAction}:   CreateSLRWithStarInActionAndNotResource,
		{byNotAction, byNotAction}: CreateSLRWithNotActionAndNotResource,
		{byName, byPattern}:        CreateSLRWithStarInResource,
		{byPattern, byPattern}:     CreateSLRWithStarInActionAndResource,
		{byNotAction, byPattern}:   CreateSLRWithStarInResourceAndNotAction,
	}},
}

// grants looks for what identity-based policies allow on too many roles.
func (l *linter) grants(s *statement) {
	if !s.allows() || l.kind != evaluator.Identity {
		return
	}
	for _, g := range grants {
		code, ok := g.codes[grantCase{s.covers(g.action), l.reach(s, g.examples)}]
		if ok && !s.looksAt(g.key) {
			l.report(code, s.actionElement())
		}
	}
}

// looksAt reports whether a condition of the statement is on the key.
func (s *statement) looksAt(key string) bool {
	return slices.ContainsFunc(s.conditions, func(c *condition) bool { return strings.EqualFold(c.key, key) })
}
