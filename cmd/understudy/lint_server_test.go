package main

import (
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/management/client"
)

// Places in a document are right only if lint sees the documents that IAM's API returns.
func TestDocumentsOfAServerAreThoseThatItAnswers(t *testing.T) {
	t.Parallel()
	s := iamtest.Start(t)
	user := &iam.CreateUserInput{UserName: aws.String("ann")}
	if _, err := s.IAM().CreateUser(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	for name, document := range map[string]string{
		"compact":    `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}]}`,
		"spaced":     "{\n  \"Statement\": [{\"Effect\": \"Deny\",\t\"Action\": \"s3:Get*\", \"Resource\": \"*\"}]\n}\n",
		"characters": `{"Statement":{"Sid":"","Effect":"Deny","Action":"s3:Get*","Resource":"arn:aws:s3:::a/<&>é\"${aws:username}"}}`,
		"escaped":    `{"Statement":{"Effect":"Deny","Action":"s3:\u0047et*","Resource":"*"}}`,
		"numbers": `{"Statement":{"Effect":"Deny","Action":"s3:Get*","Resource":"*",` +
			`"Condition":{"Bool":{"aws:SecureTransport":false},"NumericLessThan":{"s3:max-keys":1.0}}}}`,
		"strings": `{"Statement":{"Effect":"Deny","Action":"s3:Get*","Resource":"*",` +
			`"Condition":{"Bool":{"aws:SecureTransport":"false"},"NumericLessThan":{"s3:max-keys":"10"}}}}`,
	} {
		in := &iam.PutUserPolicyInput{UserName: user.UserName, PolicyName: aws.String(name), PolicyDocument: aws.String(document)}
		if _, err := s.IAM().PutUserPolicy(t.Context(), in); err != nil {
			t.Fatal(name, err)
		}
	}
	m, err := managerOf(client.Options{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	list, err := policiesOfServer(m)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, d := range list {
		found[d.title] = d.text
	}
	names, err := s.IAM().ListUserPolicies(t.Context(), &iam.ListUserPoliciesInput{UserName: user.UserName})
	if err != nil || len(names.PolicyNames) != len(found) {
		t.Fatalf("%d policies were found of %d, %v", len(found), len(names.PolicyNames), err)
	}
	for _, name := range names.PolicyNames {
		out, err := s.IAM().GetUserPolicy(t.Context(), &iam.GetUserPolicyInput{UserName: user.UserName, PolicyName: &name})
		if err != nil {
			t.Fatal(err)
		}
		want, err := url.QueryUnescape(*out.PolicyDocument)
		if got := found["inline policy "+name+" of user ann"]; err != nil || got != want {
			t.Errorf("of the policy %s lint sees\n%s\nand IAM answers\n%s %v", name, got, want, err)
		}
	}
}
