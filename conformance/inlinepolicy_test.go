package conformance_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
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
	must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: policy, PolicyDocument: aws.String(spaced)}))(t)
	if got := must(w.ListUserPolicies(w.ctx, &iam.ListUserPoliciesInput{UserName: name}))(t).PolicyNames; len(got) != 1 || got[0] != "P" {
		t.Errorf("policies = %q", got)
	}
	if got := decoded(t, must(w.GetUserPolicy(w.ctx, &iam.GetUserPolicyInput{UserName: name, PolicyName: policy}))(t).PolicyDocument); got != spaced {
		t.Errorf("document = %q", got)
	}
	must(w.DeleteUserPolicy(w.ctx, &iam.DeleteUserPolicyInput{UserName: name, PolicyName: policy}))(t)
	wantError(t, refused(w.GetUserPolicy(w.ctx, &iam.GetUserPolicyInput{UserName: name, PolicyName: policy})),
		"NoSuchEntity", "The user policy with name P cannot be found.")
}

func TestInlinePolicyOfAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name, policy := aws.String("dev"), aws.String("P")
	must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: name}))(t)
	must(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{GroupName: name, PolicyName: policy, PolicyDocument: aws.String(spaced)}))(t)
	if got := must(w.ListGroupPolicies(w.ctx, &iam.ListGroupPoliciesInput{GroupName: name}))(t).PolicyNames; len(got) != 1 || got[0] != "P" {
		t.Errorf("policies = %q", got)
	}
	if got := decoded(t, must(w.GetGroupPolicy(w.ctx, &iam.GetGroupPolicyInput{GroupName: name, PolicyName: policy}))(t).PolicyDocument); got != spaced {
		t.Errorf("document = %q", got)
	}
	must(w.DeleteGroupPolicy(w.ctx, &iam.DeleteGroupPolicyInput{GroupName: name, PolicyName: policy}))(t)
	wantError(t, refused(w.GetGroupPolicy(w.ctx, &iam.GetGroupPolicyInput{GroupName: name, PolicyName: policy})),
		"NoSuchEntity", "The group policy with name P cannot be found.")
}

func TestInlinePolicyOfARole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name, policy := aws.String("app"), aws.String("P")
	must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(trustEC2)}))(t)
	must(w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{RoleName: name, PolicyName: policy, PolicyDocument: aws.String(spaced)}))(t)
	if got := must(w.ListRolePolicies(w.ctx, &iam.ListRolePoliciesInput{RoleName: name}))(t).PolicyNames; len(got) != 1 || got[0] != "P" {
		t.Errorf("policies = %q", got)
	}
	if got := decoded(t, must(w.GetRolePolicy(w.ctx, &iam.GetRolePolicyInput{RoleName: name, PolicyName: policy}))(t).PolicyDocument); got != spaced {
		t.Errorf("document = %q", got)
	}
	must(w.DeleteRolePolicy(w.ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: policy}))(t)
	wantError(t, refused(w.GetRolePolicy(w.ctx, &iam.GetRolePolicyInput{RoleName: name, PolicyName: policy})),
		"NoSuchEntity", "The role policy with name P cannot be found.")
}

const trustEC2 = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`

func TestDocumentThatAWSWouldNotStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	put := func(document string) error {
		return refused(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: aws.String("anna"), PolicyName: aws.String("p"), PolicyDocument: &document}))
	}
	wantError(t, put("{}"), "MalformedPolicyDocument", "Syntax errors in policy.")
	wantError(t, put(strings.Replace(allow("*"), `"Resource":"*"`, `"Resource":"all"`, 1)),
		"MalformedPolicyDocument", `Resource all must be in ARN format or "*".`)
	wantError(t, put(strings.Replace(allow("*"), `"Effect"`, `"Sid":"`+strings.Repeat("x", 2000)+`","Effect"`, 1)),
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
		return refused(anna.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: &group}))
	}
	wantError(t, create("a"), "AccessDenied", denial+"a because no identity-based policy allows the iam:CreateGroup action")
	must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: policy, PolicyDocument: aws.String(allow("iam:*"))}))(t)
	if err := create("a"); err != nil {
		t.Error(err)
	}
	deny := strings.Replace(allow("iam:*"), "Allow", "Deny", 1)
	must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: policy, PolicyDocument: &deny}))(t)
	wantError(t, create("b"), "AccessDenied", denial+"b with an explicit deny in an identity-based policy")
	must(w.DeleteUserPolicy(w.ctx, &iam.DeleteUserPolicyInput{UserName: name, PolicyName: policy}))(t)
	wantError(t, create("b"), "AccessDenied", denial+"b because no identity-based policy allows the iam:CreateGroup action")
}
