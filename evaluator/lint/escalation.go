package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// write is an action with which callers can give themselves more, and the type of the
// resources that it is about.
type write struct{ action, of string }

// policyWrites change what somebody may do.
var policyWrites = []write{
	{"iam:AttachGroupPolicy", "group"}, {"iam:AttachRolePolicy", "role"}, {"iam:AttachUserPolicy", "user"},
	{"iam:CreatePolicyVersion", "policy"}, {"iam:PutGroupPolicy", "group"}, {"iam:PutRolePolicy", "role"},
	{"iam:PutUserPolicy", "user"}, {"iam:SetDefaultPolicyVersion", "policy"},
}

// trustWrite changes who may assume a role.
var trustWrite = write{"iam:UpdateAssumeRolePolicy", "role"}

// every are examples of resources of the type, one with a path.
func every(of string) []string { return []string{of + "/q", of + "/X9/z"} }

// escalation looks for wildcards that include such an action on every resource.
func (l *linter) escalation(s *statement) {
	if !s.allows() || l.kind != evaluator.Identity || s.notAction() || s.notResource() {
		return
	}
	reaches := func(a value, w write) bool {
		return matches(a.text, w.action) &&
			slices.ContainsFunc(s.resources, func(r value) bool { return l.coversEvery(r.text, every(w.of)) })
	}
	for _, a := range s.actions {
		if !isPattern(a.text) {
			continue
		}
		var names []string
		for _, w := range policyWrites {
			if reaches(a, w) {
				names = append(names, w.action)
			}
		}
		if len(names) > 0 {
			l.report(EscalationByPolicy, a.spot, a.text, strings.Join(names, ", "))
		}
		if reaches(a, trustWrite) {
			l.report(EscalationByTrust, a.spot, a.text)
		}
	}
}

// exceptions looks for Allow with what is not meant. AWS has a check of NotPrincipal.
func (l *linter) exceptions(s *statement) {
	if !s.allows() || l.kind == evaluator.Boundary || l.kind == evaluator.SCP {
		return // they limit what others allow
	}
	if s.notAction() {
		l.report(AllowNotAction, s.actionElement())
	}
	if s.notResource() {
		l.report(AllowNotResource, s.resourceElement())
	}
}
