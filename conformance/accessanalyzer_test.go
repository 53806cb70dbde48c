//go:build conformance

package conformance_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/internal/localclient"
)

// bench is a server with a user who may have policies checked, and one who may not.
type bench struct {
	*testing.T
	url, dir string
	env      []string // of root
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t, startServer(t), t.TempDir(), nil}
	b.env = append(clientEnv(t), "AWS_ENDPOINT_URL="+b.url, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	for name, text := range map[string]string{
		"old.json":    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObjct","Resource":"*"}]}`,
		"new.json":    `{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`,
		"public.json": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`,
	} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// user makes a user with a policy and returns the environment of their key.
func (b *bench) user(name, policy string) []string {
	b.Helper()
	b.aws(b.env, "iam create-user --user-name "+name)
	b.aws(b.env, "iam put-user-policy --user-name "+name+" --policy-name p --policy-document "+policy)
	out, _ := b.aws(b.env, "iam create-access-key --user-name "+name)
	var key struct {
		AccessKey struct{ AccessKeyId, SecretAccessKey string }
	}
	if err := json.Unmarshal([]byte(out), &key); err != nil {
		b.Fatal(err)
	}
	k := key.AccessKey
	return append(slices.Clip(b.env), "AWS_ACCESS_KEY_ID="+k.AccessKeyId, "AWS_SECRET_ACCESS_KEY="+k.SecretAccessKey)
}

// aws runs the AWS CLI in the directory of the policies, with words that blanks separate.
func (b *bench) aws(env []string, words string) (out, complaint string) {
	b.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(tool(b.T, "aws"), strings.Fields(words)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = b.dir, env, &stdout, &stderr
	_ = cmd.Run() // what it says is looked at
	return strings.TrimSpace(stdout.String()), strings.TrimSpace(stderr.String())
}

// The AWS CLI makes each call, page by page, allowed and denied by a policy.
func TestAWSCLIChecksPolicies(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	may := b.user("may", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"access-analyzer:*","Resource":"*"}}`)
	mayNot := b.user("mayNot", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)
	const (
		validate = "validate-policy --policy-type IDENTITY_POLICY --policy-document file://old.json "
		compare  = "check-no-new-access --policy-type IDENTITY_POLICY --new-policy-document file://new.json "
		granted  = "check-access-not-granted --policy-type IDENTITY_POLICY --policy-document file://new.json --query result "
		public   = "check-no-public-access --policy-document file://public.json --query result "
	)
	for words, want := range map[string]string{
		validate + "--query findings[].issueCode --page-size 1":                    "INVALID_ACTION",
		validate + "--query findings[].locations[0].span.start.offset --locale DE": "64",
		compare + "--existing-policy-document file://old.json --query result":      "FAIL",
		compare + "--existing-policy-document file://new.json --query result":      "PASS",
		granted + "--access actions=s3:DeleteBucket,s3:GetBucketLocation":          "FAIL",
		granted + "--access resources=arn:aws:sqs:eu-west-1:111122223333:q":        "FAIL",
		granted + "--access actions=sqs:SendMessage":                               "PASS",
		public + "--resource-type AWS::S3::Bucket":                                 "FAIL",
		public + "--resource-type AWS::SQS::Queue":                                 "PASS",
	} {
		if out, complaint := b.aws(may, "accessanalyzer --output text "+words); out != want {
			t.Errorf("%s: got %q %s, want %q", words, out, complaint, want)
		}
	}
	for name, words := range map[string]string{
		"ValidatePolicy": validate, "CheckNoNewAccess": compare + "--existing-policy-document file://old.json",
		"CheckAccessNotGranted": granted + "--access actions=s3:*", "CheckNoPublicAccess": public + "--resource-type AWS::S3::Bucket",
	} {
		_, complaint := b.aws(mayNot, "accessanalyzer "+words)
		if !strings.Contains(complaint, "(AccessDeniedException) when calling the "+name+" operation: User: arn:aws:iam::000000000000:user/mayNot ") ||
			!strings.Contains(complaint, " on resource: arn:aws:access-analyzer:us-east-1:000000000000:* because no identity-based policy allows the") {
			t.Errorf("%s, denied: %s", words, complaint)
		}
	}
	_, complaint := b.aws(may, "accessanalyzer list-analyzers")
	if !strings.Contains(complaint, "ListAnalyzers") || strings.Contains(complaint, "500") {
		t.Errorf("an operation that is not served: %s", complaint)
	}
}

// boto3, which holds the answers against botocore's model, makes the calls that the
// policy validators for CloudFormation and Terraform make.
func TestBoto3ChecksPolicies(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cmd := exec.Command(tool(t, "python3"), "testdata/accessanalyzer.py")
	cmd.Env = b.env
	if out, err := cmd.CombinedOutput(); err != nil || !strings.HasSuffix(string(out), "all as expected\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// The SDK for Go does so too.
func TestGoChecksPolicies(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := accessanalyzer.NewFromConfig(localclient.Config(b.url, "us-east-1", aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))
	document := `{"Version":"2012-10-17","Statement":[` + strings.TrimSuffix(strings.Repeat(
		`{"Effect":"Allow","Action":"s3:GetObjct","Resource":"*"},`, 7), ",") + `]}`
	pages := accessanalyzer.NewValidatePolicyPaginator(c, &accessanalyzer.ValidatePolicyInput{
		PolicyDocument: &document, PolicyType: types.PolicyTypeIdentityPolicy, MaxResults: aws.Int32(2),
	})
	found := 0
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range out.Findings {
			if *f.IssueCode == "INVALID_ACTION" {
				found++
			}
		}
	}
	if found != 7 {
		t.Errorf("found %d", found)
	}
}
