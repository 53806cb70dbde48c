package conformance_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// advised is the advice about a call that was denied.
func (w *world) advised(err error) []advice.Advice {
	w.t.Helper()
	r, why := w.srv.Why(err)
	if why != nil {
		w.t.Fatal(why)
	}
	return r.Checks[0].Advice
}

// What the advice says is done by the real client, and the call succeeds.
func TestAdviceAboutAnExternalID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
	testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{
		UserName: aws.String("ana"), PolicyName: aws.String("own"), PolicyDocument: aws.String(allow("sts:AssumeRole")),
	}))(t)
	key := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ana")}))(t).AccessKey
	role := testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("vendor"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"42"}}}]}`)}))(t).Role
	ana := sts.NewFromConfig(w.config(key))
	in := &sts.AssumeRoleInput{RoleArn: role.Arn, RoleSessionName: aws.String("s1")}
	list := w.advised(testkit.Refused(ana.AssumeRole(w.ctx, in)))
	if len(list) != 2 || list[0].Kind != advice.ChangeRequest || list[1].Kind != advice.LeaveDenied {
		t.Fatalf("advice %+v", list)
	}
	const command = "aws sts assume-role --role-arn arn:aws:iam::000000000000:role/vendor --role-session-name s1 --external-id 42"
	if got := list[0].Steps[0].Command; got != command {
		t.Errorf("the command is %s", got)
	}
	in.ExternalId = &list[0].Steps[0].Request.Set[0].Values[0]
	testkit.Must(ana.AssumeRole(w.ctx, in))(t)
}

// A statement that is completed as the advice says allows the call, and no other.
func TestAdviceAboutAResource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana := w.user("ana",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"arn:aws:iam::000000000000:user/ana"}]}`)
	for _, name := range []string{"bob", "eve"} {
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(t)
	}
	list := w.advised(testkit.Refused(ana.GetUser(w.ctx, &iam.GetUserInput{UserName: aws.String("bob")})))
	if len(list) == 0 || list[0].Kind != advice.CompleteStatement {
		t.Fatalf("advice %+v", list)
	}
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []json.RawMessage{list[0].Steps[0].Edit.After}})
	if err != nil {
		t.Fatal(err)
	}
	testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: aws.String("ana"), PolicyName: aws.String("own"),
		PolicyDocument: aws.String(string(document))}))(t)
	testkit.Must(ana.GetUser(w.ctx, &iam.GetUserInput{UserName: aws.String("bob")}))(t)
	_ = testkit.Refused(ana.GetUser(w.ctx, &iam.GetUserInput{UserName: aws.String("eve")}))
}

// The command for a session with MFA has the serial number of the user's device, and
// says which there are where there are several. What is known is what is so now.
func TestAdviceAboutMFA(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.userKey("ana", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"*",
		"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}`)
	ana, in := w.with(key), &iam.GetUserInput{UserName: aws.String("ana")}
	denied := testkit.Refused(ana.GetUser(w.ctx, in))
	first := func() advice.Step { return w.advised(denied)[0].Steps[0] }
	if got := first().Sentence; !strings.HasSuffix(got, " User ana has no MFA device yet: enable one first.") {
		t.Errorf("without a device: %s", got)
	}
	pixel := w.enabled("ana", "pixel")
	if got, want := first().Command, "aws sts get-session-token --serial-number "+pixel.serial+" --token-code 123456"; got != want {
		t.Errorf("the command is %s; want %s", got, want)
	}
	session := testkit.Must(sts.NewFromConfig(w.config(key)).GetSessionToken(w.ctx, &sts.GetSessionTokenInput{
		SerialNumber: &pixel.serial, TokenCode: pixel.code(1),
	}))(t).Credentials
	testkit.Must(iam.NewFromConfig(w.srv.ConfigFor(aws.Credentials{
		AccessKeyID: *session.AccessKeyId, SecretAccessKey: *session.SecretAccessKey, SessionToken: *session.SessionToken,
	})).GetUser(w.ctx, in))(t)
	other := w.enabled("ana", "another")
	if got, want := first().Sentence, " User ana has the MFA devices "+other.serial+", "+pixel.serial+
		"; the command names the first."; !strings.HasSuffix(got, want) {
		t.Errorf("with two devices: %s", got)
	}
}

// A list has no advice; the record of one call has.
func TestListsHaveNoAdvice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := testkit.Refused(w.user("ana", "").ListUsers(w.ctx, &iam.ListUsersInput{}))
	if len(w.advised(err)) == 0 {
		t.Error("the record of the call has no advice")
	}
	for _, r := range w.srv.Decisions() {
		for _, c := range r.Checks {
			if len(c.Advice) > 0 {
				t.Errorf("a list has the advice %+v", c.Advice)
			}
		}
	}
}
