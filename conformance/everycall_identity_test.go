package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

const (
	iamHead = "arn:aws:iam::000000000000:"
	ownHead = iamHead + "policy/"
)

func tourOfUsers(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	ann, staff := aws.String("ann"), aws.String("/staff/")
	onAnn := func(more ...need) []need { return []need{{shown: "user ann", arn: iamHead + "user/staff/ann"}} }
	try(r, (*iam.Client).CreateUser, &iam.CreateUserInput{UserName: ann, Path: staff, Tags: tags("team", "red")},
		on(iamHead+"user/staff/ann", need{action: "iam:TagUser", shown: iamHead + "user/staff/ann"}))
	try(r, (*iam.Client).GetUser, &iam.GetUserInput{UserName: ann}, onAnn())
	try(r, (*iam.Client).GetUser, &iam.GetUserInput{}, on(iamHead+"user/CALLER"))
	try(r, (*iam.Client).ListUsers, &iam.ListUsersInput{PathPrefix: staff}, on(iamHead+"user/staff/"))
	try(r, (*iam.Client).TagUser, &iam.TagUserInput{UserName: ann, Tags: tags("a", "b")}, onAnn())
	try(r, (*iam.Client).ListUserTags, &iam.ListUserTagsInput{UserName: ann}, onAnn())
	try(r, (*iam.Client).UntagUser, &iam.UntagUserInput{UserName: ann, TagKeys: []string{"a"}}, onAnn())
	try(r, (*iam.Client).PutUserPermissionsBoundary,
		&iam.PutUserPermissionsBoundaryInput{UserName: ann, PermissionsBoundary: aws.String(readOnly)}, onAnn())
	try(r, (*iam.Client).DeleteUserPermissionsBoundary, &iam.DeleteUserPermissionsBoundaryInput{UserName: ann}, onAnn())
	try(r, (*iam.Client).PutUserPolicy, &iam.PutUserPolicyInput{
		UserName: ann, PolicyName: aws.String("in"), PolicyDocument: aws.String(allow("s3:*")),
	}, onAnn())
	try(r, (*iam.Client).GetUserPolicy, &iam.GetUserPolicyInput{UserName: ann, PolicyName: aws.String("in")}, onAnn())
	try(r, (*iam.Client).ListUserPolicies, &iam.ListUserPoliciesInput{UserName: ann}, onAnn())
	try(r, (*iam.Client).DeleteUserPolicy, &iam.DeleteUserPolicyInput{UserName: ann, PolicyName: aws.String("in")}, onAnn())
	try(r, (*iam.Client).AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: ann, PolicyArn: aws.String(readOnly)}, onAnn())
	try(r, (*iam.Client).ListAttachedUserPolicies, &iam.ListAttachedUserPoliciesInput{UserName: ann}, onAnn())
	try(r, (*iam.Client).DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: ann, PolicyArn: aws.String(readOnly)}, onAnn())
	try(r, (*iam.Client).UpdateUser, &iam.UpdateUserInput{UserName: ann, NewUserName: aws.String("eve"), NewPath: aws.String("/")},
		append(onAnn(), need{action: "iam:UpdateUser", shown: iamHead + "user/eve"}))
	try(r, (*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: aws.String("eve")}, on("user eve"))
}

func tourOfGroups(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	r.user("ann", "")
	ann, dev := aws.String("ann"), aws.String("dev")
	try(r, (*iam.Client).CreateGroup, &iam.CreateGroupInput{GroupName: dev}, on(iamHead+"group/dev"))
	try(r, (*iam.Client).AddUserToGroup, &iam.AddUserToGroupInput{GroupName: dev, UserName: ann}, on("group dev"))
	try(r, (*iam.Client).GetGroup, &iam.GetGroupInput{GroupName: dev}, on("group dev"))
	try(r, (*iam.Client).ListGroups, &iam.ListGroupsInput{}, on(iamHead+"group/"))
	try(r, (*iam.Client).ListGroupsForUser, &iam.ListGroupsForUserInput{UserName: ann}, on("user ann"))
	try(r, (*iam.Client).PutGroupPolicy, &iam.PutGroupPolicyInput{
		GroupName: dev, PolicyName: aws.String("in"), PolicyDocument: aws.String(allow("s3:*")),
	}, on("group dev"))
	try(r, (*iam.Client).GetGroupPolicy, &iam.GetGroupPolicyInput{GroupName: dev, PolicyName: aws.String("in")}, on("group dev"))
	try(r, (*iam.Client).ListGroupPolicies, &iam.ListGroupPoliciesInput{GroupName: dev}, on("group dev"))
	try(r, (*iam.Client).DeleteGroupPolicy, &iam.DeleteGroupPolicyInput{GroupName: dev, PolicyName: aws.String("in")}, on("group dev"))
	try(r, (*iam.Client).AttachGroupPolicy, &iam.AttachGroupPolicyInput{GroupName: dev, PolicyArn: aws.String(readOnly)}, on("group dev"))
	try(r, (*iam.Client).ListAttachedGroupPolicies, &iam.ListAttachedGroupPoliciesInput{GroupName: dev}, on("group dev"))
	try(r, (*iam.Client).DetachGroupPolicy, &iam.DetachGroupPolicyInput{GroupName: dev, PolicyArn: aws.String(readOnly)}, on("group dev"))
	try(r, (*iam.Client).RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{GroupName: dev, UserName: ann}, on("group dev"))
	try(r, (*iam.Client).UpdateGroup, &iam.UpdateGroupInput{GroupName: dev, NewGroupName: aws.String("ops")},
		on("group dev", need{action: "iam:UpdateGroup", shown: iamHead + "group/ops"}))
	try(r, (*iam.Client).DeleteGroup, &iam.DeleteGroupInput{GroupName: aws.String("ops")}, on("group ops"))
}

func tourOfPolicies(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	own := aws.String(ownHead + "own")
	onOwn := on("policy " + *own)
	try(r, (*iam.Client).CreatePolicy, &iam.CreatePolicyInput{PolicyName: aws.String("own"), PolicyDocument: aws.String(allow("s3:*"))},
		[]need{{shown: "policy own", arn: *own}})
	try(r, (*iam.Client).GetPolicy, &iam.GetPolicyInput{PolicyArn: own}, on("policy "+*own))
	try(r, (*iam.Client).ListPolicies, &iam.ListPoliciesInput{}, []need{{shown: "policy path /", arn: ownHead}})
	try(r, (*iam.Client).TagPolicy, &iam.TagPolicyInput{PolicyArn: own, Tags: tags("a", "b")}, on("policy "+*own))
	try(r, (*iam.Client).ListPolicyTags, &iam.ListPolicyTagsInput{PolicyArn: own}, on("policy "+*own))
	try(r, (*iam.Client).UntagPolicy, &iam.UntagPolicyInput{PolicyArn: own, TagKeys: []string{"a"}}, on("policy "+*own))
	try(r, (*iam.Client).CreatePolicyVersion, &iam.CreatePolicyVersionInput{PolicyArn: own, PolicyDocument: aws.String(allow("s3:Get*"))},
		on("policy "+*own))
	try(r, (*iam.Client).GetPolicyVersion, &iam.GetPolicyVersionInput{PolicyArn: own, VersionId: aws.String("v2")},
		[]need{{shown: "policy " + *own + " version v2", arn: *own}})
	try(r, (*iam.Client).ListPolicyVersions, &iam.ListPolicyVersionsInput{PolicyArn: own}, on("policy "+*own))
	try(r, (*iam.Client).SetDefaultPolicyVersion, &iam.SetDefaultPolicyVersionInput{PolicyArn: own, VersionId: aws.String("v2")},
		on("policy "+*own))
	try(r, (*iam.Client).DeletePolicyVersion, &iam.DeletePolicyVersionInput{PolicyArn: own, VersionId: aws.String("v1")},
		on("policy "+*own))
	try(r, (*iam.Client).ListEntitiesForPolicy, &iam.ListEntitiesForPolicyInput{PolicyArn: own}, on("policy "+*own))
	try(r, (*iam.Client).DeletePolicy, &iam.DeletePolicyInput{PolicyArn: own}, onOwn)
}

func tourOfRoles(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	app, in := aws.String("app"), aws.String("in")
	arn := iamHead + "role/app"
	try(r, (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: app, AssumeRolePolicyDocument: aws.String(ec2Trust),
		Tags: tags("a", "b")}, on(arn, need{action: "iam:TagRole", shown: arn}))
	try(r, (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: app}, on("role app"))
	try(r, (*iam.Client).ListRoles, &iam.ListRolesInput{}, on(iamHead+"role/"))
	try(r, (*iam.Client).UpdateRole, &iam.UpdateRoleInput{RoleName: app, Description: aws.String("new")}, on("role app"))
	try(r, (*iam.Client).UpdateRoleDescription, &iam.UpdateRoleDescriptionInput{RoleName: app, Description: aws.String("newer")},
		on("role app"))
	try(r, (*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: app, PolicyDocument: aws.String(ec2Trust)},
		on("role app"))
	try(r, (*iam.Client).TagRole, &iam.TagRoleInput{RoleName: app, Tags: tags("c", "d")}, on("role app"))
	try(r, (*iam.Client).ListRoleTags, &iam.ListRoleTagsInput{RoleName: app}, on("role app"))
	try(r, (*iam.Client).UntagRole, &iam.UntagRoleInput{RoleName: app, TagKeys: []string{"c"}}, on("role app"))
	try(r, (*iam.Client).PutRolePermissionsBoundary,
		&iam.PutRolePermissionsBoundaryInput{RoleName: app, PermissionsBoundary: aws.String(readOnly)}, on("role app"))
	try(r, (*iam.Client).DeleteRolePermissionsBoundary, &iam.DeleteRolePermissionsBoundaryInput{RoleName: app}, on("role app"))
	try(r, (*iam.Client).PutRolePolicy, &iam.PutRolePolicyInput{RoleName: app, PolicyName: in, PolicyDocument: aws.String(allow("s3:*"))},
		on("role app"))
	try(r, (*iam.Client).GetRolePolicy, &iam.GetRolePolicyInput{RoleName: app, PolicyName: in}, on("role app"))
	try(r, (*iam.Client).ListRolePolicies, &iam.ListRolePoliciesInput{RoleName: app}, on("role app"))
	try(r, (*iam.Client).DeleteRolePolicy, &iam.DeleteRolePolicyInput{RoleName: app, PolicyName: in}, on("role app"))
	try(r, (*iam.Client).AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: app, PolicyArn: aws.String(readOnly)}, on("role app"))
	try(r, (*iam.Client).ListAttachedRolePolicies, &iam.ListAttachedRolePoliciesInput{RoleName: app}, on("role app"))
	try(r, (*iam.Client).DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: app, PolicyArn: aws.String(readOnly)}, on("role app"))

	profile := aws.String("profile")
	onProfile := func(more ...need) []need { return on("instance profile profile", more...) }
	try(r, (*iam.Client).CreateInstanceProfile, &iam.CreateInstanceProfileInput{InstanceProfileName: profile},
		on(iamHead+"instance-profile/profile"))
	try(r, (*iam.Client).GetInstanceProfile, &iam.GetInstanceProfileInput{InstanceProfileName: profile}, onProfile())
	try(r, (*iam.Client).ListInstanceProfiles, &iam.ListInstanceProfilesInput{}, on(iamHead+"instance-profile/"))
	try(r, (*iam.Client).TagInstanceProfile, &iam.TagInstanceProfileInput{InstanceProfileName: profile, Tags: tags("a", "b")}, onProfile())
	try(r, (*iam.Client).ListInstanceProfileTags, &iam.ListInstanceProfileTagsInput{InstanceProfileName: profile}, onProfile())
	try(r, (*iam.Client).UntagInstanceProfile,
		&iam.UntagInstanceProfileInput{InstanceProfileName: profile, TagKeys: []string{"a"}}, onProfile())
	try(r, (*iam.Client).AddRoleToInstanceProfile, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: profile, RoleName: app},
		onProfile(need{action: "iam:PassRole", shown: "role app"}))
	try(r, (*iam.Client).ListInstanceProfilesForRole, &iam.ListInstanceProfilesForRoleInput{RoleName: app}, on("role app"))
	try(r, (*iam.Client).RemoveRoleFromInstanceProfile,
		&iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: profile, RoleName: app}, onProfile())
	try(r, (*iam.Client).DeleteInstanceProfile, &iam.DeleteInstanceProfileInput{InstanceProfileName: profile}, onProfile())
	try(r, (*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: app}, on("role app"))
}

// tourOfMadeRoles are those that AWS makes, for a service or from a template.
func tourOfMadeRoles(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	role, service := aws.String(batchRole), aws.String(batch)
	arn := iamHead + "role/aws-service-role/" + batch + "/" + batchRole
	try(r, (*iam.Client).CreateServiceLinkedRole, &iam.CreateServiceLinkedRoleInput{AWSServiceName: service}, on(arn))
	task := try(r, (*iam.Client).DeleteServiceLinkedRole, &iam.DeleteServiceLinkedRoleInput{RoleName: role},
		[]need{{shown: "role " + *role, arn: arn}}).DeletionTaskId
	try(r, (*iam.Client).GetServiceLinkedRoleDeletionStatus, &iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: task}, on(arn))

	try(r, (*iam.Client).GetRoleTemplateVersion, &iam.GetRoleTemplateVersionInput{TemplateArn: aws.String(powerTemplate)},
		on("role-template "+powerTemplate))
	acquired := need{shown: "role/worker", arn: iamHead + "role/worker"}
	needs := []need{{action: "iam:GetRoleTemplateVersion", shown: "role template " + powerTemplate}}
	for _, action := range []string{"iam:CreateRole", "iam:TagRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"} {
		acquired.action = action
		needs = append(needs, acquired)
	}
	try(r, (*iam.Client).AcquireRole, power("worker", "lambda.amazonaws.com"), needs)
}
