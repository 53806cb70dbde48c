package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

func failuresOfManagedPolicies(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{PoliciesPerAccount: 2, VersionsPerPolicy: 2})
	w.user("ann", "")
	fifty, more := fiftyOne()
	fine, bad, v1, v9 := aws.String(allow("s3:*")), aws.String("bad"), aws.String("v1"), aws.String("v9")
	own, none, not := w.policy("own", *fine), aws.String(noPolicy), aws.String(notPolicy)
	full := testkit.Must(w.CreatePolicy(w.ctx,
		&iam.CreatePolicyInput{PolicyName: aws.String("full"), PolicyDocument: fine, Tags: fifty}))(t).Policy.Arn
	testkit.Must(w.CreatePolicyVersion(w.ctx, &iam.CreatePolicyVersionInput{PolicyArn: full, PolicyDocument: fine}))(t)
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: own}))(t)
	const (
		notFound    = "Policy " + noPolicy + " was not found."
		unavailable = "Policy " + noPolicy + " does not exist or is not attachable."
		noVersion   = "Policy " + ownHead + "own version v9 does not exist or is not attachable."
		notValid    = "ARN " + notPolicy + " is not valid."
		awsOwned    = "Tags not supported for policies in this domain"
	)
	version := func(arn, document *string) error {
		return testkit.Refused(w.CreatePolicyVersion(w.ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: document}))
	}
	return []failure{
		{"EntityAlreadyExists", "A policy called OWN already exists. Duplicate names are not allowed.",
			testkit.Refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: aws.String("OWN"), PolicyDocument: fine}))},
		{"LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: 2",
			testkit.Refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: bad, PolicyDocument: fine}))},
		{"LimitExceeded", "Cannot exceed quota for PolicySize: 6144",
			testkit.Refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: bad, PolicyDocument: large()}))},
		{"InvalidInput", "Duplicate tag keys found.",
			testkit.Refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{
				PolicyName: bad, PolicyDocument: fine, Tags: tags("a", "1", "a", "2"),
			}))},
		{"MalformedPolicyDocument", unreadable,
			testkit.Refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: bad, PolicyDocument: aws.String("{}")}))},
		{"NoSuchEntity", unavailable, testkit.Refused(w.GetPolicy(w.ctx, &iam.GetPolicyInput{PolicyArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.GetPolicy(w.ctx, &iam.GetPolicyInput{PolicyArn: not}))},
		{"NoSuchEntity", unavailable, testkit.Refused(w.ListEntitiesForPolicy(w.ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.ListEntitiesForPolicy(w.ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: not}))},
		{"NoSuchEntity", notFound, testkit.Refused(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: not}))},
		{"DeleteConflict", "Cannot delete a policy attached to entities.",
			testkit.Refused(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: own}))},

		{"NoSuchEntity", unavailable, version(none, fine)},
		{"MalformedPolicyDocument", unreadable, version(own, aws.String("{}"))},
		{"InvalidInput", notValid, version(not, fine)},
		{
			"LimitExceeded",
			"A managed policy can have up to 2 versions. Before you create a new version, you must delete an existing version.",
			version(full, fine),
		},
		{"NoSuchEntity", noVersion, testkit.Refused(w.GetPolicyVersion(w.ctx, &iam.GetPolicyVersionInput{PolicyArn: own, VersionId: v9}))},
		{"InvalidInput", notValid, testkit.Refused(w.GetPolicyVersion(w.ctx, &iam.GetPolicyVersionInput{PolicyArn: not, VersionId: v1}))},
		{"NoSuchEntity", unavailable, testkit.Refused(w.ListPolicyVersions(w.ctx, &iam.ListPolicyVersionsInput{PolicyArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.ListPolicyVersions(w.ctx, &iam.ListPolicyVersionsInput{PolicyArn: not}))},
		{"NoSuchEntity", noVersion, testkit.Refused(w.SetDefaultPolicyVersion(w.ctx,
			&iam.SetDefaultPolicyVersionInput{PolicyArn: own, VersionId: v9}))},
		{"InvalidInput", notValid, testkit.Refused(w.SetDefaultPolicyVersion(w.ctx,
			&iam.SetDefaultPolicyVersionInput{PolicyArn: not, VersionId: v1}))},
		{"NoSuchEntity", noVersion, testkit.Refused(w.DeletePolicyVersion(w.ctx,
			&iam.DeletePolicyVersionInput{PolicyArn: own, VersionId: v9}))},
		{"InvalidInput", notValid, testkit.Refused(w.DeletePolicyVersion(w.ctx,
			&iam.DeletePolicyVersionInput{PolicyArn: not, VersionId: v1}))},
		{"DeleteConflict", "Cannot delete the default version of a policy.",
			testkit.Refused(w.DeletePolicyVersion(w.ctx, &iam.DeletePolicyVersionInput{PolicyArn: own, VersionId: v1}))},

		{"NoSuchEntity", notFound, testkit.Refused(w.TagPolicy(w.ctx, &iam.TagPolicyInput{PolicyArn: none, Tags: more}))},
		{"LimitExceeded", tooManyTags, testkit.Refused(w.TagPolicy(w.ctx, &iam.TagPolicyInput{PolicyArn: full, Tags: more}))},
		{"InvalidInput", awsOwned, testkit.Refused(w.TagPolicy(w.ctx, &iam.TagPolicyInput{PolicyArn: aws.String(readOnly), Tags: more}))},
		{"NoSuchEntity", notFound, testkit.Refused(w.UntagPolicy(w.ctx, &iam.UntagPolicyInput{PolicyArn: none, TagKeys: []string{"a"}}))},
		{"InvalidInput", awsOwned, testkit.Refused(w.UntagPolicy(w.ctx,
			&iam.UntagPolicyInput{PolicyArn: aws.String(readOnly), TagKeys: []string{"a"}}))},
		{"NoSuchEntity", notFound, testkit.Refused(w.ListPolicyTags(w.ctx, &iam.ListPolicyTagsInput{PolicyArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.ListPolicyTags(w.ctx, &iam.ListPolicyTagsInput{PolicyArn: not}))},
	}
}
