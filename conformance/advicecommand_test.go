//go:build conformance

package conformance_test

import (
	"os/exec"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// run runs a command of the advice in a shell, as root.
func (w *world) run(command string) {
	w.t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Env = append(cmd.Environ(), "AWS_ENDPOINT_URL="+w.srv.URL, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// getAna is a policy that allows to get one of the users.
const getAna = `{"Version":"2012-10-17","Statement":[{"Sid":"Own","Effect":"Allow","Action":"iam:GetUser","Resource":"arn:aws:iam::000000000000:user/ana"}]}`

// Every command that completes a statement can be pasted: after it the call that was
// denied is allowed, and the one beside it is denied as before.
func TestCommandsThatCompleteStatements(t *testing.T) {
	t.Parallel()
	tool(t, "aws")
	ana := aws.String("ana")
	for name, prepare := range map[string]func(*world) (call func(name string) error){
		"inline policy of a user": func(w *world) func(string) error {
			return w.getsUsers(w.user("ana", getAna))
		},
		"inline policy of a group": func(w *world) func(string) error {
			c := w.user("ana", "")
			devs := aws.String("all_devs")
			testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: devs}))(w.t)
			testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: devs, UserName: ana}))(w.t)
			testkit.Must(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{
				GroupName: devs, PolicyName: aws.String("look_up"), PolicyDocument: aws.String(getAna),
			}))(w.t)
			return w.getsUsers(c)
		},
		"managed policy": func(w *world) func(string) error {
			c := w.user("ana", "")
			testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: ana, PolicyArn: w.policy("look", getAna)}))(w.t)
			return w.getsUsers(c)
		},
		"permissions boundary": func(w *world) func(string) error {
			c := w.user("ana", allow("iam:*"))
			testkit.Must(w.PutUserPermissionsBoundary(w.ctx, &iam.PutUserPermissionsBoundaryInput{
				UserName: ana, PermissionsBoundary: w.policy("limit", getAna),
			}))(w.t)
			return w.getsUsers(c)
		},
		"inline policy of a role": func(w *world) func(string) error {
			role := w.role("ops",
				`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}`)
			testkit.Must(w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{
				RoleName: role.RoleName, PolicyName: aws.String("p_q"), PolicyDocument: aws.String(getAna),
			}))(w.t)
			session := testkit.Must(w.srv.STS().AssumeRole(w.ctx,
				&sts.AssumeRoleInput{RoleArn: role.Arn, RoleSessionName: aws.String("s1")}))(w.t)
			return w.getsUsers(iam.NewFromConfig(w.srv.ConfigFor(aws.Credentials{
				AccessKeyID: *session.Credentials.AccessKeyId, SecretAccessKey: *session.Credentials.SecretAccessKey,
				SessionToken: *session.Credentials.SessionToken,
			})))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for _, name := range []string{"bob", "eve"} {
				testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(t)
			}
			call := prepare(w)
			w.run(w.completing(call("bob")))
			if err := call("bob"); err != nil {
				t.Errorf("the call is still denied: %v", err)
			}
			if call("eve") == nil {
				t.Error("the call beside it is allowed")
			}
		})
	}
}

func (w *world) getsUsers(c *iam.Client) func(string) error {
	return func(name string) error { return testkit.Refused(c.GetUser(w.ctx, &iam.GetUserInput{UserName: &name})) }
}

// completing is the command that completes a statement so that the call is allowed.
func (w *world) completing(err error) string {
	w.t.Helper()
	for _, a := range w.advised(err) {
		i := slices.IndexFunc(a.Steps, func(s advice.Step) bool { return s.Edit != nil && s.Edit.Before != nil })
		if i >= 0 && len(a.Steps) == 1 {
			return a.Steps[i].Command
		}
	}
	w.t.Fatalf("no advice to complete a statement: %+v", w.advised(err))
	return ""
}

// So it is with a trust policy, which gets one more principal.
func TestCommandThatCompletesATrustPolicy(t *testing.T) {
	t.Parallel()
	tool(t, "aws")
	w := newWorld(t)
	call := map[string]func() error{}
	for _, name := range []string{"eve", "ana", "bob"} {
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(t)
		testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{
			UserName: &name, PolicyName: aws.String("own"), PolicyDocument: aws.String(allow("sts:AssumeRole")),
		}))(t)
		key := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: &name}))(t).AccessKey
		client := sts.NewFromConfig(w.config(key))
		call[name] = func() error {
			return testkit.Refused(client.AssumeRole(w.ctx, &sts.AssumeRoleInput{
				RoleArn: aws.String("arn:aws:iam::000000000000:role/ops"), RoleSessionName: aws.String("s1"),
			}))
		}
	}
	w.role("ops",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/bob"},"Action":"sts:AssumeRole",
		"Condition":{"StringLike":{"sts:RoleSessionName":"s*"}}}]}`)
	w.run(w.completing(call["ana"]()))
	for name, want := range map[string]bool{"ana": true, "bob": true, "eve": false} {
		if err := call[name](); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
