package conformance_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// The client of a malformed policy gets AWS's text; the record says line, column,
// member and the nearest right word.
func TestRecordsSayWhereAPolicyIsMalformed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
	sts := w.srv.STS()
	misspelt := aws.String("{\"Version\":\"2012-10-17\",\"Statement\":[\n  {\"Efect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}")
	for name, c := range map[string]struct {
		err     error
		message string
	}{
		"an inline policy": {
			testkit.Refused(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: aws.String("ana"), PolicyName: aws.String("p"),
				PolicyDocument: misspelt})), "Syntax errors in policy.",
		},
		"a managed policy": {
			testkit.Refused(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: misspelt})),
			"Syntax errors in policy.",
		},
		"a trust policy": {
			testkit.Refused(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("q"), AssumeRolePolicyDocument: misspelt})),
			"Syntax error in policy.",
		},
		"a session policy": {testkit.Refused(sts.AssumeRole(w.ctx, &awssts.AssumeRoleInput{
			RoleArn: aws.String("arn:aws:iam::000000000000:role/none"), RoleSessionName: aws.String("s1"), Policy: misspelt,
		})), "Syntax errors in policy."},
	} {
		testkit.WantError(t, c.err, "MalformedPolicyDocument", c.message)
		r, err := w.srv.Why(c.err)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := events.DocumentFault{Line: 2, Column: 4, Member: "Statement[0].Efect", Sentence: "unknown member Efect", Nearest: "Effect"}
		if r.Document == nil || *r.Document != want || r.Error == nil || r.Error.Message != c.message {
			raw, _ := json.Marshal(r)
			t.Errorf("%s: the record is %s", name, raw)
		}
		const sentence = "  The policy document is at fault in line 2, column 4, Statement[0].Efect:\n    unknown member Efect. Did you mean Effect?\n"
		if text := (decisions.Printer{}).Record(r); !strings.Contains(text, sentence) {
			t.Errorf("%s is printed as\n%s", name, text)
		}
	}
}
