package conformance_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// changed is the first step of the advice to change the call that was denied.
func (w *world) changed(err error) advice.Step {
	w.t.Helper()
	list := w.advised(err)
	if len(list) == 0 || list[0].Kind != advice.ChangeRequest {
		w.t.Fatalf("advice %+v", list)
	}
	return list[0].Steps[0]
}

// allowRed allows an action on calls that tag what they make with team = red.
func allowRed(action string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*",
		"Condition":{"StringEquals":{"aws:RequestTag/team":"red"}}}]}`
}

// The command that makes a call with a change keeps all that the call had, for any
// operation, but for secrets.
func TestCommandsKeepTheCall(t *testing.T) {
	t.Parallel()
	blue := []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}, {Key: aws.String("env"), Value: aws.String("a b")}}
	for _, c := range []struct {
		name, policy, want, says string
		call                     func(context.Context, *iam.Client) error
	}{
		{"a policy", allowRed("iam:CreatePolicy"), `aws iam create-policy --policy-document '{"Version":"2012-10-17","Statement":[]}' ` +
			`--policy-name p --description 'it is' --path /a/ --tags Key=team,Value=red 'Key=env,Value=a b'`, "",
			func(ctx context.Context, c *iam.Client) error {
				return testkit.Refused(c.CreatePolicy(ctx, &iam.CreatePolicyInput{
					PolicyName: aws.String("p"), Path: aws.String("/a/"), Description: aws.String("it is"), Tags: blue,
					PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[]}`),
				}))
			}},
		{"a role", allowRed("iam:CreateRole"), `aws iam create-role --assume-role-policy-document ` + "'" + assumable + "'" +
			` --role-name r --max-session-duration 7200 --tags Key=team,Value=red`, "",
			func(ctx context.Context, c *iam.Client) error {
				return testkit.Refused(c.CreateRole(ctx, &iam.CreateRoleInput{
					RoleName: aws.String("r"), MaxSessionDuration: aws.Int32(7200), AssumeRolePolicyDocument: aws.String(assumable),
				}))
			}},
		{"a device", allowRed("iam:CreateVirtualMFADevice"), `aws iam create-virtual-mfa-device --virtual-mfa-device-name d ` +
			`--tags Key=team,Value=red --outfile seed.png --bootstrap-method QRCodePNG`, "",
			func(ctx context.Context, c *iam.Client) error {
				return testkit.Refused(c.CreateVirtualMFADevice(ctx,
					&iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("d")}))
			}},
		{"a certificate, whose key is a secret", allowRed("iam:UploadServerCertificate"), `aws iam upload-server-certificate ` +
			`--certificate-body cert --server-certificate-name web --tags Key=team,Value=red`, "Put in --private-key, which is a secret.",
			func(ctx context.Context, c *iam.Client) error {
				return testkit.Refused(c.UploadServerCertificate(ctx, &iam.UploadServerCertificateInput{
					ServerCertificateName: aws.String("web"), CertificateBody: aws.String("cert"), PrivateKey: aws.String("key-of-web"),
				}))
			}},
		{"another boundary",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PutUserPermissionsBoundary","Resource":"*",
			"Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}}]}`,
			"aws iam put-user-permissions-boundary --permissions-boundary arn:aws:iam::aws:policy/ReadOnlyAccess --user-name ana", "",
			func(ctx context.Context, c *iam.Client) error {
				return testkit.Refused(c.PutUserPermissionsBoundary(ctx, &iam.PutUserPermissionsBoundaryInput{
					UserName: aws.String("ana"), PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/PowerUserAccess"),
				}))
			}},
		{"another policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"*",
			"Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}}]}`,
			"aws iam attach-user-policy --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --user-name ana", "",
			func(ctx context.Context, c *iam.Client) error {
				return testkit.Refused(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{
					UserName: aws.String("ana"), PolicyArn: aws.String("arn:aws:iam::aws:policy/PowerUserAccess"),
				}))
			}},
		{"one's own user", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:UpdateLoginProfile",
			"Resource":"arn:aws:iam::000000000000:user/${aws:username}"}]}`,
			"aws iam update-login-profile --user-name ana --password-reset-required", "Put in --password, which is a secret.",
			func(ctx context.Context, c *iam.Client) error {
				return testkit.Refused(c.UpdateLoginProfile(ctx, &iam.UpdateLoginProfileInput{
					UserName: aws.String("bob"), Password: aws.String("hunter2!Hunter2"), PasswordResetRequired: aws.Bool(true),
				}))
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ana := w.user("ana", c.policy)
			testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("bob")}))(t)
			err := c.call(w.ctx, ana)
			step := w.changed(err)
			if step.Command != c.want {
				t.Errorf("the command is\n%s\nwant\n%s", step.Command, c.want)
			}
			if !strings.Contains(step.Sentence, c.says) {
				t.Errorf("the sentence is %q, want in it %q", step.Sentence, c.says)
			}
			r, why := w.srv.Why(err)
			if why != nil {
				t.Fatal(why)
			}
			all, bad := json.Marshal(r)
			if bad != nil || strings.Contains(string(all), "key-of-web") || strings.Contains(string(all), "hunter2") {
				t.Errorf("the record shows a secret: %v", bad)
			}
		})
	}
}

// assumable is the trust policy of a role that its account may assume with an external ID.
const assumable = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole",` +
	`"Condition":{"StringEquals":{"sts:ExternalId":"42"}}}]}`

// So it is with AssumeRole, whose session policies and duration no condition key tells.
func TestCommandsKeepSessionPolicies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.userKey("ana", allow("sts:AssumeRole"))
	role := w.role("vendor", assumable)
	err := testkit.Refused(sts.NewFromConfig(w.config(key)).AssumeRole(w.ctx, &sts.AssumeRoleInput{
		RoleArn: role.Arn, RoleSessionName: aws.String("s1"), DurationSeconds: aws.Int32(900), ExternalId: aws.String("wrong"),
		PolicyArns: []ststypes.PolicyDescriptorType{{Arn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")}},
	}))
	const want = "aws sts assume-role --role-arn arn:aws:iam::000000000000:role/vendor --role-session-name s1 --duration-seconds 900 " +
		`--external-id 42 --policy-arns '[{"arn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}]'`
	step := w.changed(err)
	if step.Command != want {
		t.Errorf("the command is\n%s\nwant\n%s", step.Command, want)
	}
	if step.Sentence != "Pass the external ID 42." {
		t.Errorf("the sentence is %q", step.Sentence)
	}
}

// A call that takes no tags is not to be tagged.
func TestAdviceDoesNotTagWhatTakesNoTags(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana := w.user("ana", allowRed("iam:CreateUser"))
	for _, a := range w.advised(testkit.Refused(ana.ListUsers(w.ctx, &iam.ListUsersInput{}))) {
		for _, step := range a.Steps {
			if step.Kind == advice.ChangeRequest {
				t.Errorf("the advice is: %s", step.Sentence)
			}
		}
	}
}
