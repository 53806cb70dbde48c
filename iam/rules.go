package iam

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// Rules returns the permissions of the package's operations, a row each. The rows are
// next to the operations.
func Rules() []authz.Rule {
	return slices.Concat(
		userRules(),
		userTagRules(),
		roleTagRules(),
		policyTagRules(),
		groupRules(),
		membershipRules(),
		accessKeyRules(),
		inlinePolicyRules(),
		policyRules(),
		policyVersionRules(),
		attachmentRules(),
		boundaryRules(),
		roleRules(),
		instanceProfileRules(),
		instanceProfileRoleRules(),
		instanceProfileTagRules(),
		serviceLinkedRoleRules(),
		mfaDeviceRules(),
		mfaDeviceTagRules(),
		virtualMFADeviceRules(),
		accountAliasRules(),
		accountSummaryRules(),
		authorizationDetailRules(),
		credentialReportRules(),
		lastAccessRules(),
		grantRules(),
		organizationReportRules(),
		loginProfileRules(),
		passwordPolicyRules(),
		sshKeyRules(),
		signingCertificateRules(),
		serverCertificateRules(),
		serverCertificateTagRules(),
		serviceCredentialRules(),
		tokenPreferenceRules(),
		oidcProviderRules(),
		oidcProviderTagRules(),
		samlProviderRules(),
		samlProviderTagRules(),
		outboundFederationRules(),
		accountPropertyRules(),
		rootAccessRules(),
		roleTemplateRules(),
		acquireRoleRules(),
		delegationRules(),
		simulateRules(),
	)
}

// userNeeds returns the permission for an operation on a user, by default the caller.
func userNeeds(q *authz.Query, action string, name *string) ([]authz.Need, error) {
	need, err := userNeed(q, action, name)
	return []authz.Need{need}, err
}

// userNeed asks for action on the user of that name, by default the caller. Without a
// name, a denial shows the caller's after the word "null": AWS does so, seen in denials
// of ListAccessKeys from 2024 to 2026.
func userNeed(q *authz.Query, action string, name *string) (authz.Need, error) {
	if name != nil {
		return identityNeed(q, userKind, action, *name)
	}
	if q.Caller.Kind != principal.User {
		return authz.Need{Action: action, Resource: q.Caller.ARN}, nil
	}
	need, err := identityNeed(q, userKind, action, q.Caller.Name)
	need.Label = "user null" + q.Caller.Name
	return need, err
}

// identityNeeds returns the permission for an operation on a user, group or role.
func identityNeeds(q *authz.Query, kind *identityKind, action string, name *string) ([]authz.Need, error) {
	need, err := identityNeed(q, kind, action, aws.ToString(name))
	return []authz.Need{need}, err
}

// identityNeed asks for action on a user, group or role. The resource is the ARN of the
// existing entity, with its path, its tags and its boundary; for a name that nobody has,
// the ARN that it would have at the root path. A denial shows the kind and the name as
// passed, not the ARN (seen in denials from 2015 to 2026 of AddUserToGroup, GetGroup,
// CreateAccessKey, ListUserPolicies, PutUserPolicy, PutRolePolicy, DeleteRole,
// ListRoleTags and others).
func identityNeed(q *authz.Query, kind *identityKind, action, name string) (authz.Need, error) {
	need := authz.Need{Action: action, Resource: q.Own().IAM(kind.noun + "/" + name), Label: kind.noun + " " + name}
	i, err := kind.find(q.Tx, q.Account(), name)
	if err != nil {
		return need, unlessAbsent(err)
	}
	need.Resource, need.Tags = i.ARN(q.Partition), i.Tags
	if i.Boundary != "" && boundaryActions[action] {
		need.Keys = append(need.Keys, authz.String("iam:PermissionsBoundary", i.Boundary))
	}
	return need, nil
}

// boundaryActions are the actions whose iam:PermissionsBoundary is the boundary that the
// user or role has; for actions that pass a boundary it is that one. A test compares them
// with AWS's service authorization reference.
var boundaryActions = map[string]bool{
	"iam:AttachRolePolicy": true, "iam:AttachUserPolicy": true,
	"iam:DeleteRole": true, "iam:DeleteRolePermissionsBoundary": true, "iam:DeleteRolePolicy": true,
	"iam:DeleteUserPermissionsBoundary": true, "iam:DeleteUserPolicy": true,
	"iam:DetachRolePolicy": true, "iam:DetachUserPolicy": true, "iam:GetRole": true,
	"iam:PutRolePolicy": true, "iam:PutUserPolicy": true,
	"iam:UpdateAssumeRolePolicy": true, "iam:UpdateRole": true, "iam:UpdateRoleDescription": true,
}

// policyNeed asks for action on a managed policy, which another account may own. A denial
// shows the ARN after the word "policy" (seen in denials of GetPolicy).
func policyNeed(q *authz.Query, action, arn string) (authz.Need, error) {
	need := authz.Need{Action: action, Resource: arn, Label: "policy " + arn}
	if parts, _ := principal.ParseARN(arn); principal.ValidAccountID(parts.AccountID) && parts.AccountID != q.Account() {
		need.Owner = parts.AccountID
		return need, nil
	}
	p, err := findPolicy(q.Tx, q.Account(), arn)
	if err != nil {
		return need, unlessAbsent(err)
	}
	need.Tags = p.Tags
	return need, nil
}

// rename is a request to change the name or the path of an entity.
type rename struct{ name, newName, newPath *string }

// renameNeeds asks for action on the entity as it is and as it will be.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html
func renameNeeds(q *authz.Query, kind *identityKind, action string, r rename) ([]authz.Need, error) {
	before, err := identityNeed(q, kind, action, aws.ToString(r.name))
	if err != nil {
		return nil, err
	}
	return renamed(q, before, kind.noun, r), nil
}

// renamed returns the permission on the entity before the change and, if the change gives
// it another ARN, also after it. noun begins the resource part of the ARN.
func renamed(q *authz.Query, before authz.Need, noun string, r rename) []authz.Need {
	arn, _ := principal.ParseARN(before.Resource)
	_, path, name := arn.Entity()
	if r.newPath != nil {
		path = *r.newPath
	}
	if r.newName != nil {
		name = *r.newName
	}
	after := before
	after.Resource, after.Label = q.Own().Entity(noun, path, name), ""
	if after.Resource == before.Resource {
		return []authz.Need{before}
	}
	return []authz.Need{before, after}
}

// listNeed asks for a list of the account. The resource is everything of the kind under
// the path prefix, written without an asterisk.
func listNeed(q *authz.Query, action, noun string, pathPrefix *string) authz.Need {
	prefix := "/"
	if pathPrefix != nil {
		prefix = *pathPrefix
	}
	return authz.Need{Action: action, Resource: q.Own().IAM(noun + prefix)}
}

// createNeeds asks for the creation of arn and, if tags are passed, for tagging
// it; iam:PermissionsBoundary is the boundary that is passed.
func createNeeds(create, tag, arn string, tags []types.Tag, boundary *string) []authz.Need {
	keys := authz.RequestTags(tagRecords(tags))
	if boundary != nil {
		keys = append(keys, authz.String("iam:PermissionsBoundary", aws.ToString(boundary)))
	}
	needs := []authz.Need{{Action: create, Resource: arn, Keys: keys}}
	if len(tags) > 0 {
		needs = append(needs, authz.Need{Action: tag, Resource: arn, Keys: keys})
	}
	return needs
}
