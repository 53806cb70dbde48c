package conformance_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

const protected = "Cannot perform the operation on the protected role '" + batchRole + "' - this role is only modifiable by AWS"

// longTrust is a trust policy of more characters than a role may have.
func longTrust() *string {
	return aws.String(strings.ReplaceAll(ec2Trust, `"Effect"`, `"Sid":"`+strings.Repeat("x", 2048)+`","Effect"`))
}

func failuresOfRoles(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{RolesPerAccount: 3})
	fifty, more := fiftyOne()
	app, nobody, bad, trust := aws.String("app"), aws.String("nobody"), aws.String("bad"), aws.String(ec2Trust)
	w.role("app", ec2Trust)
	testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("full"), AssumeRolePolicyDocument: trust, Tags: fifty}))(t)
	w.linkedRole(batch)
	testkit.Must(w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: app, PolicyArn: aws.String(readOnly)}))(t)
	linked := aws.String(batchRole)
	return []failure{
		{"EntityAlreadyExists", "Role with name APP already exists.",
			testkit.Refused(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("APP"), AssumeRolePolicyDocument: trust}))},
		{"LimitExceeded", "Cannot exceed quota for RolesPerAccount: 3",
			testkit.Refused(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: bad, AssumeRolePolicyDocument: trust}))},
		{"LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048",
			testkit.Refused(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: bad, AssumeRolePolicyDocument: longTrust()}))},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.",
			testkit.Refused(w.CreateRole(w.ctx, &iam.CreateRoleInput{
				RoleName: bad, AssumeRolePolicyDocument: trust, PermissionsBoundary: aws.String(notPolicy),
			}))},
		{"MalformedPolicyDocument", "This policy contains invalid Json",
			testkit.Refused(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: bad, AssumeRolePolicyDocument: aws.String("{")}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: nobody}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.UpdateRole(w.ctx, &iam.UpdateRoleInput{RoleName: nobody}))},
		{"UnmodifiableEntity", batchRole + " is an AWS service linked role, max session duration cannot be changed.",
			testkit.Refused(w.UpdateRole(w.ctx, &iam.UpdateRoleInput{RoleName: linked, MaxSessionDuration: aws.Int32(7200)}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.UpdateRoleDescription(w.ctx,
			&iam.UpdateRoleDescriptionInput{RoleName: nobody, Description: bad}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.UpdateAssumeRolePolicy(w.ctx,
			&iam.UpdateAssumeRolePolicyInput{RoleName: nobody, PolicyDocument: trust}))},
		{"MalformedPolicyDocument", "Has prohibited field Resource",
			testkit.Refused(w.UpdateAssumeRolePolicy(w.ctx,
				&iam.UpdateAssumeRolePolicyInput{RoleName: app, PolicyDocument: aws.String(allow("sts:AssumeRole"))}))},
		{"LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048",
			testkit.Refused(w.UpdateAssumeRolePolicy(w.ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: app, PolicyDocument: longTrust()}))},
		{"UnmodifiableEntity", protected, testkit.Refused(w.UpdateAssumeRolePolicy(w.ctx,
			&iam.UpdateAssumeRolePolicyInput{RoleName: linked, PolicyDocument: trust}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: nobody}))},
		{"DeleteConflict", "Cannot delete entity, must detach all policies first.",
			testkit.Refused(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: app}))},
		{"UnmodifiableEntity", protected, testkit.Refused(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: linked}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.TagRole(w.ctx, &iam.TagRoleInput{RoleName: nobody, Tags: more}))},
		{"LimitExceeded", tooManyTags, testkit.Refused(w.TagRole(w.ctx, &iam.TagRoleInput{RoleName: aws.String("full"), Tags: more}))},
		{"InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
			testkit.Refused(w.TagRole(w.ctx, &iam.TagRoleInput{RoleName: app, Tags: tags("a", "1", "A", "2")}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.UntagRole(w.ctx, &iam.UntagRoleInput{RoleName: nobody, TagKeys: []string{"a"}}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.ListRoleTags(w.ctx, &iam.ListRoleTagsInput{RoleName: nobody}))},
	}
}

func failuresOfPoliciesOfRoles(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{PoliciesPerRole: 1})
	app, nobody, linked := aws.String("app"), aws.String("nobody"), aws.String(batchRole)
	in, fine := aws.String("in"), aws.String(allow("s3:*"))
	w.role("app", ec2Trust)
	w.role("full", ec2Trust)
	w.linkedRole(batch)
	testkit.Must(w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("full"), PolicyArn: aws.String(readOnly)}))(t)
	attach := func(role, arn string) error {
		return testkit.Refused(w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: &arn}))
	}
	detach := func(role, arn string) error {
		return testkit.Refused(w.DetachRolePolicy(w.ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: &arn}))
	}
	limit := func(role, arn string) error {
		return testkit.Refused(w.PutRolePermissionsBoundary(w.ctx,
			&iam.PutRolePermissionsBoundaryInput{RoleName: &role, PermissionsBoundary: &arn}))
	}
	return []failure{
		{"NoSuchEntity", noRole, attach("nobody", readOnly)},
		{"LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 1", attach("full", administratorAccess)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", attach("app", notPolicy)},
		{"PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.", attach("app", reserved)},
		{"UnmodifiableEntity", protected, attach(batchRole, readOnly)},
		{"NoSuchEntity", "Policy " + readOnly + " was not found.", detach("app", readOnly)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", detach("app", notPolicy)},
		{"UnmodifiableEntity", protected, detach(batchRole, reserved)},
		{"NoSuchEntity", noRole, testkit.Refused(w.ListAttachedRolePolicies(w.ctx, &iam.ListAttachedRolePoliciesInput{RoleName: nobody}))},

		{"NoSuchEntity", noRole, limit("nobody", readOnly)},
		{"NoSuchEntity", "Scope ARN: " + noPolicy + " does not exist or is not attachable.", limit("app", noPolicy)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", limit("app", notPolicy)},
		{"PolicyNotAttachable", "Cannot attach AWS reserved policy to an IAM role.", limit("app", reserved)},
		{"UnmodifiableEntity", protected, limit(batchRole, readOnly)},
		{"NoSuchEntity", noRole, testkit.Refused(w.DeleteRolePermissionsBoundary(w.ctx,
			&iam.DeleteRolePermissionsBoundaryInput{RoleName: nobody}))},
		{"UnmodifiableEntity", protected, testkit.Refused(w.DeleteRolePermissionsBoundary(w.ctx,
			&iam.DeleteRolePermissionsBoundaryInput{RoleName: linked}))},

		{"NoSuchEntity", noRole, testkit.Refused(w.PutRolePolicy(w.ctx,
			&iam.PutRolePolicyInput{RoleName: nobody, PolicyName: in, PolicyDocument: fine}))},
		{"MalformedPolicyDocument", unreadable,
			testkit.Refused(w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{
				RoleName: app, PolicyName: in, PolicyDocument: aws.String("{}"),
			}))},
		{"LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role app",
			testkit.Refused(w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{RoleName: app, PolicyName: in, PolicyDocument: large()}))},
		{"UnmodifiableEntity", protected, testkit.Refused(w.PutRolePolicy(w.ctx,
			&iam.PutRolePolicyInput{RoleName: linked, PolicyName: in, PolicyDocument: fine}))},
		{"NoSuchEntity", "The role policy with name in cannot be found.",
			testkit.Refused(w.GetRolePolicy(w.ctx, &iam.GetRolePolicyInput{RoleName: app, PolicyName: in}))},
		{"NoSuchEntity", "The role policy with name in cannot be found.",
			testkit.Refused(w.DeleteRolePolicy(w.ctx, &iam.DeleteRolePolicyInput{RoleName: app, PolicyName: in}))},
		{"UnmodifiableEntity", protected, testkit.Refused(w.DeleteRolePolicy(w.ctx,
			&iam.DeleteRolePolicyInput{RoleName: linked, PolicyName: in}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.ListRolePolicies(w.ctx, &iam.ListRolePoliciesInput{RoleName: nobody}))},
	}
}

func failuresOfServiceRoles(t *testing.T) []failure {
	w := newWorld(t)
	w.linkedRole(batch)
	w.role("app", ec2Trust)
	linked := func(service string) error {
		return testkit.Refused(w.CreateServiceLinkedRole(w.ctx, &iam.CreateServiceLinkedRoleInput{AWSServiceName: &service}))
	}
	status := func(task string) error {
		return testkit.Refused(w.GetServiceLinkedRoleDeletionStatus(w.ctx,
			&iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: &task}))
	}
	return []failure{
		{"InvalidInput", "Service role name " + batchRole + " has been taken in this account, please try a different suffix.",
			linked(batch)},
		{"NoSuchEntity", "Service none.amazonaws.com has no service-linked role.", linked("none.amazonaws.com")},
		{"NoSuchEntity", noRole, testkit.Refused(w.DeleteServiceLinkedRole(w.ctx,
			&iam.DeleteServiceLinkedRoleInput{RoleName: aws.String("nobody")}))},
		{"NoSuchEntity", "app exists but is not a service role.",
			testkit.Refused(w.DeleteServiceLinkedRole(w.ctx, &iam.DeleteServiceLinkedRoleInput{RoleName: aws.String("app")}))},
		{"NoSuchEntity", "Cannot find deletion status for given id.",
			status("task/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch/" + nobodysJob)},
		{"InvalidInput", "Invalid task id", status("none")},
	}
}

func failuresOfRoleTemplates(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{RolesPerAccount: 2})
	none := aws.String(templateHead + "iam.amazonaws.com/None:1")
	testkit.Must(w.AcquireRole(w.ctx, power("worker", "lambda.amazonaws.com")))(t)
	testkit.Must(w.UpdateRole(w.ctx, &iam.UpdateRoleInput{RoleName: aws.String("worker"), MaxSessionDuration: aws.Int32(7200)}))(t)
	testkit.Must(w.DetachRolePolicy(w.ctx, &iam.DetachRolePolicyInput{
		RoleName: aws.String("worker"), PolicyArn: aws.String("arn:aws:iam::aws:policy/PowerUserAccess"),
	}))(t)
	w.role("mine", ec2Trust)
	acquire := func(in *iam.AcquireRoleInput) error { return testkit.Refused(w.AcquireRole(w.ctx, in)) }
	strange := power("third", "lambda.amazonaws.com")
	strange.ReplacementValues["Other"] = replacements("Other", "x")["Other"]
	return []failure{
		{"NoSuchEntity", "Role template not found in repository: " + *none, acquire(&iam.AcquireRoleInput{TemplateArn: none})},
		{"InvalidInput", "Failed to render template: Unrecognized parameter: Other", acquire(strange)},
		{"NameConflict", "A role with this name already exists in the account but was not created from this template. " +
			"Choose a different role name, or remove the existing role if it is no longer needed.",
			acquire(power("mine", "lambda.amazonaws.com"))},
		{"RoleModified", "Role worker has been modified since it was created and is no longer managed.",
			acquire(power("worker", "lambda.amazonaws.com"))},
		{"LimitExceeded", "Cannot exceed quota for RolesPerAccount: 2", acquire(power("third", "lambda.amazonaws.com"))},
		{"NoSuchEntity", "Role Template " + *none + " cannot be found.",
			testkit.Refused(w.GetRoleTemplateVersion(w.ctx, &iam.GetRoleTemplateVersionInput{TemplateArn: none}))},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.",
			testkit.Refused(w.GetRoleTemplateVersion(w.ctx, &iam.GetRoleTemplateVersionInput{TemplateArn: aws.String(notPolicy)}))},
	}
}

func failuresOfInstanceProfiles(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{InstanceProfilesPerAccount: 2})
	fifty, more := fiftyOne()
	w.role("app", ec2Trust)
	w.linkedRole(batch)
	w.profile("used", "app")
	used, none, app, nobody := aws.String("used"), aws.String("none"), aws.String("app"), aws.String("nobody")
	full, linked := aws.String("full"), aws.String(batchRole)
	testkit.Must(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: full, Tags: fifty}))(t)
	const missing = "Instance Profile none cannot be found."
	add := func(profile, role *string) error {
		return testkit.Refused(w.AddRoleToInstanceProfile(w.ctx,
			&iam.AddRoleToInstanceProfileInput{InstanceProfileName: profile, RoleName: role}))
	}
	remove := func(profile, role *string) error {
		return testkit.Refused(w.RemoveRoleFromInstanceProfile(w.ctx,
			&iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: profile, RoleName: role}))
	}
	return []failure{
		{"EntityAlreadyExists", "Instance Profile USED already exists.",
			testkit.Refused(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("USED")}))},
		{"LimitExceeded", "Cannot exceed quota for InstanceProfilesPerAccount: 2",
			testkit.Refused(w.CreateInstanceProfile(w.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: none}))},
		{"InvalidInput", awsTag, testkit.Refused(w.CreateInstanceProfile(w.ctx,
			&iam.CreateInstanceProfileInput{InstanceProfileName: none, Tags: tags("aws:x", "y")}))},
		{"NoSuchEntity", missing, testkit.Refused(w.GetInstanceProfile(w.ctx, &iam.GetInstanceProfileInput{InstanceProfileName: none}))},
		{"NoSuchEntity", noRole, testkit.Refused(w.ListInstanceProfilesForRole(w.ctx,
			&iam.ListInstanceProfilesForRoleInput{RoleName: nobody}))},
		{"NoSuchEntity", missing, testkit.Refused(w.DeleteInstanceProfile(w.ctx,
			&iam.DeleteInstanceProfileInput{InstanceProfileName: none}))},
		{"DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.",
			testkit.Refused(w.DeleteInstanceProfile(w.ctx, &iam.DeleteInstanceProfileInput{InstanceProfileName: used}))},
		{"NoSuchEntity", missing, add(none, app)},
		{"NoSuchEntity", noRole, add(full, nobody)},
		{"LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", add(used, app)},
		{"UnmodifiableEntity", protected, add(full, linked)},
		{"NoSuchEntity", missing, remove(none, app)},
		{"NoSuchEntity", "Role app in Instance Profile full cannot be found.", remove(full, app)},
		{"UnmodifiableEntity", protected, remove(full, linked)},
		{"NoSuchEntity", missing, testkit.Refused(w.TagInstanceProfile(w.ctx,
			&iam.TagInstanceProfileInput{InstanceProfileName: none, Tags: more}))},
		{"LimitExceeded", tooManyTags, testkit.Refused(w.TagInstanceProfile(w.ctx,
			&iam.TagInstanceProfileInput{InstanceProfileName: full, Tags: more}))},
		{"InvalidInput", "Duplicate tag keys found.",
			testkit.Refused(w.TagInstanceProfile(w.ctx,
				&iam.TagInstanceProfileInput{InstanceProfileName: used, Tags: tags("a", "1", "a", "2")}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UntagInstanceProfile(w.ctx,
			&iam.UntagInstanceProfileInput{InstanceProfileName: none, TagKeys: []string{"a"}}))},
		{"InvalidInput", emptyTagKeys, testkit.Refused(w.UntagInstanceProfile(w.ctx,
			&iam.UntagInstanceProfileInput{InstanceProfileName: used, TagKeys: []string{}}))},
		{"NoSuchEntity", missing, testkit.Refused(w.ListInstanceProfileTags(w.ctx,
			&iam.ListInstanceProfileTagsInput{InstanceProfileName: none}))},
	}
}
