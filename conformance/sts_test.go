package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// session is a client with temporary credentials.
func (w *world) session(c *types.Credentials) aws.Config {
	return w.srv.ConfigFor(aws.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken})
}

// userConfig makes a user with the policy and returns how to call as it.
func (w *world) userConfig(name, policy string) aws.Config {
	w.t.Helper()
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(w.t)
	if policy != "" {
		testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{
			UserName: &name, PolicyName: aws.String("own"), PolicyDocument: &policy,
		}))(w.t)
	}
	return w.config(testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: &name}))(w.t).AccessKey)
}

// roleThat makes a role that trusts the principal and may do what the policy says.
func (w *world) roleThat(client *iam.Client, name, trusts, policy string) string {
	w.t.Helper()
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + trusts +
		`"},"Action":["sts:AssumeRole","sts:TagSession"]}}`
	r := testkit.Must(client.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}))(w.t).Role
	testkit.Must(client.PutRolePolicy(w.ctx,
		&iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("own"), PolicyDocument: &policy}))(w.t)
	return *r.Arn
}

func TestARoleSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.userConfig("anna", "")
	role := w.roleThat(w.Client, "reader", "arn:aws:iam::000000000000:user/anna", allow("iam:*"))
	out := testkit.Must(sts.NewFromConfig(anna).AssumeRole(w.ctx, &sts.AssumeRoleInput{
		RoleArn: &role, RoleSessionName: aws.String("night"), Policy: aws.String(allow("iam:List*")),
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("red")}},
	}))(t)
	if out.PackedPolicySize == nil || *out.AssumedRoleUser.Arn != "arn:aws:sts::000000000000:assumed-role/reader/night" {
		t.Errorf("AssumeRole = %+v", out)
	}
	me := w.session(out.Credentials)
	who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(w.ctx, nil))(t)
	if *who.Arn != *out.AssumedRoleUser.Arn || *who.UserId != *out.AssumedRoleUser.AssumedRoleId {
		t.Errorf("GetCallerIdentity = %s %s", *who.Arn, *who.UserId)
	}
	testkit.Must(iam.NewFromConfig(me).ListUsers(w.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(iam.NewFromConfig(me).CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("g")})),
		"AccessDenied",
		"User: arn:aws:sts::000000000000:assumed-role/reader/night is not authorized to perform: iam:CreateGroup on resource: "+
			"arn:aws:iam::000000000000:group/g because no session policy allows the iam:CreateGroup action")
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(me).GetSessionToken(w.ctx, nil)), "AccessDenied",
		"Cannot call GetSessionToken with session credentials")

	testkit.Must(w.DeleteRolePolicy(w.ctx, &iam.DeleteRolePolicyInput{RoleName: aws.String("reader"), PolicyName: aws.String("own")}))(t)
	testkit.WantError(t, testkit.Refused(iam.NewFromConfig(me).ListGroups(w.ctx, nil)), "AccessDenied",
		"User: arn:aws:sts::000000000000:assumed-role/reader/night is not authorized to perform: iam:ListGroups on resource: "+
			"arn:aws:iam::000000000000:group/ because no identity-based policy allows the iam:ListGroups action")
	testkit.Must(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: aws.String("reader")}))(t)
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(me).GetCallerIdentity(w.ctx, nil)), "InvalidClientTokenId",
		"The security token included in the request is invalid.")
}

func TestARoleOfAnotherAccount(t *testing.T) {
	t.Parallel()
	const other = "444455556666"
	w := newWorld(t)
	theirs := iam.NewFromConfig(w.srv.ConfigFor(w.srv.AccountKey(other)))
	role := w.roleThat(theirs, "vault", "000000000000", allow("*"))
	in := &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("visit")}
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(w.userConfig("anna", "")).AssumeRole(w.ctx, in)), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/vault")
	out := testkit.Must(sts.NewFromConfig(w.userConfig("eva", allow("sts:AssumeRole"))).AssumeRole(w.ctx, in))(t)
	if got := *testkit.Must(sts.NewFromConfig(w.session(out.Credentials)).GetCallerIdentity(w.ctx, nil))(t).Account; got != other {
		t.Errorf("the session is of account %s", got)
	}
	info := testkit.Must(w.srv.STS().GetAccessKeyInfo(w.ctx, &sts.GetAccessKeyInfoInput{AccessKeyId: out.Credentials.AccessKeyId}))(t)
	if *info.Account != other {
		t.Errorf("the session's key is of account %s", *info.Account)
	}
}

func TestASessionToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.userConfig("anna", allow("*"))
	out := testkit.Must(sts.NewFromConfig(anna).GetSessionToken(w.ctx, &sts.GetSessionTokenInput{DurationSeconds: aws.Int32(900)}))(t)
	me := w.session(out.Credentials)
	if got := *testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(w.ctx, nil))(t).Arn; got != "arn:aws:iam::000000000000:user/anna" {
		t.Errorf("the session is %s", got)
	}
	testkit.WantError(t, testkit.Refused(iam.NewFromConfig(me).ListUsers(w.ctx, nil)), "InvalidClientTokenId",
		"The security token included in the request is invalid")
}

// A permissions boundary bounds what other policies allow.
func TestABoundaryDenies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := iam.NewFromConfig(w.userConfig("anna", allow("*")))
	boundary := testkit.Must(w.CreatePolicy(w.ctx,
		&iam.CreatePolicyInput{PolicyName: aws.String("edge"), PolicyDocument: aws.String(allow("iam:Get*"))}))(t).Policy
	testkit.Must(w.PutUserPermissionsBoundary(w.ctx,
		&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("anna"), PermissionsBoundary: boundary.Arn}))(t)
	testkit.Must(anna.GetUser(w.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(anna.ListRoles(w.ctx, nil)), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:ListRoles on resource: "+
			"arn:aws:iam::000000000000:role/ because no permissions boundary allows the iam:ListRoles action")
}
