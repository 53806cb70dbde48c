package decisions

import (
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/advice"
)

// A summary names the permission that was denied if the call needs others too, and gives the
// same advice once.
func TestSummaryNamesWhatWasDenied(t *testing.T) {
	t.Parallel()
	tag := []advice.Advice{{Steps: []advice.Step{{Sentence: "Use a resource whose tag team is red."}}}}
	call := Check{Action: "iam:UpdateUser", Resource: "arn:aws:iam::111122223333:user/a", Decision: "allowed"}
	pass := Check{Action: "iam:PassRole", Resource: "arn:aws:iam::111122223333:role/b", Decision: "implicitDeny", Advice: tag}
	denied := call
	denied.Decision, denied.Advice = "implicitDeny", tag
	for want, checks := range map[string][]Check{
		"denied iam:UpdateUser, for iam:PassRole on arn:aws:iam::111122223333:role/b by an anonymous caller\n    Use a resource whose tag team is red.\n": {call, pass},
		"denied iam:UpdateUser on arn:aws:iam::111122223333:user/a by an anonymous caller\n    Use a resource whose tag team is red.\n":                   {denied, denied},
		"denied iam:UpdateUser by an anonymous caller\n": {},
	} {
		r := &Record{Service: "iam", Operation: "UpdateUser", Verdict: "denied", Checks: checks}
		if got := (Printer{OneLine: true}).Summary(r); got != "00:00:00.000 "+want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Below commands that change policies a Printer that knows the command for credentials says
// which ones are needed.
func TestWhoChangesPolicies(t *testing.T) {
	t.Parallel()
	const caller, role = "arn:aws-cn:iam::111122223333:user/ana", "arn:aws-cn:iam::444455556666:role/ops"
	edit := &advice.Edit{Before: []byte("{}"), After: []byte("{}")}
	for name, c := range map[string]struct {
		step advice.Step
		env  string
		want string // none: nothing is said
	}{
		"the caller's policies": {
			advice.Step{Layer: "identity", Command: "aws x", Edit: edit}, "understudy env",
			"understudy env --as arn:aws-cn:iam::111122223333:root",
		},
		"a trust policy": {
			advice.Step{Layer: "trust", Command: "aws x", Edit: edit}, "understudy env --addr a:1",
			"understudy env --addr a:1 --as arn:aws-cn:iam::444455556666:root",
		},
		"a session policy": {advice.Step{Layer: "session", Command: "aws x", Edit: edit}, "understudy env", ""},
		"no command":       {advice.Step{Layer: "scp", Edit: edit}, "understudy env", ""},
		"a call":           {advice.Step{Layer: "identity", Command: "aws x"}, "understudy env", ""},
		"nobody to ask":    {advice.Step{Layer: "identity", Command: "aws x", Edit: edit}, "", ""},
	} {
		r := &Record{
			Principal: Principal{ARN: caller}, Checks: []Check{{Resource: role, Advice: []advice.Advice{{Steps: []advice.Step{c.step}}}}},
		}
		text := Printer{Width: 300, Env: c.env}.Record(r)
		if c.want == "" == strings.Contains(text, "eval") || !strings.Contains(text, c.want) {
			t.Errorf("%s: %q is not what is said in\n%s", name, c.want, text)
		}
	}
}
