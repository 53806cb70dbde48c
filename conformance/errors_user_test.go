package conformance_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	noUser    = "The user with name nobody cannot be found."
	noGroup   = "The group with name nobody cannot be found."
	noRole    = "The role with name nobody cannot be found."
	noPolicy  = "arn:aws:iam::000000000000:policy/none"
	notPolicy = "arn:aws:iam::000000000000:user/ann"
	reserved  = "arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy"

	unreadable   = "Syntax errors in policy."
	tooManyTags  = "The number of tags has reached the maximum limit."
	awsTag       = "Tag keys beginning with aws: are reserved for system use."
	emptyTagMap  = "The provided tag map must not be null/empty."
	emptyTagKeys = "The provided tag keys must not be null/empty."
)

// fiftyOne are tags in two requests that together are one too many.
func fiftyOne() (first, second []types.Tag) {
	var pairs []string
	for i := range 50 {
		pairs = append(pairs, strings.Repeat("k", i+1), "v")
	}
	return tags(pairs...), tags("one more", "v")
}

// large is a policy document with more characters than all inline policies of a
// user, group or role may have, white space apart.
func large() *string {
	return aws.String(allow("s3:" + strings.Repeat("x", 10240)))
}

func failuresOfUsers(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{UsersPerAccount: 2})
	w.user("ann", "")
	ann, nobody := aws.String("ann"), aws.String("nobody")
	fifty, more := fiftyOne()
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("full"), Tags: fifty}))(t)
	bad := aws.String("bad")
	return []failure{
		{"EntityAlreadyExists", "User with name ANN already exists.",
			testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("ANN")}))},
		{"LimitExceeded", "Cannot exceed quota for UsersPerAccount: 2",
			testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: bad}))},
		{"NoSuchEntity", "Scope ARN: " + noPolicy + " does not exist or is not attachable.",
			testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: bad, PermissionsBoundary: aws.String(noPolicy)}))},
		{"InvalidInput", awsTag, testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: bad, Tags: tags("aws:x", "y")}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.GetUser(w.ctx, &iam.GetUserInput{UserName: nobody}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.UpdateUser(w.ctx, &iam.UpdateUserInput{UserName: nobody}))},
		{"EntityAlreadyExists", "User with name Full already exists.",
			testkit.Refused(w.UpdateUser(w.ctx, &iam.UpdateUserInput{UserName: ann, NewUserName: aws.String("Full")}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: nobody}))},
		{"DeleteConflict", "Cannot delete entity, must delete access keys first.",
			testkit.Refused(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: ann}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.TagUser(w.ctx, &iam.TagUserInput{UserName: nobody, Tags: more}))},
		{"LimitExceeded", tooManyTags, testkit.Refused(w.TagUser(w.ctx, &iam.TagUserInput{UserName: aws.String("full"), Tags: more}))},
		{"InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
			testkit.Refused(w.TagUser(w.ctx, &iam.TagUserInput{UserName: ann, Tags: tags("a", "1", "A", "2")}))},
		{"InvalidInput", "Error occurred while validating input. ",
			testkit.Refused(w.TagUser(w.ctx, &iam.TagUserInput{UserName: ann, Tags: []types.Tag{}}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.UntagUser(w.ctx, &iam.UntagUserInput{UserName: nobody, TagKeys: []string{"a"}}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.ListUserTags(w.ctx, &iam.ListUserTagsInput{UserName: nobody}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.ListGroupsForUser(w.ctx, &iam.ListGroupsForUserInput{UserName: nobody}))},
	}
}

func failuresOfPoliciesOfUsers(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{PoliciesPerUser: 1})
	w.user("ann", "")
	w.user("full", "")
	ann, nobody, in, fine := aws.String("ann"), aws.String("nobody"), aws.String("in"), aws.String(allow("s3:*"))
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: aws.String("full"), PolicyArn: aws.String(readOnly)}))(t)
	attach := func(user, arn string) error {
		return testkit.Refused(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: &user, PolicyArn: &arn}))
	}
	detach := func(user, arn string) error {
		return testkit.Refused(w.DetachUserPolicy(w.ctx, &iam.DetachUserPolicyInput{UserName: &user, PolicyArn: &arn}))
	}
	limit := func(user, arn string) error {
		return testkit.Refused(w.PutUserPermissionsBoundary(w.ctx,
			&iam.PutUserPermissionsBoundaryInput{UserName: &user, PermissionsBoundary: &arn}))
	}
	return []failure{
		{"NoSuchEntity", noUser, attach("nobody", readOnly)},
		{"NoSuchEntity", "Policy " + noPolicy + " does not exist or is not attachable.", attach("ann", noPolicy)},
		{"LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 1", attach("full", administratorAccess)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", attach("ann", notPolicy)},
		{"PolicyNotAttachable", "Cannot attach AWS reserved policy to an IAM user.", attach("ann", reserved)},
		{"NoSuchEntity", noUser, detach("nobody", readOnly)},
		{"NoSuchEntity", "Policy " + readOnly + " was not found.", detach("ann", readOnly)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", detach("ann", notPolicy)},
		{"NoSuchEntity", noUser, testkit.Refused(w.ListAttachedUserPolicies(w.ctx, &iam.ListAttachedUserPoliciesInput{UserName: nobody}))},

		{"NoSuchEntity", noUser, limit("nobody", readOnly)},
		{"NoSuchEntity", "Scope ARN: " + noPolicy + " does not exist or is not attachable.", limit("ann", noPolicy)},
		{"InvalidInput", "ARN " + notPolicy + " is not valid.", limit("ann", notPolicy)},
		{"PolicyNotAttachable", "Cannot attach AWS reserved policy to an IAM user.", limit("ann", reserved)},
		{"NoSuchEntity", noUser, testkit.Refused(w.DeleteUserPermissionsBoundary(w.ctx,
			&iam.DeleteUserPermissionsBoundaryInput{UserName: nobody}))},

		{"NoSuchEntity", noUser, testkit.Refused(w.PutUserPolicy(w.ctx,
			&iam.PutUserPolicyInput{UserName: nobody, PolicyName: in, PolicyDocument: fine}))},
		{"MalformedPolicyDocument", unreadable,
			testkit.Refused(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{
				UserName: ann, PolicyName: in, PolicyDocument: aws.String("{}"),
			}))},
		{"LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user ann",
			testkit.Refused(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: ann, PolicyName: in, PolicyDocument: large()}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.GetUserPolicy(w.ctx, &iam.GetUserPolicyInput{UserName: nobody, PolicyName: in}))},
		{"NoSuchEntity", "The user policy with name in cannot be found.",
			testkit.Refused(w.GetUserPolicy(w.ctx, &iam.GetUserPolicyInput{UserName: ann, PolicyName: in}))},
		{"NoSuchEntity", "The user policy with name in cannot be found.",
			testkit.Refused(w.DeleteUserPolicy(w.ctx, &iam.DeleteUserPolicyInput{UserName: ann, PolicyName: in}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.ListUserPolicies(w.ctx, &iam.ListUserPoliciesInput{UserName: nobody}))},
	}
}
