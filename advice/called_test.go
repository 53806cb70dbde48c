package advice_test

import (
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/advice"
)

// asks is question about another call.
func asks(t *testing.T, service, operation, resource, statements string) *advice.Denial {
	t.Helper()
	d := question(t, statements)
	d.Service, d.Operation = service, operation
	d.Request.Action, d.Request.Resource = service+":"+operation, resource
	return d
}

const onlyRed = `"Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"red"}}}`

// Services take tags in different ways: IAM has --tags Key=team,Value=red, SQS has --tags
// team=red. So only IAM's can be added as options.
func TestOptionsOfOtherServices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ service, operation, resource, want string }{
		{"sqs", "CreateQueue", "arn:aws:sqs:us-east-1:111122223333:jobs", ""},
		{"iam", "CreatePolicy", "arn:aws:iam::111122223333:policy/jobs", "--tags Key=team,Value=red"},
	} {
		d := asks(t, c.service, c.operation, c.resource, `{"Effect":"Allow","Action":"*",`+onlyRed)
		list := advice.Of(t.Context(), d)
		if len(list) == 0 || list[0].Kind != advice.ChangeRequest {
			t.Fatalf("%s: advice %+v", c.service, list)
		}
		if step := list[0].Steps[0]; step.Sentence != "Tag it with team = red." || step.Arguments != c.want || step.Command != "" {
			t.Errorf("%s: %s %q %q; want the arguments %q", c.service, step.Sentence, step.Arguments, step.Command, c.want)
		}
	}
}

// No tags are suggested for a call that takes none.
func TestCallsThatTakeNoTags(t *testing.T) {
	t.Parallel()
	d := asks(t, "iam", "AttachUserPolicy", "arn:aws:iam::111122223333:user/bob", `{"Effect":"Allow","Action":"iam:*",`+onlyRed)
	for _, a := range advice.Of(t.Context(), d) {
		for _, step := range a.Steps {
			if step.Kind == advice.ChangeRequest {
				t.Errorf("the advice is: %s", step.Sentence)
			}
		}
	}
}

// Similar requests are on plausible names: user/other next to user/, and not user/-other.
func TestNamesBeside(t *testing.T) {
	t.Parallel()
	for resource, want := range map[string]string{
		"arn:aws:iam::111122223333:user/":    "arn:aws:iam::111122223333:user/other",
		"arn:aws:iam::111122223333:user/bob": "arn:aws:iam::111122223333:user/bob-other",
	} {
		d := asks(t, "iam", "ListUsers", resource, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
		list := advice.Of(t.Context(), d)
		if len(list) == 0 || !strings.Contains(strings.Join(list[0].StaysDenied, "; ")+";", "iam:ListUsers on "+want+";") {
			t.Errorf("%s: advice %+v", resource, list)
		}
	}
}
