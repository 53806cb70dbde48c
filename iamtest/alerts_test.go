package iamtest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/iamtest"
)

// rules notices users who are made, or not.
const rules = `
rules:
  - {name: user-made, severity: low, pattern: {detail: {eventName: [CreateUser], errorCode: [{exists: false}]}}}
  - {name: user-not-made, severity: high, pattern: {detail: {eventName: [CreateUser], errorCode: [{exists: true}]}}}
sinks:
  - file: %s
`

func TestAlerts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "alerts.jsonl")
	srv := iamtest.Start(t, iamtest.WithAlerts(fmt.Sprintf(rules, file)))
	for range 2 { // of which the second fails
		_, _ = srv.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ana")})
	}
	for name, c := range map[string]struct {
		filters []alerts.Filter
		want    []string
	}{
		"all, the oldest first": {nil, []string{"user-made", "user-not-made"}},
		"one":                   {[]alerts.Filter{{Severity: "high"}}, []string{"user-not-made"}},
		"of two filters":        {[]alerts.Filter{{Severity: "high"}, {Rule: "user-made"}}, []string{}},
	} {
		got := []string{}
		for _, a := range srv.Alerts(c.filters...) {
			got = append(got, a.Rule)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || strings.Count(string(text), "\n") != 2 {
		t.Errorf("the file has %s: %v", text, err)
	}
}

func TestAlertsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, rules, says string }{
		{"a wrong file", "rules: [{name: a}]", "iamtest: WithAlerts: line 1, column 9: "},
		{"a sink elsewhere", `{sinks: [{webhook: {url: "http://192.0.2.1/"}}]}`, "iamtest: sink 1: 192.0.2.1 is at 192.0.2.1, which is not this"},
	} {
		said := ""
		if srv := iamtest.Start(failing{t, &said}, iamtest.WithAlerts(c.rules)); srv != nil || !strings.HasPrefix(said, c.says) {
			t.Errorf("%s: %q; want %q", c.name, said, c.says)
		}
	}
	said := ""
	srv := iamtest.Start(t)
	if list := srv.For(failing{t, &said}).Alerts(); list != nil || !strings.Contains(said, "there are no rules") {
		t.Errorf("without rules: %v, %q", list, said)
	}
}

// Alerts report calls that somebody should know about.
func ExampleServer_Alerts() {
	srv := iamtest.Start(exampleTB{}, iamtest.WithAlerts("builtin"))
	defer func() { must(srv.Stop()) }()
	_, err := srv.IAM().CreateUser(context.Background(), &iam.CreateUserInput{UserName: aws.String("ana")})
	must(err)
	for _, a := range srv.Alerts() {
		fmt.Println(a.Severity, a.Rule)
	}
	// Output:
	// high root-used
}
