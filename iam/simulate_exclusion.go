package iam

import (
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/principal"
)

// checkExclusions refuses items that PolicyExclusionList cannot have.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyIdentifier.html
func (m *simulation) checkExclusions() error {
	for _, e := range m.in.exclusions {
		switch e := e.(type) {
		case *types.PolicyIdentifierMemberPolicyArn:
			if !validExcludedARN(e.Value) {
				return badExcludedARN(e.Value)
			}
		case *types.PolicyIdentifierMemberInlinePolicyIdentifier:
			if !validExcludedInline(&e.Value) {
				return badExcludedInline()
			}
		}
	}
	return nil
}

// validExcludedARN: the name in the ARN may have one asterisk and any number of question
// marks.
func validExcludedARN(s string) bool {
	arn, ok := principal.ParseARN(s)
	name := principal.Name(s)
	return ok && arn.Service == "iam" && strings.HasPrefix(arn.Resource, "policy/") &&
		!strings.ContainsAny(strings.TrimSuffix(s, name), "*?") && name != "" && globbable(name)
}

// validExcludedInline: all three members are needed, and an asterisk in the owner's name
// must be at its end but not be the whole name (recorded).
func validExcludedInline(i *types.InlinePolicyIdentifierType) bool {
	owner := aws.ToString(i.AttachmentName)
	head := strings.TrimSuffix(owner, "*")
	return aws.ToString(i.PolicyName) != "" && i.AttachmentType != "" && head != "" &&
		!strings.Contains(head, "*") && globbable(owner)
}

// globbable reports whether path.Match reads the pattern as AWS does: with at most one
// asterisk, question marks, and no other special characters.
func globbable(pattern string) bool {
	return strings.Count(pattern, "*") <= 1 && !strings.ContainsAny(pattern, `[]\`)
}

func globs(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// exclude removes the excluded policies from those that were gathered for the holder.
// Documents of the request stay (recorded).
func (m *simulation) exclude(h *authz.Holder) error {
	for _, e := range m.in.exclusions {
		switch e := e.(type) {
		case *types.PolicyIdentifierMemberPolicyType:
			m.excludeType(e.Value)
		case *types.PolicyIdentifierMemberPolicyArn:
			m.excludeIdentity(func(o evaluator.Origin) bool { return m.excludesARN(e.Value, o) })
		case *types.PolicyIdentifierMemberInlinePolicyIdentifier:
			ids, err := m.inlineIDs(h, &e.Value)
			if err != nil {
				return err
			}
			m.excludeIdentity(func(o evaluator.Origin) bool { return o.ARN == "" && slices.Contains(ids, o.ID) })
		}
	}
	return nil
}

func (m *simulation) excludeIdentity(gone func(evaluator.Origin) bool) {
	m.policies.Identity = slices.DeleteFunc(m.policies.Identity, func(p *evaluator.Policy) bool { return gone(p.Origin()) })
}

// excludeType: a managed policy is excluded as an attachment and not as the
// boundary (recorded). Resource control policies are not simulated at all.
func (m *simulation) excludeType(t types.PolicyIdentifierPolicyType) {
	switch t {
	case types.PolicyIdentifierPolicyTypeInline:
		m.excludeIdentity(func(o evaluator.Origin) bool { return o.ARN == "" })
	case types.PolicyIdentifierPolicyTypeAwsManaged:
		m.excludeIdentity(func(o evaluator.Origin) bool { return managed.Is(o.ARN) })
	case types.PolicyIdentifierPolicyTypeUserManaged:
		m.excludeIdentity(func(o evaluator.Origin) bool { return o.ARN != "" && !managed.Is(o.ARN) })
	case types.PolicyIdentifierPolicyTypePermissionBoundary:
		m.policies.Boundary = nil
	case types.PolicyIdentifierPolicyTypeScp:
		m.policies.SCP = nil
	}
}

// excludesARN reports whether an exclusion by ARN means the policy
// (quirkPathlessExclusion).
func (m *simulation) excludesARN(pattern string, o evaluator.Origin) bool {
	arn := o.ARN
	if arn == "" {
		return false
	}
	if m.has(quirkPathlessExclusion) && !managed.Is(arn) {
		parts, _ := principal.ParseARN(arn)
		arn = m.service.in(parts.AccountID).IAM("policy/" + o.ID)
	}
	return globs(pattern, arn)
}

// inlineIDs returns the source IDs that an inline policy of the name would have for the
// holder, and for the groups of a user, if the identifier covers them.
func (m *simulation) inlineIDs(h *authz.Holder, i *types.InlinePolicyIdentifierType) ([]string, error) {
	groups, err := groupsOfUser(m.tx, h.Account, h.ID)
	if err != nil {
		return nil, err
	}
	owners := []authz.Holder{*h}
	for _, g := range groups {
		owners = append(owners, authz.GroupHolder(h.Account, g))
	}
	var ids []string
	for _, o := range owners {
		if o.Kind == string(i.AttachmentType) && globs(*i.AttachmentName, o.Name) {
			ids = append(ids, authz.InlineID(o.Kind, o.Name, *i.PolicyName))
		}
	}
	return ids, nil
}
