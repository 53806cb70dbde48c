package conformance_test

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// step makes a random call. It may be refused for what there is or is not, and
// for nothing else.
func (h *history) step() {
	h.t.Helper()
	list := [][]historyCall{h.ofUser(), h.ofGroup(), h.ofRole(), h.policiesOfUser(), h.policiesOfRole(), h.ofPolicy()}[h.IntN(6)]
	c := list[h.IntN(len(list))]
	err := c.make()
	h.calls = append(h.calls, fmt.Sprint(c.name, " ", c.on, " ", testkit.Code(err)))
	allowed := []string{"NoSuchEntity", "EntityAlreadyExists", "DeleteConflict", "LimitExceeded"}
	if c.name == "CreateRole" || c.name == "UpdateAssumeRolePolicy" {
		allowed = append(allowed, "MalformedPolicyDocument") // whom a trust policy names must be there
	}
	if err != nil && !slices.Contains(allowed, testkit.Code(err)) {
		h.t.Fatalf("%s %s: %v", c.name, c.on, err)
	}
}

// historyCall is a call that can be made, and what it is made on.
type historyCall struct {
	name, on string
	make     func() error
}

func (h *history) ofUser() []historyCall {
	u, as, path := h.name("u"), h.name("u"), aws.String(h.path())
	return []historyCall{
		{"CreateUser", *path + *u, func() error {
			return testkit.Refused(h.CreateUser(h.ctx, &iam.CreateUserInput{UserName: u, Path: path, Tags: h.tags()}))
		}},
		{"DeleteUser", *u, func() error {
			return testkit.Refused(h.DeleteUser(h.ctx, &iam.DeleteUserInput{UserName: u}))
		}},
		{"UpdateUser", *u + " to " + *path + *as, func() error {
			return testkit.Refused(h.UpdateUser(h.ctx, &iam.UpdateUserInput{UserName: u, NewUserName: as, NewPath: path}))
		}},
		{"TagUser", *u, func() error {
			return testkit.Refused(h.TagUser(h.ctx, &iam.TagUserInput{UserName: u, Tags: h.tags()}))
		}},
		{"UntagUser", *u, func() error {
			return testkit.Refused(h.UntagUser(h.ctx, &iam.UntagUserInput{UserName: u, TagKeys: []string{"Team"}}))
		}},
		{"PutUserPermissionsBoundary", *u, func() error {
			return testkit.Refused(h.PutUserPermissionsBoundary(h.ctx,
				&iam.PutUserPermissionsBoundaryInput{UserName: u, PermissionsBoundary: h.policyARN()}))
		}},
		{"DeleteUserPermissionsBoundary", *u, func() error {
			return testkit.Refused(h.DeleteUserPermissionsBoundary(h.ctx, &iam.DeleteUserPermissionsBoundaryInput{UserName: u}))
		}},
	}
}

func (h *history) policiesOfUser() []historyCall {
	u, inline, document, arn := h.name("u"), h.name("i"), h.document(), h.policyARN()
	return []historyCall{
		{"PutUserPolicy", *u + *inline + *document, func() error {
			return testkit.Refused(h.PutUserPolicy(h.ctx,
				&iam.PutUserPolicyInput{UserName: u, PolicyName: inline, PolicyDocument: document}))
		}},
		{"DeleteUserPolicy", *u + *inline, func() error {
			return testkit.Refused(h.DeleteUserPolicy(h.ctx, &iam.DeleteUserPolicyInput{UserName: u, PolicyName: inline}))
		}},
		{"AttachUserPolicy", *u + *arn, func() error {
			return testkit.Refused(h.AttachUserPolicy(h.ctx, &iam.AttachUserPolicyInput{UserName: u, PolicyArn: arn}))
		}},
		{"DetachUserPolicy", *u + *arn, func() error {
			return testkit.Refused(h.DetachUserPolicy(h.ctx, &iam.DetachUserPolicyInput{UserName: u, PolicyArn: arn}))
		}},
	}
}

func (h *history) ofGroup() []historyCall {
	g, u, inline, document, arn := h.name("g"), h.name("u"), h.name("i"), h.document(), h.policyARN()
	return []historyCall{
		{"CreateGroup", *g, func() error {
			return testkit.Refused(h.CreateGroup(h.ctx, &iam.CreateGroupInput{GroupName: g, Path: aws.String(h.path())}))
		}},
		{"DeleteGroup", *g, func() error {
			return testkit.Refused(h.DeleteGroup(h.ctx, &iam.DeleteGroupInput{GroupName: g}))
		}},
		{"AddUserToGroup", *u + " to " + *g, func() error {
			return testkit.Refused(h.AddUserToGroup(h.ctx, &iam.AddUserToGroupInput{GroupName: g, UserName: u}))
		}},
		{"RemoveUserFromGroup", *u + " from " + *g, func() error {
			return testkit.Refused(h.RemoveUserFromGroup(h.ctx, &iam.RemoveUserFromGroupInput{GroupName: g, UserName: u}))
		}},
		{"PutGroupPolicy", *g + *inline + *document, func() error {
			return testkit.Refused(h.PutGroupPolicy(h.ctx,
				&iam.PutGroupPolicyInput{GroupName: g, PolicyName: inline, PolicyDocument: document}))
		}},
		{"DeleteGroupPolicy", *g + *inline, func() error {
			return testkit.Refused(h.DeleteGroupPolicy(h.ctx, &iam.DeleteGroupPolicyInput{GroupName: g, PolicyName: inline}))
		}},
		{"AttachGroupPolicy", *g + *arn, func() error {
			return testkit.Refused(h.AttachGroupPolicy(h.ctx, &iam.AttachGroupPolicyInput{GroupName: g, PolicyArn: arn}))
		}},
		{"DetachGroupPolicy", *g + *arn, func() error {
			return testkit.Refused(h.DetachGroupPolicy(h.ctx, &iam.DetachGroupPolicyInput{GroupName: g, PolicyArn: arn}))
		}},
	}
}

func (h *history) ofRole() []historyCall {
	r, path := h.name("r"), aws.String(h.path())
	trust := h.trust()
	return []historyCall{
		{"CreateRole", *path + *r + *trust, func() error {
			return testkit.Refused(h.CreateRole(h.ctx,
				&iam.CreateRoleInput{RoleName: r, Path: path, Tags: h.tags(), AssumeRolePolicyDocument: trust}))
		}},
		{"UpdateAssumeRolePolicy", *r + *trust, func() error {
			return testkit.Refused(h.UpdateAssumeRolePolicy(h.ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: r, PolicyDocument: trust}))
		}},
		{"DeleteRole", *r, func() error {
			return testkit.Refused(h.DeleteRole(h.ctx, &iam.DeleteRoleInput{RoleName: r}))
		}},
		{"TagRole", *r, func() error {
			return testkit.Refused(h.TagRole(h.ctx, &iam.TagRoleInput{RoleName: r, Tags: h.tags()}))
		}},
		{"UntagRole", *r, func() error {
			return testkit.Refused(h.UntagRole(h.ctx, &iam.UntagRoleInput{RoleName: r, TagKeys: []string{"team"}}))
		}},
		{"PutRolePermissionsBoundary", *r, func() error {
			return testkit.Refused(h.PutRolePermissionsBoundary(h.ctx,
				&iam.PutRolePermissionsBoundaryInput{RoleName: r, PermissionsBoundary: h.policyARN()}))
		}},
		{"DeleteRolePermissionsBoundary", *r, func() error {
			return testkit.Refused(h.DeleteRolePermissionsBoundary(h.ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: r}))
		}},
	}
}

func (h *history) policiesOfRole() []historyCall {
	r, inline, document, arn := h.name("r"), h.name("i"), h.document(), h.policyARN()
	return []historyCall{
		{"PutRolePolicy", *r + *inline + *document, func() error {
			return testkit.Refused(h.PutRolePolicy(h.ctx,
				&iam.PutRolePolicyInput{RoleName: r, PolicyName: inline, PolicyDocument: document}))
		}},
		{"DeleteRolePolicy", *r + *inline, func() error {
			return testkit.Refused(h.DeleteRolePolicy(h.ctx, &iam.DeleteRolePolicyInput{RoleName: r, PolicyName: inline}))
		}},
		{"AttachRolePolicy", *r + *arn, func() error {
			return testkit.Refused(h.AttachRolePolicy(h.ctx, &iam.AttachRolePolicyInput{RoleName: r, PolicyArn: arn}))
		}},
		{"DetachRolePolicy", *r + *arn, func() error {
			return testkit.Refused(h.DetachRolePolicy(h.ctx, &iam.DetachRolePolicyInput{RoleName: r, PolicyArn: arn}))
		}},
	}
}

func (h *history) ofPolicy() []historyCall {
	p, path, document, arn := h.name("p"), aws.String(h.path()), h.document(), h.customARN()
	version := aws.String(fmt.Sprint("v", 1+h.IntN(3)))
	return []historyCall{
		{"CreatePolicy", *path + *p + *document, func() error {
			return testkit.Refused(h.CreatePolicy(h.ctx, &iam.CreatePolicyInput{PolicyName: p, Path: path, PolicyDocument: document}))
		}},
		{"DeletePolicy", *arn, func() error {
			return testkit.Refused(h.DeletePolicy(h.ctx, &iam.DeletePolicyInput{PolicyArn: arn}))
		}},
		{"CreatePolicyVersion", *arn + *document, func() error {
			return testkit.Refused(h.CreatePolicyVersion(h.ctx,
				&iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: document, SetAsDefault: true}))
		}},
		{"CreatePolicyVersion", *arn + *document + " in reserve", func() error {
			return testkit.Refused(h.CreatePolicyVersion(h.ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: document}))
		}},
		{"SetDefaultPolicyVersion", *arn + *version, func() error {
			return testkit.Refused(h.SetDefaultPolicyVersion(h.ctx, &iam.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: version}))
		}},
		{"DeletePolicyVersion", *arn + *version, func() error {
			return testkit.Refused(h.DeletePolicyVersion(h.ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: version}))
		}},
	}
}
