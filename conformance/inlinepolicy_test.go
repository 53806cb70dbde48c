package conformance_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const spaced = "{\n  \"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::b/a+b%20c\"}\n}"

// decoded is a document as it was sent, or the test's end.
func decoded(t *testing.T, document *string) string {
	t.Helper()
	if strings.ContainsAny(*document, " +*\n") {
		t.Errorf("document = %q; want it percent-encoded", *document)
	}
	text, err := url.PathUnescape(*document)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestInlinePolicyOfAUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	name, policy := aws.String("anna"), aws.String("P")
	testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: policy, PolicyDocument: aws.String(spaced)}))(t)
	if got := testkit.Must(w.ListUserPolicies(w.ctx, &iam.ListUserPoliciesInput{UserName: name}))(t).PolicyNames; len(got) != 1 ||
		got[0] != "P" {
		t.Errorf("policies = %q", got)
	}
	if got := decoded(t, testkit.Must(w.GetUserPolicy(w.ctx, &iam.GetUserPolicyInput{
		UserName: name, PolicyName: policy,
	}))(t).PolicyDocument); got != spaced {
		t.Errorf("document = %q", got)
	}
	testkit.Must(w.DeleteUserPolicy(w.ctx, &iam.DeleteUserPolicyInput{UserName: name, PolicyName: policy}))(t)
	testkit.WantError(t, testkit.Refused(w.GetUserPolicy(w.ctx, &iam.GetUserPolicyInput{UserName: name, PolicyName: policy})),
		"NoSuchEntity", "The user policy with name P cannot be found.")
}

func TestInlinePolicyOfAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name, policy := aws.String("dev"), aws.String("P")
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: name}))(t)
	testkit.Must(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{
		GroupName: name, PolicyName: policy, PolicyDocument: aws.String(spaced),
	}))(t)
	if got := testkit.Must(w.ListGroupPolicies(w.ctx, &iam.ListGroupPoliciesInput{GroupName: name}))(t).PolicyNames; len(got) != 1 ||
		got[0] != "P" {
		t.Errorf("policies = %q", got)
	}
	if got := decoded(t, testkit.Must(w.GetGroupPolicy(w.ctx, &iam.GetGroupPolicyInput{
		GroupName: name, PolicyName: policy,
	}))(t).PolicyDocument); got != spaced {
		t.Errorf("document = %q", got)
	}
	testkit.Must(w.DeleteGroupPolicy(w.ctx, &iam.DeleteGroupPolicyInput{GroupName: name, PolicyName: policy}))(t)
	testkit.WantError(t, testkit.Refused(w.GetGroupPolicy(w.ctx, &iam.GetGroupPolicyInput{GroupName: name, PolicyName: policy})),
		"NoSuchEntity", "The group policy with name P cannot be found.")
}

func TestInlinePolicyOfARole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name, policy := aws.String("app"), aws.String("P")
	testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(trustEC2)}))(t)
	testkit.Must(w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{RoleName: name, PolicyName: policy, PolicyDocument: aws.String(spaced)}))(t)
	if got := testkit.Must(w.ListRolePolicies(w.ctx, &iam.ListRolePoliciesInput{RoleName: name}))(t).PolicyNames; len(got) != 1 ||
		got[0] != "P" {
		t.Errorf("policies = %q", got)
	}
	if got := decoded(t, testkit.Must(w.GetRolePolicy(w.ctx, &iam.GetRolePolicyInput{
		RoleName: name, PolicyName: policy,
	}))(t).PolicyDocument); got != spaced {
		t.Errorf("document = %q", got)
	}
	testkit.Must(w.DeleteRolePolicy(w.ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: policy}))(t)
	testkit.WantError(t, testkit.Refused(w.GetRolePolicy(w.ctx, &iam.GetRolePolicyInput{RoleName: name, PolicyName: policy})),
		"NoSuchEntity", "The role policy with name P cannot be found.")
}

const trustEC2 = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`

func TestDocumentThatAWSWouldNotStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	put := func(document string) error {
		return testkit.Refused(w.PutUserPolicy(w.ctx,
			&iam.PutUserPolicyInput{UserName: aws.String("anna"), PolicyName: aws.String("p"), PolicyDocument: &document}))
	}
	testkit.WantError(t, put("{}"), "MalformedPolicyDocument", "Syntax errors in policy.")
	testkit.WantError(t, put(strings.Replace(allow("*"), `"Resource":"*"`, `"Resource":"all"`, 1)),
		"MalformedPolicyDocument", `Resource all must be in ARN format or "*".`)
	testkit.WantError(t, put(strings.Replace(allow("*"), `"Effect"`, `"Sid":"`+strings.Repeat("x", 2000)+`","Effect"`, 1)),
		"LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user anna")
}

// A policy counts from the moment it is written to the moment it is removed.
func TestInlinePolicyCountsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.user("anna", "")
	name, policy := aws.String("anna"), aws.String("p")
	const denial = "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:CreateGroup on resource: arn:aws:iam::000000000000:group/"
	create := func(group string) error {
		return testkit.Refused(anna.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: &group}))
	}
	testkit.WantError(t, create("a"), "AccessDenied", denial+"a because no identity-based policy allows the iam:CreateGroup action")
	testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{
		UserName: name, PolicyName: policy, PolicyDocument: aws.String(allow("iam:*")),
	}))(t)
	if err := create("a"); err != nil {
		t.Error(err)
	}
	deny := strings.Replace(allow("iam:*"), "Allow", "Deny", 1)
	testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: policy, PolicyDocument: &deny}))(t)
	testkit.WantError(t, create("b"), "AccessDenied", denial+"b with an explicit deny in an identity-based policy")
	testkit.Must(w.DeleteUserPolicy(w.ctx, &iam.DeleteUserPolicyInput{UserName: name, PolicyName: policy}))(t)
	testkit.WantError(t, create("b"), "AccessDenied", denial+"b because no identity-based policy allows the iam:CreateGroup action")
}
