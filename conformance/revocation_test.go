package conformance_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// The policy with which AWS's console revokes the sessions of a role ends those
// that began before it, and no later ones.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
func TestOlderSessionsAreRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.Clock.Freeze()
	name := aws.String("night")
	role := testkit.Must(w.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}}`)}))(t).Role
	testkit.Must(w.PutRolePolicy(t.Context(),
		&iam.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("own"), PolicyDocument: aws.String(allow("iam:ListUsers"))}))(t)
	begin := func() *iam.Client {
		t.Helper()
		out := testkit.Must(w.srv.STS().AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: role.Arn, RoleSessionName: name}))(t)
		return iam.NewFromConfig(w.session(out.Credentials))
	}
	old := begin()
	testkit.Must(old.ListUsers(t.Context(), nil))(t)

	w.srv.Clock.Advance(time.Minute)
	testkit.Must(w.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: name, PolicyName: aws.String("AWSRevokeOlderSessions"), PolicyDocument: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"` +
				w.srv.Clock.Now().UTC().Format(time.RFC3339) + `"}}}]}`),
	}))(t)
	_, err := old.ListUsers(t.Context(), nil)
	if err == nil || !strings.HasSuffix(err.Error(), "with an explicit deny in an identity-based policy") {
		t.Errorf("an older session: %v", err)
	}
	testkit.Must(begin().ListUsers(t.Context(), nil))(t)
}
