package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

func failuresOfGroups(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{GroupsPerAccount: 2, GroupsPerUser: 1, PoliciesPerGroup: 1})
	w.user("ann", "")
	dev, ops, ann, nobody := aws.String("dev"), aws.String("ops"), aws.String("ann"), aws.String("nobody")
	in, fine := aws.String("in"), aws.String(allow("s3:*"))
	for _, name := range []*string{dev, ops} {
		testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: name}))(t)
	}
	testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: dev, UserName: ann}))(t)
	testkit.Must(w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: ops, PolicyArn: aws.String(readOnly)}))(t)
	attach := func(group, arn string) error {
		return testkit.Refused(w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: &group, PolicyArn: &arn}))
	}
	detach := func(group, arn string) error {
		return testkit.Refused(w.DetachGroupPolicy(w.ctx, &iam.DetachGroupPolicyInput{GroupName: &group, PolicyArn: &arn}))
	}
	return []failure{
		{"EntityAlreadyExists", "Group with name DEV already exists.",
			testkit.Refused(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("DEV")}))},
		{"LimitExceeded", "Cannot exceed quota for GroupsPerAccount: 2",
			testkit.Refused(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("third")}))},
		{"NoSuchEntity", noGroup, testkit.Refused(w.GetGroup(w.ctx, &iam.GetGroupInput{GroupName: nobody}))},
		{"NoSuchEntity", noGroup, testkit.Refused(w.UpdateGroup(w.ctx, &iam.UpdateGroupInput{GroupName: nobody}))},
		{"EntityAlreadyExists", "Group with name Ops already exists.",
			testkit.Refused(w.UpdateGroup(w.ctx, &iam.UpdateGroupInput{GroupName: dev, NewGroupName: aws.String("Ops")}))},
		{"NoSuchEntity", noGroup, testkit.Refused(w.DeleteGroup(w.ctx, &iam.DeleteGroupInput{GroupName: nobody}))},
		{"DeleteConflict", "Cannot delete entity, must remove users from group first.",
			testkit.Refused(w.DeleteGroup(w.ctx, &iam.DeleteGroupInput{GroupName: dev}))},
		{"DeleteConflict", "Cannot delete entity, must detach all policies first.",
			testkit.Refused(w.DeleteGroup(w.ctx, &iam.DeleteGroupInput{GroupName: ops}))},
		{"NoSuchEntity", noGroup, testkit.Refused(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: nobody, UserName: ann}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: dev, UserName: nobody}))},
		{"LimitExceeded", "Cannot exceed quota for GroupsPerUser: 1",
			testkit.Refused(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: ops, UserName: ann}))},
		{"NoSuchEntity", noGroup, testkit.Refused(w.RemoveUserFromGroup(w.ctx,
			&iam.RemoveUserFromGroupInput{GroupName: nobody, UserName: ann}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.RemoveUserFromGroup(w.ctx,
			&iam.RemoveUserFromGroupInput{GroupName: dev, UserName: nobody}))},

		{"NoSuchEntity", noGroup, attach("nobody", readOnly)},
		{"LimitExceeded", "Cannot exceed quota for PoliciesPerGroup: 1", attach("ops", administratorAccess)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", attach("dev", notPolicy)},
		{"PolicyNotAttachable", "Cannot attach AWS reserved policy to an IAM group.", attach("dev", reserved)},
		{"NoSuchEntity", "Policy " + readOnly + " was not found.", detach("dev", readOnly)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", detach("dev", notPolicy)},
		{"NoSuchEntity", noGroup, testkit.Refused(w.ListAttachedGroupPolicies(w.ctx,
			&iam.ListAttachedGroupPoliciesInput{GroupName: nobody}))},

		{"NoSuchEntity", noGroup, testkit.Refused(w.PutGroupPolicy(w.ctx,
			&iam.PutGroupPolicyInput{GroupName: nobody, PolicyName: in, PolicyDocument: fine}))},
		{"MalformedPolicyDocument", unreadable,
			testkit.Refused(w.PutGroupPolicy(w.ctx,
				&iam.PutGroupPolicyInput{GroupName: dev, PolicyName: in, PolicyDocument: aws.String("{}")}))},
		{"LimitExceeded", "Maximum policy size of 5120 bytes exceeded for group dev",
			testkit.Refused(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{GroupName: dev, PolicyName: in, PolicyDocument: large()}))},
		{"NoSuchEntity", "The group policy with name in cannot be found.",
			testkit.Refused(w.GetGroupPolicy(w.ctx, &iam.GetGroupPolicyInput{GroupName: dev, PolicyName: in}))},
		{"NoSuchEntity", "The group policy with name in cannot be found.",
			testkit.Refused(w.DeleteGroupPolicy(w.ctx, &iam.DeleteGroupPolicyInput{GroupName: dev, PolicyName: in}))},
		{"NoSuchEntity", noGroup, testkit.Refused(w.ListGroupPolicies(w.ctx, &iam.ListGroupPoliciesInput{GroupName: nobody}))},
	}
}
