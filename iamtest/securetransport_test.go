package iamtest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

// Calls count as made over TLS, as at AWS, whatever the connection is; a test can
// change that. The simulator in strict mode gives the same answer, and so does the
// server when another service asks it.
func TestSecureTransport(t *testing.T) {
	t.Parallel()
	const people = `accounts: [{id: "000000000000", users: [{name: ana, policies: [ReadOnlyAccess], inline: {tls: {Version: 2012-10-17, Statement: [
	  {Effect: Deny, Action: "*", Resource: "*", Condition: {Bool: {"aws:SecureTransport": "false"}}}]}}}]}]`
	for _, c := range []struct {
		name    string
		options []iamtest.Option
		denied  bool
	}{
		{"as at AWS", nil, false},
		{"on", []iamtest.Option{iamtest.WithSecureTransport(true)}, false},
		{"off", []iamtest.Option{iamtest.WithSecureTransport(false)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := iamtest.Start(t, append(c.options, iamtest.WithSeedText(people), iamtest.WithStrictSimulation())...)
			_, err := s.As("ana").IAM().ListUsers(t.Context(), &iam.ListUsersInput{})
			if c.denied {
				s.AssertDenied(t, err, iamtest.ExplicitDeny("user_ana_tls"))
			} else {
				s.AssertAllowed(t, err)
			}
			if _, err := s.As("ana").STS().GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
				t.Error(err)
			}
			about := &management.Question{
				Principal: "arn:aws:iam::000000000000:user/ana", Access: management.Access{Action: "s3:ListAllMyBuckets"},
			}
			if r, err := testkit.Must(client.New(client.Options{URL: s.URL}))(t).Authorize(t.Context(), about); err != nil ||
				r.Allowed == c.denied {
				t.Errorf("whether another service may answer: %+v, %v", r, err)
			}
			arn := "arn:aws:iam::000000000000:user/ana"
			out, err := s.IAM().SimulatePrincipalPolicy(t.Context(),
				&iam.SimulatePrincipalPolicyInput{PolicySourceArn: &arn, ActionNames: []string{"iam:ListUsers"}})
			if err != nil {
				t.Fatal(err)
			}
			if got := out.EvaluationResults[0].EvalDecision; (got == "explicitDeny") != c.denied {
				t.Errorf("the strict simulator says %s", got)
			}
		})
	}
}
