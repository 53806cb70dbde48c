//go:build conformance

package conformance_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestPeopleLeave lets users leave who have all that a user can have, by the command itself
// and by the script that it prints, which the AWS CLI runs. None of their real
// credentials works then, and those of others do.
func TestPeopleLeave(t *testing.T) {
	t.Parallel()
	tool(t, "aws")
	tool(t, "bash")
	for _, c := range []struct {
		name   string
		flag   string
		script bool
	}{
		{"disabled by the command", "--disable", false}, {"disabled by the script", "--disable", true},
		{"deleted by the command", "--delete", false}, {"deleted by the script", "--delete", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			before := o.sessions()
			for name, client := range before {
				if err := listUsers(client); err != nil {
					t.Fatalf("%s, before: %v", name, err)
				}
			}
			times := 2 // what is done is done, and again is no harm
			if c.flag == "--disable" && c.script {
				times = 1
			}
			for range times {
				if c.script {
					o.leaveByScript(c.flag)
				} else {
					o.leave(c.flag)
				}
			}
			for name, client := range before {
				err := listUsers(client)
				if theirs := strings.HasPrefix(name, "bob"); (err == nil) != theirs {
					t.Errorf("%s: %v", name, err)
				}
			}
			_, err := o.GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("alice")})
			if (err == nil) != (c.flag == "--disable") {
				t.Errorf("alice herself: %v", err)
			}
			if out, err := o.GetLoginProfile(t.Context(), &iam.GetLoginProfileInput{UserName: aws.String("alice")}); err == nil {
				t.Errorf("alice can sign in: %+v", out.LoginProfile)
			}
		})
	}
}

func listUsers(c *iam.Client) error {
	_, err := c.ListUsers(context.Background(), &iam.ListUsersInput{MaxItems: aws.Int32(1)})
	return err
}

// office is an account in which alice and bob work. They may assume a role of it, and one of
// another account.
type office struct {
	*world
	abroad string // the other account
	keys   map[string]aws.Config
	script string
}

// everything of alice's is refused by DeleteUser.
const officeSeed = `
accounts:
- id: "000000000000"
  groups: [{name: staff, inline: {own: {Version: 2012-10-17, Statement: {Effect: Allow, Action: ["iam:List*", "sts:*"], Resource: "*"}}}}]
  policies: [{name: limits, document: {Version: 2012-10-17, Statement: {Effect: Allow, Action: "*", Resource: "*"}}}]
  users:
  - name: alice
    groups: [staff]
    policies: [IAMReadOnlyAccess, limits]
    boundary: limits
    tags: {team: red}
    inline:
      none: {Version: 2012-10-17, Statement: {Effect: Deny, Action: "iam:CreateUser", Resource: "*"}}
      roles: {Version: 2012-10-17, Statement: {Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}}
    loginProfile: {password: "Secret-1234!"}
    accessKeys: [{secret: idle, status: Inactive}]
    serviceSpecificCredentials: [{service: codecommit.amazonaws.com}]
  - {name: bob, groups: [staff]}
  mfaDevices: [{name: phone, user: alice}]
  roles:
  - name: deploy
    path: /ops/
    inline: {own: {Version: 2012-10-17, Statement: {Effect: Allow, Action: ["iam:List*", "sts:AssumeRole"], Resource: "*"}}}
    trust:
      Version: 2012-10-17
      Statement: {Effect: Allow, Principal: {AWS: "000000000000"}, Action: ["sts:AssumeRole", "sts:SetSourceIdentity"]}
- id: "444455556666"
  roles:
  - name: abroad
    inline: {own: {Version: 2012-10-17, Statement: {Effect: Allow, Action: "iam:List*", Resource: "*"}}}
    trust: {Version: 2012-10-17, Statement: {Effect: Allow, Principal: {AWS: "000000000000"}, Action: "sts:AssumeRole"}}
`

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{world: newWorld(t), abroad: "444455556666", keys: map[string]aws.Config{}, script: filepath.Join(t.TempDir(), "leave.sh")}
	o.srv.Seed(officeSeed)
	for _, name := range []string{"alice", "bob"} {
		o.keys[name] = o.config(testkit.Must(o.CreateAccessKey(o.ctx, &iam.CreateAccessKeyInput{UserName: &name}))(t).AccessKey)
	}
	o.sshKey("alice", sshKeys()[0].openSSH)
	testkit.Must(o.UploadSigningCertificate(o.ctx, &iam.UploadSigningCertificateInput{
		UserName: aws.String("alice"), CertificateBody: aws.String(newCertificate(t, "alice", nil).pem)}))(t)
	return o
}

// sessions are clients with all kinds of credentials, by whose they are.
func (o *office) sessions() map[string]*iam.Client {
	list := map[string]*iam.Client{}
	add := func(name string, c aws.Config) aws.Config {
		list[name] = iam.NewFromConfig(c)
		return c
	}
	assume := func(by aws.Config, role, name, source string) aws.Config {
		in := &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: &name}
		if source != "" {
			in.SourceIdentity = &source
		}
		return o.session(testkit.Must(sts.NewFromConfig(by).AssumeRole(o.ctx, in))(o.t).Credentials)
	}
	deploy, abroad := "arn:aws:iam::000000000000:role/ops/deploy", "arn:aws:iam::"+o.abroad+":role/abroad"
	alice, bob := add("alice's key", o.keys["alice"]), add("bob's key", o.keys["bob"])
	add("alice as deploy", assume(alice, deploy, "alice", ""))
	add("alice as deploy, with a source identity", assume(alice, deploy, "night", "alice"))
	add("alice abroad", assume(alice, abroad, "alice", ""))
	add("alice abroad through deploy", assume(assume(alice, deploy, "alice", ""), abroad, "through", ""))
	add("bob as deploy", assume(bob, deploy, "bob", ""))
	add("bob abroad through deploy", assume(assume(bob, deploy, "bob", ""), abroad, "bobs", ""))
	return list
}

// leave runs the command. It ends with an error if a user is not there any more.
func (o *office) leave(flag string) {
	o.t.Helper()
	cmd := exec.Command(binary(o.t), "offboard", "alice", flag)
	cmd.Env = append(cmd.Environ(), "UNDERSTUDY_ADDR="+strings.TrimPrefix(o.srv.URL, "http://"))
	out, err := cmd.CombinedOutput()
	if err != nil && !strings.Contains(string(out), `there is no principal "user/alice"`) {
		o.t.Fatalf("%v\n%s", err, out)
	}
}

// leaveByScript runs the script that the command prints, of the first time.
func (o *office) leaveByScript(flag string) {
	o.t.Helper()
	if _, err := os.Stat(o.script); err != nil {
		cmd := exec.Command(binary(o.t), "offboard", "alice", flag, "--script")
		cmd.Env = append(cmd.Environ(), "UNDERSTUDY_ADDR="+strings.TrimPrefix(o.srv.URL, "http://"))
		text, err := cmd.Output()
		if err != nil {
			o.t.Fatalf("%v\n%s", err, text)
		}
		if err := os.WriteFile(o.script, text, 0o600); err != nil {
			o.t.Fatal(err)
		}
	}
	profiles := filepath.Join(filepath.Dir(o.script), "config")
	text := "[profile abroad]\naws_access_key_id = " + o.abroad + "\naws_secret_access_key = test\nregion = us-east-1\n"
	if err := os.WriteFile(profiles, []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	cmd := exec.Command("bash", o.script)
	cmd.Env = append(cmd.Environ(), "AWS_ENDPOINT_URL="+o.srv.URL, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=", "AWS_CONFIG_FILE="+profiles, "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"PROFILE_"+o.abroad+"=abroad")
	if out, err := cmd.CombinedOutput(); err != nil {
		o.t.Fatalf("%v\n%s", err, out)
	}
}
