package server_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
)

// Questions about a resource of another service are answered by the policy that a seed
// has declared for it, and by the account that owns it.
func TestQuestionsKnowDeclaredPolicies(t *testing.T) {
	t.Parallel()
	s, m := askedServer(t)
	question := func(who, action, resource string) string {
		return testkit.Must(m.Authorize(t.Context(),
			&management.Question{Principal: who, Access: management.Access{Action: action, Resource: resource}}))(t).Verdict
	}
	const object, queue, carl = "arn:aws:s3:::photos/a", "arn:aws:sqs:us-east-1:000000000000:q", "arn:aws:iam::111122223333:user/carl"
	before := []string{
		question("eve", "s3:GetObject", object), question(carl, "s3:GetObject", object), question(carl, "sqs:SendMessage", queue),
	}
	s.Seed(`accounts: [{id: "000000000000", resourcePolicies: [
	  {resource: "arn:aws:s3:::photos", document: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::000000000000:user/eve"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*"}]}},
	  {resource: "` + queue +
		`", document: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sqs:*", Resource: "*"}]}}]}]`)
	after := []string{
		question("eve", "s3:GetObject", object), question(carl, "s3:GetObject", object), question(carl, "sqs:SendMessage", queue),
	}
	if diff := cmp.Diff([][]string{
		{"denied", "allowed", "denied"}, {"allowed", "denied", "allowed"},
	}, [][]string{before, after}); diff != "" {
		t.Errorf("answers before and after the seed (-want +got):\n%s", diff)
	}
	var may []string
	for _, who := range testkit.Must(m.WhoCan(t.Context(), &management.WhoCan{
		Access: management.Access{Action: "sqs:SendMessage", Resource: queue},
	}))(t).Allowed {
		may = append(may, who.ARN)
	}
	want := []string{"arn:aws:iam::000000000000:root", "arn:aws:iam::000000000000:user/alice", "arn:aws:iam::111122223333:root", carl}
	if diff := cmp.Diff(want, may); diff != "" {
		t.Errorf("who can send (-want +got):\n%s", diff)
	}
}
