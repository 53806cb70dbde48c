//go:build conformance

package conformance_test

import (
	"bytes"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// dumped is what `aws iam get-account-authorization-details` prints of a server.
func dumped(t *testing.T, url string) string {
	t.Helper()
	return printed(t, exec.Command(tool(t, "aws"), "iam", "get-account-authorization-details", "--endpoint-url", url))
}

// printed is what a client prints with the root user's credentials.
func printed(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	cmd.Env = append(clientEnv(t), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &complaint)
	}
	return string(out)
}

// brought imports a dump by the command into a fresh server whose clock is two
// days ahead, and returns that server's URL and the warnings.
func brought(t *testing.T, dump string) (url, warnings string) {
	t.Helper()
	into, _ := emptyServer(t)
	into.srv.Clock.Advance(48 * time.Hour)
	cmd := exec.Command(binary(t), "import", "-", "--addr", strings.TrimPrefix(into.srv.URL, "http://"))
	cmd.Stdin = strings.NewReader(dump)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if out, err := cmd.Output(); err != nil || !strings.HasPrefix(string(out), "imported standard input: made ") {
		t.Fatalf("import: %v: %s%s", err, out, &complaint)
	}
	return into.srv.URL, complaint.String()
}

// The account dump of the AWS CLI, imported into a fresh server and printed again, is
// the same to the byte: IDs, dates, orders and AWS's managed policies included. So it is
// when programs of boto3 printed it, whose dates look different.
func TestAccountDumpComesBack(t *testing.T) {
	t.Parallel()
	from, _ := onStore(t)
	from.rich(rand.New(rand.NewPCG(14, 14)))
	*from.now = from.now.Add(5 * time.Minute)
	testkit.Must(from.CreatePolicyVersion(t.Context(), &iam.CreatePolicyVersionInput{
		PolicyArn: aws.String("arn:aws:iam::000000000000:policy/a/Versions"), PolicyDocument: aws.String(allow("sqs:*")),
	}))(t)
	want := dumped(t, from.srv.URL)
	if n := strings.Count(want, `"CreateDate": "2`); n < 30 {
		t.Fatalf("the dump has %d dates:\n%s", n, want)
	}
	program := func(dates string) string {
		return printed(t, exec.Command(tool(t, "python3"), "testdata/dump.py", from.srv.URL, dates))
	}
	for name, c := range map[string]struct{ dump, date string }{
		"AWS CLI":          {want, `"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)"`}, // version 1 or 2
		"boto3, str":       {program("str"), `"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00"`},
		"boto3, isoformat": {program("isoformat"), `"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !regexp.MustCompile(c.date).MatchString(c.dump) {
				t.Fatalf("no date looks like %s:\n%s", c.date, c.dump)
			}
			url, warnings := brought(t, c.dump)
			if warnings != "" {
				t.Errorf("warnings:\n%s", warnings)
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(dumped(t, url), "\n")); diff != "" {
				t.Errorf("another dump (-before +after):\n%s", diff)
			}
		})
	}
}
