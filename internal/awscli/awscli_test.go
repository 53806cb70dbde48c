package awscli_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/model"
	"github.com/understudy-iam/understudy/internal/awscli"
)

// testdata/options.txt lists the options of the operations in version 1.45.11 of the
// AWS CLI: service, operation, member, option and type.
func TestOptionsAreThoseOfTheCLI(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/options.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	known := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		known[words[0]+" "+words[1]+"Input."+words[2]] = "--" + words[3]
	}
	if lines.Err() != nil || len(known) < 400 {
		t.Fatalf("%d options were read: %v", len(known), lines.Err())
	}
	for _, s := range model.New().Services {
		for _, st := range s.Structs {
			for _, m := range st.Members {
				if want, ok := known[s.Name+" "+st.Name+"."+m.Name]; ok {
					delete(known, s.Name+" "+st.Name+"."+m.Name)
					if got := awscli.Option(m.Name); got != want {
						t.Errorf("%s of %s: got %s, want %s", m.Name, st.Name, got, want)
					}
				}
			}
		}
	}
	for member := range known {
		t.Errorf("the model has no %s", member)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ListMFADevices": "list-mfa-devices", "CreateSAMLProvider": "create-saml-provider", "GetUser": "get-user",
		"CreateOpenIDConnectProvider": "create-open-id-connect-provider", "UploadSSHPublicKey": "upload-ssh-public-key",
		"GetSessionToken": "get-session-token", "AssumeRoleWithSAML": "assume-role-with-saml", "ListURLs": "list-urls",
	} {
		if got := awscli.Name(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// words returns all arguments of an input; for a withheld one, the reason.
func words(input any) (all []string) {
	for _, a := range awscli.Arguments(input) {
		if a.Withheld != "" {
			all = append(all, a.Option+" "+a.Withheld)
			continue
		}
		all = append(all, a.Words()...)
	}
	return all
}

func TestArguments(t *testing.T) {
	t.Parallel()
	s, no, yes, number := func(s string) *string { return &s }, false, true, int32(3600)
	for _, c := range []struct {
		name  string
		input any
		want  []string
	}{
		{"strings and tags", &iam.CreateUserInput{
			UserName: s("bob"), Path: s("/a/"), Tags: []types.Tag{{Key: s("team"), Value: s("a b")}, {Key: s("k"), Value: s("a,b")}},
		},
			[]string{"--user-name", "bob", "--path", "/a/", "--tags", "Key=team,Value=a b", `Key=k,Value="a,b"`}},
		{"flags", &iam.UpdateLoginProfileInput{UserName: s("bob"), PasswordResetRequired: &no, Password: s("hunter2")},
			[]string{"--user-name", "bob", "--password is a secret", "--no-password-reset-required"}},
		{"a flag that is set", &iam.UpdateLoginProfileInput{PasswordResetRequired: &yes}, []string{"--password-reset-required"}},
		{"a flag that may not be set", &iam.CreatePolicyVersionInput{PolicyArn: s("a")}, []string{"--policy-arn", "a"}},
		{"numbers and structures", &sts.AssumeRoleInput{RoleArn: s("r"), RoleSessionName: s("s"), DurationSeconds: &number,
			PolicyArns: []ststypes.PolicyDescriptorType{{Arn: s("x")}}, TokenCode: s("123456"),
			ProvidedContexts: []ststypes.ProvidedContext{{}}},
			[]string{"--role-arn", "r", "--role-session-name", "s", "--duration-seconds", "3600", "--policy-arns", `[{"arn":"x"}]`,
				"--provided-contexts is a secret", "--token-code is a secret"}},
		{"a structure", &sts.AssumeRootInput{TaskPolicyArn: &ststypes.PolicyDescriptorType{Arn: s("x")}},
			[]string{"--task-policy-arn", `{"arn":"x"}`}},
		{"lists of words", &iam.UntagUserInput{UserName: s("bob"), TagKeys: []string{"a", "b"}},
			[]string{"--tag-keys", "a", "b", "--user-name", "bob"}},
		{"words that look like options", &iam.UntagUserInput{UserName: s("-x"), TagKeys: []string{"-a"}},
			[]string{"--tag-keys", `["-a"]`, "--user-name=-x"}},
		{"an enumeration", &iam.UpdateAccessKeyInput{AccessKeyId: s("AKIA"), Status: types.StatusTypeInactive},
			[]string{"--access-key-id", "AKIA", "--status", "Inactive"}},
		{"a key, and the ID of one", &iam.UpdateSAMLProviderInput{
			SAMLProviderArn: s("a"), AddPrivateKey: s("pem"), RemovePrivateKey: s("id"),
		},
			[]string{"--saml-provider-arn", "a", "--add-private-key is a secret", "--remove-private-key", "id"}},
		{"what is very long", &iam.CreateSAMLProviderInput{Name: s("idp"), SAMLMetadataDocument: s(strings.Repeat("x", 20000))},
			[]string{"--name", "idp", "--saml-metadata-document is too long to be shown"}},
		{"no input", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, words(c.input)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
