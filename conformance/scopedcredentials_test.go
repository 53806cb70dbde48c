package conformance_test

import (
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

const agentARN = "arn:aws:sts::000000000000:assumed-role/agent/night"

// agent is a session of a role that may do everything.
func (w *world) agent() *types.Credentials {
	w.t.Helper()
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}`
	testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("agent"), AssumeRolePolicyDocument: &trust}))(w.t)
	testkit.Must(w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{RoleName: aws.String("agent"), PolicyName: aws.String("own"),
		PolicyDocument: aws.String(allow("*"))}))(w.t)
	return testkit.Must(w.srv.STS().AssumeRole(w.ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::000000000000:role/agent"), RoleSessionName: aws.String("night"),
		SourceIdentity: aws.String("anna"),
		Tags:           []types.Tag{{Key: aws.String("team"), Value: aws.String("red")}},
	}))(w.t).Credentials
}

// scoped narrows a session.
func (w *world) scoped(c *types.Credentials, in *next.GetScopedCredentialsInput) (*next.GetScopedCredentialsOutput, error) {
	return scopedCredentials(sts.NewFromConfig(w.session(c)), w.ctx, in)
}

func TestScopedCredentialsKeepTheIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wide := w.agent()
	policy := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:List*"],"Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red","aws:SourceIdentity":"anna"}}}}`
	out := testkit.Must(w.scoped(wide, &next.GetScopedCredentialsInput{
		Policy: &policy, ScopedSessionDescription: aws.String("lists users"),
	}))(t)
	me := w.session(out.Credentials)
	who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(w.ctx, nil))(t)
	if *who.Arn != agentARN || *out.SessionInfo.Arn != agentARN || *out.SessionInfo.ScopedSessionId != *who.UserId {
		t.Errorf("GetCallerIdentity = %s %s, SessionInfo = %s %s", *who.Arn, *who.UserId, *out.SessionInfo.Arn,
			*out.SessionInfo.ScopedSessionId)
	}
	if !out.Credentials.Expiration.Equal(*wide.Expiration) || *out.Credentials.AccessKeyId == *wide.AccessKeyId ||
		*out.ScopedPoliciesCount != 1 || aws.ToString(out.SourceIdentity) != "anna" ||
		int(*out.SessionTokenSize) != len(*out.Credentials.SessionToken) {
		t.Errorf("GetScopedCredentials = %+v, of credentials until %v", out, wide.Expiration)
	}
	client := iam.NewFromConfig(me)
	testkit.Must(client.ListUsers(w.ctx, nil))(t)
	err := testkit.Refused(client.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("g")}))
	testkit.WantError(t, err, "AccessDenied", "User: "+agentARN+" is not authorized to perform: iam:CreateGroup on resource: "+
		"arn:aws:iam::000000000000:group/g because no session policy allows the iam:CreateGroup action")
	w.srv.AssertDenied(t, err, iamtest.By(iamtest.Session), iamtest.ImplicitDeny())
	layers := testkit.Must(w.srv.Why(err))(t).Checks[0].Layers
	if last := layers[len(layers)-1]; last.Level != "scope-down policy 1" || last.Decision != "implicitDeny" {
		t.Errorf("the last layer is %+v", last)
	}
	testkit.Must(iam.NewFromConfig(w.session(wide)).CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("g")}))(t)
}

func TestScopedCredentialsAreNarrowedThreeTimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.agent()
	for i, actions := range []string{"iam:List*,iam:Get*,sts:*", "iam:ListUsers,iam:ListRoles,sts:*", "iam:ListUsers,iam:Get*,sts:*"} {
		policy := allow(strings.ReplaceAll(actions, ",", `","`))
		policy = strings.ReplaceAll(strings.ReplaceAll(policy, `"Action":`, `"Action":[`), `,"Resource"`, `],"Resource"`)
		out := testkit.Must(w.scoped(c, &next.GetScopedCredentialsInput{Policy: &policy}))(t)
		if *out.ScopedPoliciesCount != int32(i+1) {
			t.Errorf("ScopedPoliciesCount = %d after %d policies", *out.ScopedPoliciesCount, i+1)
		}
		c = out.Credentials
	}
	client := iam.NewFromConfig(w.session(c))
	testkit.Must(client.ListUsers(w.ctx, nil))(t)
	for action, err := range map[string]error{
		"iam:ListRoles on resource: arn:aws:iam::000000000000:role/": testkit.Refused(client.ListRoles(w.ctx,
			nil)), // the third lacks it
		"iam:GetAccountSummary on resource: *": testkit.Refused(client.GetAccountSummary(w.ctx,
			nil)), // the second
		"iam:CreateGroup on resource: arn:aws:iam::000000000000:group/g": testkit.Refused(client.CreateGroup(w.ctx,
			&iam.CreateGroupInput{GroupName: aws.String("g")})),
	} {
		name, _, _ := strings.Cut(action, " ")
		testkit.WantError(t, err, "AccessDenied",
			"User: "+agentARN+" is not authorized to perform: "+action+" because no session policy allows the "+name+" action")
	}
	testkit.WantError(t, testkit.Refused(w.scoped(c, &next.GetScopedCredentialsInput{Policy: aws.String(allow("*"))})), "AccessDenied",
		"The session already has the maximum of 3 scope down policies.")
	out := testkit.Must(w.scoped(c, &next.GetScopedCredentialsInput{
		DurationSeconds: aws.Int32(60), MinimumSessionTokenSize: aws.Int32(4000),
	}))(t)
	if *out.ScopedPoliciesCount != 3 || *out.SessionTokenSize < 4000 || *out.SessionTokenUtilization < 97 ||
		len(*out.Credentials.SessionToken) != int(*out.SessionTokenSize) {
		t.Errorf("narrowed in time only: %d policies, %d characters, %d percent", *out.ScopedPoliciesCount, *out.SessionTokenSize,
			*out.SessionTokenUtilization)
	}
}

// Whose session can be narrowed, and how.
func TestScopedCredentialsOfEachSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.userConfig("anna", allow("*"))
	of := sts.NewFromConfig(anna)
	s3 := &next.GetScopedCredentialsInput{Policy: aws.String(allow("s3:*"))}
	all := &next.GetScopedCredentialsInput{Policy: aws.String(allow("*"))}
	plain := testkit.Must(of.GetSessionToken(w.ctx, nil))(t).Credentials
	guest := testkit.Must(of.GetFederationToken(w.ctx,
		&sts.GetFederationTokenInput{Name: aws.String("guest"), Policy: aws.String(allow("sts:*"))}))(t).Credentials
	root := testkit.Must(w.srv.STS().GetSessionToken(w.ctx, nil))(t).Credentials
	for arn, c := range map[string]*types.Credentials{
		userARN + "anna": plain, "arn:aws:sts::000000000000:federated-user/guest": guest, iamHead + "root": root,
	} {
		out := testkit.Must(w.scoped(c, all))(t)
		if who := testkit.Must(sts.NewFromConfig(w.session(out.Credentials)).GetCallerIdentity(w.ctx, nil))(t); *who.Arn != arn ||
			*out.SessionInfo.Arn != arn {
			t.Errorf("%s is %s, SessionInfo %s", arn, *who.Arn, *out.SessionInfo.Arn)
		}
		narrow := testkit.Must(w.scoped(c, s3))(t).Credentials
		testkit.WantError(t, testkit.Refused(w.scoped(narrow, s3)), "AccessDenied",
			"User: "+arn+" is not authorized to perform: sts:GetScopedCredentials on resource: * "+
				"because no session policy allows the sts:GetScopedCredentials action")
		// What a session can never do, a narrowed one cannot either.
		testkit.WantError(t, testkit.Refused(iam.NewFromConfig(w.session(out.Credentials)).ListUsers(w.ctx, nil)), "InvalidClientTokenId",
			"The security token included in the request is invalid")
	}
	for name, long := range map[string]*sts.Client{"a user": of, "root": w.srv.STS()} {
		err := testkit.Refused(scopedCredentials(long, w.ctx, all))
		if testkit.Code(err) != "InvalidSubjectCredentials" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The global endpoint does not have the operation; all others have.
func TestScopedCredentialsAreRegional(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.agent()
	in := &next.GetScopedCredentialsInput{DurationSeconds: aws.Int32(900)}
	at := func(host, region string) error {
		_, err := scopedCredentials(sts.NewFromConfig(w.at(w.session(c), host, region)), w.ctx, in)
		return err
	}
	testkit.WantError(t, at("sts.amazonaws.com", "us-east-1"), "ValidationError", "Operation not supported on STS global endpoint")
	for host, region := range map[string]string{
		"": "us-east-1", "sts.us-east-1.amazonaws.com": "us-east-1", "sts.eu-south-1.amazonaws.com": anOptInRegion,
	} {
		if err := at(host, region); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// failuresOfScopedCredentials are those of GetScopedCredentials.
func failuresOfScopedCredentials(t *testing.T) []failure {
	w := newWorld(t)
	c := w.agent()
	try := func(c *types.Credentials, in *next.GetScopedCredentialsInput) error {
		return testkit.Refused(w.scoped(c, in))
	}
	policy := func(text string) *next.GetScopedCredentialsInput {
		return &next.GetScopedCredentialsInput{Policy: aws.String(text)}
	}
	const tooLong = "The requested DurationSeconds exceeds the remaining lifetime of the calling session."
	list := []failure{
		{"InvalidSubjectCredentials", "The calling credentials are not those of a valid session.",
			testkit.Refused(scopedCredentials(w.srv.STS(), w.ctx, policy(allow("*"))))},
		{"MalformedPolicyDocument", unreadable, try(c, policy("{}"))},
		{"InsufficientSessionLifetime", tooLong, try(c, &next.GetScopedCredentialsInput{DurationSeconds: aws.Int32(3601)})},
	}
	testkit.WantError(t, try(c, &next.GetScopedCredentialsInput{}), "ValidationError",
		"At least one of Policy and DurationSeconds must be specified.")
	for i := range 3 {
		out, err := w.scoped(c, policy(incompressible(i)))
		if err != nil {
			return append(list, tooLargeToken(err))
		}
		c = out.Credentials
	}
	t.Error("three policies that do not pack fit into a token")
	return list
}

// incompressible is a policy for everything but one object, whose name does not
// pack; another one for each number.
func incompressible(number int) string {
	name, sum := "", sha512.Sum512([]byte{byte(number)})
	for len(name) < 1800 {
		name += base64.RawURLEncoding.EncodeToString(sum[:])
		sum = sha512.Sum512(sum[:])
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},` +
		`{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + name + `"}]}`
}

// tooLargeToken expects a session token over the limit; how large it is, is ours.
func tooLargeToken(err error) failure {
	size := 0
	if err != nil {
		_, text, _ := strings.Cut(err.Error(), "size of ")
		_, _ = fmt.Sscanf(text, "%d", &size)
	}
	return failure{
		"PackedPolicyTooLarge", fmt.Sprintf("The session token size of %d bytes exceeds the maximum allowed size of 4096 bytes.",
			max(size, 4097)), err,
	}
}
