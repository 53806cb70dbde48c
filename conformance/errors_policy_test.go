package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
)

func failuresOfManagedPolicies(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{PoliciesPerAccount: 2, VersionsPerPolicy: 2})
	w.user("ann", "")
	fifty, more := fiftyOne()
	fine, bad, v1, v9 := aws.String(allow("s3:*")), aws.String("bad"), aws.String("v1"), aws.String("v9")
	own, none, not := w.policy("own", *fine), aws.String(noPolicy), aws.String(notPolicy)
	full := must(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: aws.String("full"), PolicyDocument: fine, Tags: fifty}))(t).Policy.Arn
	must(w.CreatePolicyVersion(w.ctx, &iam.CreatePolicyVersionInput{PolicyArn: full, PolicyDocument: fine}))(t)
	must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: own}))(t)
	const (
		notFound    = "Policy " + noPolicy + " was not found."
		unavailable = "Policy " + noPolicy + " does not exist or is not attachable."
		noVersion   = "Policy " + ownHead + "own version v9 does not exist or is not attachable."
		notValid    = "ARN " + notPolicy + " is not valid."
		awsOwned    = "Tags not supported for policies in this domain"
	)
	version := func(arn, document *string) error {
		return refused(w.CreatePolicyVersion(w.ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: document}))
	}
	return []failure{
		{"EntityAlreadyExists", "A policy called OWN already exists. Duplicate names are not allowed.", refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: aws.String("OWN"), PolicyDocument: fine}))},
		{"LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: 2", refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: bad, PolicyDocument: fine}))},
		{"LimitExceeded", "Cannot exceed quota for PolicySize: 6144", refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: bad, PolicyDocument: large()}))},
		{"InvalidInput", "Duplicate tag keys found.", refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: bad, PolicyDocument: fine, Tags: tags("a", "1", "a", "2")}))},
		{"MalformedPolicyDocument", unreadable, refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: bad, PolicyDocument: aws.String("{}")}))},
		{"NoSuchEntity", unavailable, refused(w.GetPolicy(w.ctx, &iam.GetPolicyInput{PolicyArn: none}))},
		{"InvalidInput", notValid, refused(w.GetPolicy(w.ctx, &iam.GetPolicyInput{PolicyArn: not}))},
		{"NoSuchEntity", unavailable, refused(w.ListEntitiesForPolicy(w.ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: none}))},
		{"InvalidInput", notValid, refused(w.ListEntitiesForPolicy(w.ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: not}))},
		{"NoSuchEntity", notFound, refused(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: none}))},
		{"InvalidInput", notValid, refused(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: not}))},
		{"DeleteConflict", "Cannot delete a policy attached to entities.", refused(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: own}))},

		{"NoSuchEntity", unavailable, version(none, fine)},
		{"MalformedPolicyDocument", unreadable, version(own, aws.String("{}"))},
		{"InvalidInput", notValid, version(not, fine)},
		{"LimitExceeded", "A managed policy can have up to 2 versions. Before you create a new version, you must delete an existing version.", version(full, fine)},
		{"NoSuchEntity", noVersion, refused(w.GetPolicyVersion(w.ctx, &iam.GetPolicyVersionInput{PolicyArn: own, VersionId: v9}))},
		{"InvalidInput", notValid, refused(w.GetPolicyVersion(w.ctx, &iam.GetPolicyVersionInput{PolicyArn: not, VersionId: v1}))},
		{"NoSuchEntity", unavailable, refused(w.ListPolicyVersions(w.ctx, &iam.ListPolicyVersionsInput{PolicyArn: none}))},
		{"InvalidInput", notValid, refused(w.ListPolicyVersions(w.ctx, &iam.ListPolicyVersionsInput{PolicyArn: not}))},
		{"NoSuchEntity", noVersion, refused(w.SetDefaultPolicyVersion(w.ctx, &iam.SetDefaultPolicyVersionInput{PolicyArn: own, VersionId: v9}))},
		{"InvalidInput", notValid, refused(w.SetDefaultPolicyVersion(w.ctx, &iam.SetDefaultPolicyVersionInput{PolicyArn: not, VersionId: v1}))},
		{"NoSuchEntity", noVersion, refused(w.DeletePolicyVersion(w.ctx, &iam.DeletePolicyVersionInput{PolicyArn: own, VersionId: v9}))},
		{"InvalidInput", notValid, refused(w.DeletePolicyVersion(w.ctx, &iam.DeletePolicyVersionInput{PolicyArn: not, VersionId: v1}))},
		{"DeleteConflict", "Cannot delete the default version of a policy.", refused(w.DeletePolicyVersion(w.ctx, &iam.DeletePolicyVersionInput{PolicyArn: own, VersionId: v1}))},

		{"NoSuchEntity", notFound, refused(w.TagPolicy(w.ctx, &iam.TagPolicyInput{PolicyArn: none, Tags: more}))},
		{"LimitExceeded", tooManyTags, refused(w.TagPolicy(w.ctx, &iam.TagPolicyInput{PolicyArn: full, Tags: more}))},
		{"InvalidInput", awsOwned, refused(w.TagPolicy(w.ctx, &iam.TagPolicyInput{PolicyArn: aws.String(readOnly), Tags: more}))},
		{"NoSuchEntity", notFound, refused(w.UntagPolicy(w.ctx, &iam.UntagPolicyInput{PolicyArn: none, TagKeys: []string{"a"}}))},
		{"InvalidInput", awsOwned, refused(w.UntagPolicy(w.ctx, &iam.UntagPolicyInput{PolicyArn: aws.String(readOnly), TagKeys: []string{"a"}}))},
		{"NoSuchEntity", notFound, refused(w.ListPolicyTags(w.ctx, &iam.ListPolicyTagsInput{PolicyArn: none}))},
		{"InvalidInput", notValid, refused(w.ListPolicyTags(w.ctx, &iam.ListPolicyTagsInput{PolicyArn: not}))},
	}
}
