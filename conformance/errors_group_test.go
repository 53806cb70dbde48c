package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
)

func failuresOfGroups(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{GroupsPerAccount: 2, GroupsPerUser: 1, PoliciesPerGroup: 1})
	w.user("ann", "")
	dev, ops, ann, nobody := aws.String("dev"), aws.String("ops"), aws.String("ann"), aws.String("nobody")
	in, fine := aws.String("in"), aws.String(allow("s3:*"))
	for _, name := range []*string{dev, ops} {
		must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: name}))(t)
	}
	must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: dev, UserName: ann}))(t)
	must(w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: ops, PolicyArn: aws.String(readOnly)}))(t)
	attach := func(group, arn string) error {
		return refused(w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: &group, PolicyArn: &arn}))
	}
	detach := func(group, arn string) error {
		return refused(w.DetachGroupPolicy(w.ctx, &iam.DetachGroupPolicyInput{GroupName: &group, PolicyArn: &arn}))
	}
	return []failure{
		{"EntityAlreadyExists", "Group with name DEV already exists.", refused(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("DEV")}))},
		{"LimitExceeded", "Cannot exceed quota for GroupsPerAccount: 2", refused(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("third")}))},
		{"NoSuchEntity", noGroup, refused(w.GetGroup(w.ctx, &iam.GetGroupInput{GroupName: nobody}))},
		{"NoSuchEntity", noGroup, refused(w.UpdateGroup(w.ctx, &iam.UpdateGroupInput{GroupName: nobody}))},
		{"EntityAlreadyExists", "Group with name Ops already exists.", refused(w.UpdateGroup(w.ctx, &iam.UpdateGroupInput{GroupName: dev, NewGroupName: aws.String("Ops")}))},
		{"NoSuchEntity", noGroup, refused(w.DeleteGroup(w.ctx, &iam.DeleteGroupInput{GroupName: nobody}))},
		{"DeleteConflict", "Cannot delete entity, must remove users from group first.", refused(w.DeleteGroup(w.ctx, &iam.DeleteGroupInput{GroupName: dev}))},
		{"DeleteConflict", "Cannot delete entity, must detach all policies first.", refused(w.DeleteGroup(w.ctx, &iam.DeleteGroupInput{GroupName: ops}))},
		{"NoSuchEntity", noGroup, refused(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: nobody, UserName: ann}))},
		{"NoSuchEntity", noUser, refused(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: dev, UserName: nobody}))},
		{"LimitExceeded", "Cannot exceed quota for GroupsPerUser: 1", refused(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: ops, UserName: ann}))},
		{"NoSuchEntity", noGroup, refused(w.RemoveUserFromGroup(w.ctx, &iam.RemoveUserFromGroupInput{GroupName: nobody, UserName: ann}))},
		{"NoSuchEntity", noUser, refused(w.RemoveUserFromGroup(w.ctx, &iam.RemoveUserFromGroupInput{GroupName: dev, UserName: nobody}))},

		{"NoSuchEntity", noGroup, attach("nobody", readOnly)},
		{"LimitExceeded", "Cannot exceed quota for PoliciesPerGroup: 1", attach("ops", administratorAccess)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", attach("dev", notPolicy)},
		{"PolicyNotAttachable", "Cannot attach AWS reserved policy to an IAM group.", attach("dev", reserved)},
		{"NoSuchEntity", "Policy " + readOnly + " was not found.", detach("dev", readOnly)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", detach("dev", notPolicy)},
		{"NoSuchEntity", noGroup, refused(w.ListAttachedGroupPolicies(w.ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: nobody}))},

		{"NoSuchEntity", noGroup, refused(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{GroupName: nobody, PolicyName: in, PolicyDocument: fine}))},
		{"MalformedPolicyDocument", unreadable, refused(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{GroupName: dev, PolicyName: in, PolicyDocument: aws.String("{}")}))},
		{"LimitExceeded", "Maximum policy size of 5120 bytes exceeded for group dev", refused(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{GroupName: dev, PolicyName: in, PolicyDocument: large()}))},
		{"NoSuchEntity", "The group policy with name in cannot be found.", refused(w.GetGroupPolicy(w.ctx, &iam.GetGroupPolicyInput{GroupName: dev, PolicyName: in}))},
		{"NoSuchEntity", "The group policy with name in cannot be found.", refused(w.DeleteGroupPolicy(w.ctx, &iam.DeleteGroupPolicyInput{GroupName: dev, PolicyName: in}))},
		{"NoSuchEntity", noGroup, refused(w.ListGroupPolicies(w.ctx, &iam.ListGroupPoliciesInput{GroupName: nobody}))},
	}
}
