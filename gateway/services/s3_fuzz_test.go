package services

import (
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
)

// FuzzIsPublic looks at any policy: one that lets in anybody, whatever the request is, is
// public.
func FuzzIsPublic(f *testing.F) {
	for _, condition := range []string{
		"", `,"Condition":{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}}`,
		`,"Condition":{"ForAnyValue:StringLike":{"aws:SourceVpce":["vpce-1"]}}`,
		`,"Condition":{"Null":{"aws:SourceVpc":"true"}}`, `,"Condition":{"StringEquals":{"aws:SourceVpc":[]}}`,
		`,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`,
	} {
		f.Add(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"` +
			condition + `}]}`)
	}
	f.Add(`{"Statement":{"Effect":"Allow","Principal":{"AWS":["111122223333","*"]},"NotAction":"s3:PutObject","NotResource":"arn:aws:s3:::c"}}`)
	f.Add(`{"Statement":{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}}`)
	f.Fuzz(func(t *testing.T, document string) {
		policy, err := evaluator.Compile(document, evaluator.Resource, evaluator.Origin{})
		public := IsPublic("arn:aws:s3:::b", document)
		if err != nil || public {
			return
		}
		anybody := &evaluator.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111122223333",
			Context: &evaluator.Context{}, Mode: evaluator.Enforce}
		if evaluator.Decide(anybody, &evaluator.Policies{Resource: policy}) {
			t.Errorf("anybody may read, and the policy is not public: %s", document)
		}
	})
}

// FuzzAnswersOfS3 reads any answer to a question about a bucket or an access point.
func FuzzAnswersOfS3(f *testing.F) {
	f.Add("<R><Buckets><Bucket><Name>b</Name></Bucket></Buckets></R>")
	f.Add("<R><BlockPublicPolicy>true</BlockPublicPolicy><NetworkOrigin>VPC</NetworkOrigin></R>")
	f.Add("<R><Policy>{}</Policy><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></R>")
	f.Add("<R><Bucket><Bucket><Name/></Bucket>")
	f.Fuzz(func(t *testing.T, answer string) {
		for name := range ReadBuckets([]byte(answer)) {
			if len(name) > len(answer) {
				t.Errorf("%q has the bucket %q", answer, name)
			}
		}
		ReadAccessBlock([]byte(answer))
		ReadOwnership([]byte(answer))
		if policy := ReadPolicy("arn:aws:s3:us-east-1:111122223333:accesspoint/p", []byte(answer)); policy != "" && policy[0] != '{' {
			t.Errorf("%q has the policy %q", answer, policy)
		}
	})
}
