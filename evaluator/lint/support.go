package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// support compares the condition keys of a statement with its actions.
func (l *linter) support(s *statement) {
	for _, c := range s.conditions {
		l.unsupported(s, c)
		l.tags(s, c)
		l.paired(s, c)
		l.irrelevant(c)
	}
}

// unsupported looks for actions that are written by their names and never have the key.
// Actions that a wildcard covers are not meant one by one.
func (l *linter) unsupported(s *statement, c *condition) {
	k, ok := l.names.key(c.key)
	if !ok || s.notAction() || c.op.Type == evaluator.NullValue || global(k) {
		return
	}
	var without []string
	for _, a := range s.actions {
		if isPattern(a.text) {
			continue
		}
		if list := l.names.cover(a.text).actions; len(list) == 1 && !hasKey(list[0], k.Name) {
			without = append(without, a.text)
		}
	}
	if len(without) > 0 {
		l.report(UnsupportedActionForConditionKey, c.keyAt, strings.Join(without, ", "), c.key)
	}
}

// hasKey reports whether requests for the action may have the key, which is spelled as in
// the catalogue.
func hasKey(a catalog.Action, key string) bool {
	if slices.Contains(a.ConditionKeys, key) {
		return true
	}
	return slices.ContainsFunc(a.Resources, func(r catalog.ActionResource) bool {
		return slices.Contains(r.ConditionKeys, key) || slices.Contains(r.ActionKeys, key)
	})
}

// tagKeys are the global keys that only some services support.
var tagKeys = []string{"aws:ResourceTag/${TagKey}", "aws:RequestTag/${TagKey}", "aws:TagKeys"}

// tags looks for services that do not support a condition on tags.
func (l *linter) tags(s *statement, c *condition) {
	k, ok := l.names.key(c.key)
	if !ok || !slices.Contains(tagKeys, k.Name) || c.op.Type == evaluator.NullValue || l.kind == evaluator.Trust {
		return
	}
	denies := s.effect.text == "Deny"
	if s.notAction() {
		if denies {
			l.report(DenyNotActionWithUnsupportedTagConditionKeyForService, c.keyAt, c.key)
		} else if s.allows() {
			l.report(AllowNotActionWithUnsupportedTagConditionKeyForService, c.keyAt, c.key)
		}
		return
	}
	names := l.withoutKey(s, k.Name)
	switch {
	case len(names) == 0:
	case denies:
		l.report(DenyWithUnsupportedTagConditionKeyForService, c.keyAt, c.key, strings.Join(names, ", "))
	case s.allows():
		l.report(AllowWithUnsupportedTagConditionKeyForService, c.keyAt, c.key, strings.Join(names, ", "))
	}
}

// withoutKey are the services of the actions of the statement that do not have the key.
func (l *linter) withoutKey(s *statement, key string) []string {
	var names []string
	for _, a := range s.actions {
		prefix, _, ok := strings.Cut(lower(a.text), ":")
		service, exists := catalog.Find(prefix)
		if !ok || !exists || slices.Contains(names, prefix) {
			continue
		}
		if !slices.ContainsFunc(service.Keys(), func(k catalog.Key) bool { return k.Name == key }) {
			names = append(names, prefix)
		}
	}
	return names
}

// keyPairs are keys that say little without another one, which AWS's page on global keys
// recommends beside them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var keyPairs = map[string][]string{
	"aws:vpcsourceip":                  {"aws:SourceVpc", "aws:SourceVpce"},
	"aws:ec2instancesourceprivateipv4": {"aws:Ec2InstanceSourceVpc", "aws:SourceVpc"},
}

// paired looks for a key without the one that makes it unambiguous.
func (l *linter) paired(s *statement, c *condition) {
	others := keyPairs[lower(c.key)]
	if s.allows() && len(others) > 0 && !slices.ContainsFunc(others, s.looksAt) {
		l.report(MissingPairedConditionKeys, c.keyAt, c.key, strings.Join(others, ", "))
	}
}

// irrelevant: the account of a bucket is the same for each request that its policy is
// looked at for.
func (l *linter) irrelevant(c *condition) {
	t, ok := l.attached()
	if ok && t.service == "s3" && strings.EqualFold(c.key, "s3:ResourceAccount") {
		l.report(IrrelevantConditionKeyInPolicy, c.keyAt, c.key, t.name)
	}
}
