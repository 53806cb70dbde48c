package faults_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/faults"
)

func operations() []string {
	return []string{"iam:CreateUser", "iam:GetUser", "iam:GetRole", "sts:AssumeRole"}
}

// ana is a request of a user.
func ana(operation string) faults.Request {
	return faults.Request{
		Operation: operation, AccessKeyID: "AKIAANA", Principal: func() string { return "arn:aws:iam::000000000000:user/staff/ana" },
	}
}

// session is a request with a session token.
func session(operation string) faults.Request {
	return faults.Request{
		Operation: operation, AccessKeyID: "ASIADEPLOY", SessionToken: true,
		Principal: func() string { return "arn:aws:sts::000000000000:assumed-role/deploy/test" },
	}
}

func TestWhichRequestsARuleIsFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		rule    faults.Rule
		request faults.Request
		want    bool
	}{
		{"every request", faults.Rule{Kind: faults.Throttle}, ana("iam:GetUser"), true},
		{"the operation", faults.Rule{Kind: faults.Throttle, Operation: "iam:GetUser"}, ana("iam:GetUser"), true},
		{"the operation of any service", faults.Rule{Kind: faults.Throttle, Operation: "GetUser"}, ana("iam:GetUser"), true},
		{"another operation", faults.Rule{Kind: faults.Throttle, Operation: "GetUser"}, ana("iam:GetRole"), false},
		{"some operations", faults.Rule{Kind: faults.Throttle, Operation: "iam:Get*"}, ana("iam:GetRole"), true},
		{"a service", faults.Rule{Kind: faults.Throttle, Operation: "sts:*"}, ana("iam:GetRole"), false},
		{"case counts", faults.Rule{Kind: faults.Throttle, Operation: "iam:*user"}, ana("iam:GetUser"), false},
		{"the principal", faults.Rule{Kind: faults.Throttle, Principal: "arn:aws:iam::000000000000:user/staff/ana"},
			ana("iam:GetUser"), true},
		{"principals across slashes", faults.Rule{Kind: faults.Throttle, Principal: "arn:aws:iam::*:user/*"}, ana("iam:GetUser"), true},
		{"another principal", faults.Rule{Kind: faults.Throttle, Principal: "arn:aws:sts::*"}, ana("iam:GetUser"), false},
		{"the key", faults.Rule{Kind: faults.Throttle, AccessKey: "AKIA*"}, ana("iam:GetUser"), true},
		{"another key", faults.Rule{Kind: faults.Throttle, AccessKey: "ASIA*"}, ana("iam:GetUser"), false},
		{"all of it", faults.Rule{Kind: faults.Throttle, Operation: "iam:GetUser", Principal: "*ana", AccessKey: "AKIAANA"},
			ana("iam:GetUser"), true},
		{"a token that expires", faults.Rule{Kind: faults.Expire}, session("iam:GetUser"), true},
		{"no token that could expire", faults.Rule{Kind: faults.Expire}, ana("iam:GetUser"), false},
	} {
		s := faults.New(func() []string { return append([]string{"iam:DeleteUser", "iam:Enduser"}, operations()...) })
		added, err := s.Add(c.rule)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if e := s.Judge(c.request); e.Ends() != c.want {
			t.Errorf("%s: %+v; want trouble: %v", c.name, e, c.want)
		}
		if got, err := s.Get(added.Rule.ID); err != nil || (got.Seen == 1) != c.want || (got.Hits == 1) != c.want {
			t.Errorf("%s: the rule counts %+v, %v", c.name, got, err)
		}
	}
}

func TestRulesThatCannotBeMeant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rule faults.Rule
		says string
	}{
		{"no kind", faults.Rule{}, `kind "" is none of throttle, error, expire, hang, drop, delay and lag`},
		{"a misspelled kind", faults.Rule{Kind: "throtle"}, `delay and lag; did you mean "throttle"?`},
		{"an unknown kind", faults.Rule{Kind: "explode"}, `kind "explode" is none of`},
		{"an ID with signs", faults.Rule{Kind: faults.Drop, ID: "a/b"}, `id "a/b" has characters other than`},
		{"a rate below 0", faults.Rule{Kind: faults.Drop, Rate: -0.1}, "rate -0.1 is not above 0 and up to 1"},
		{"a rate above 1", faults.Rule{Kind: faults.Drop, Rate: 1.5}, "rate 1.5 is not"},
		{"a negative count", faults.Rule{Kind: faults.Drop, Count: -1}, "must not be negative"},
		{"an operation that there is not", faults.Rule{Kind: faults.Drop, Operation: "iam:CreateUsers"},
			`operation "iam:CreateUsers" fits none that is served`},
		{"a pattern with other signs", faults.Rule{Kind: faults.Drop, Principal: "user/[ab]"},
			`the pattern "user/[ab]" may have no sign but *`},
		{"a delay of no time", faults.Rule{Kind: faults.Delay}, "duration 0s of a rule of kind delay is not above 0 and up to 10m0s"},
		{"a lag of no time", faults.Rule{Kind: faults.Lag}, "duration 0s of a rule of kind lag is not above 0 and up to 24h0m0s"},
		{"a hang for too long", faults.Rule{Kind: faults.Hang, Duration: time.Hour}, "duration 1h0m0s of a rule of kind hang"},
		{"a throttle with a duration", faults.Rule{Kind: faults.Throttle, Duration: time.Second},
			"a rule of kind throttle has no duration"},
		{"a throttle with a code", faults.Rule{Kind: faults.Throttle, Code: "X"},
			"a rule of kind throttle has no code, message and status"},
		{"an error that is none", faults.Rule{Kind: faults.Error, Status: 200}, "status 200 is none of an error"},
		{"a long message", faults.Rule{Kind: faults.Error, Message: strings.Repeat("x", 10_000)},
			"have 10000 bytes together, and up to 8192 are taken"},
		{"an ID that is taken", faults.Rule{Kind: faults.Drop, ID: "f1"}, "there is a rule f1 already"},
	} {
		s := faults.New(operations)
		if _, err := s.Add(faults.Rule{Kind: faults.Drop}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Add(c.rule); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want %s", c.name, err, c.says)
		}
		if len(s.List()) != 1 {
			t.Errorf("%s: the rules are %+v", c.name, s.List())
		}
	}
}

// pattern is which of n requests get into trouble.
func pattern(s *faults.Set, n int) string {
	var b strings.Builder
	for range n {
		sign := "."
		if e := s.Judge(ana("iam:GetUser")); e.Ends() {
			sign = "x"
		}
		b.WriteString(sign)
	}
	return b.String()
}

func TestWhichOfTheRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rule faults.Rule
		want string
	}{
		{"all", faults.Rule{}, "xxxxxxxxxx"},
		{"the first", faults.Rule{Count: 3}, "xxx......."},
		{"after some", faults.Rule{After: 4}, "....xxxxxx"},
		{"some after some", faults.Rule{After: 2, Count: 2}, "..xx......"},
		{"half", faults.Rule{Rate: 0.5, Seed: 1}, "x.xx..xx.x"},
		{"half by another seed", faults.Rule{Rate: 0.5, Seed: 2}, "..xxxx...."},
		{"the first two of half", faults.Rule{Rate: 0.5, Seed: 1, Count: 2}, "x.x......."},
	} {
		for range 2 { // and again
			s := faults.New(operations)
			c.rule.Kind = faults.Throttle
			if _, err := s.Add(c.rule); err != nil {
				t.Fatal(err)
			}
			if got := pattern(s, 10); got != c.want {
				t.Errorf("%s: %s; want %s", c.name, got, c.want)
			}
		}
	}
}

func TestARateIsKept(t *testing.T) {
	t.Parallel()
	s := faults.New(operations)
	if _, err := s.Add(faults.Rule{Kind: faults.Drop, Rate: 0.2, Seed: 7}); err != nil {
		t.Fatal(err)
	}
	if hits := strings.Count(pattern(s, 10_000), "x"); hits < 1900 || hits > 2100 {
		t.Errorf("%d of 10000 at a rate of 0.2", hits)
	}
}

func TestSeveralRules(t *testing.T) {
	t.Parallel()
	s := faults.New(operations)
	for _, r := range []faults.Rule{
		{Kind: faults.Delay, Duration: time.Second},
		{Kind: faults.Delay, Duration: 2 * time.Second, ID: "slow"},
		{Kind: faults.Lag, Duration: 10 * time.Second},
		{Kind: faults.Lag, Duration: 5 * time.Second},
		{Kind: faults.Throttle, Operation: "iam:GetUser"},
		{Kind: faults.Drop},
	} {
		if _, err := s.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	e := s.Judge(ana("iam:GetUser"))
	if diff := cmp.Diff([]string{"f1 delay", "slow delay", "f2 lag", "f3 lag", "f4 throttle"}, e.Rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if e.Delay != 3*time.Second || e.Lag != 10*time.Second || e.Drop || e.Err == nil || s.MaxLag() != 10*time.Second {
		t.Errorf("the effect is %+v", e)
	}
	if e := s.Judge(ana("iam:GetRole")); !e.Drop || e.Err != nil {
		t.Errorf("the effect is %+v", e)
	}
	if err := s.Remove("f2"); err != nil || s.MaxLag() != 5*time.Second {
		t.Errorf("%v; the greatest lag is %v", err, s.MaxLag())
	}
	if err := s.Remove("f2"); !errors.Is(err, faults.ErrNoRule) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := s.Get("f2"); !errors.Is(err, faults.ErrNoRule) {
		t.Errorf("removed and found: %v", err)
	}
	s.Clear()
	if e := s.Judge(ana("iam:GetUser")); !s.Empty() || len(e.Rules) != 0 || len(s.List()) != 0 {
		t.Errorf("cleared: %+v", e)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		rule          faults.Rule
		code, message string
		status        int
		fault         smithy.ErrorFault
	}{
		{"throttling", faults.Rule{Kind: faults.Throttle}, "Throttling", "Rate exceeded", 400, smithy.FaultClient},
		{"an expired token", faults.Rule{Kind: faults.Expire}, "ExpiredToken", "The security token included in the request is expired",
			403, smithy.FaultClient},
		{"the default", faults.Rule{Kind: faults.Error}, "InternalFailure",
			"The request processing has failed because of an unknown error, exception or failure.", 500, smithy.FaultServer},
		{"one that all services have", faults.Rule{Kind: faults.Error, Code: "ServiceUnavailable"}, "ServiceUnavailable",
			"The request has failed due to a temporary failure of the server.", 503, smithy.FaultServer},
		{"one of IAM, whose status is the model's", faults.Rule{Kind: faults.Error, Code: "NoSuchEntity", ID: "x"}, "NoSuchEntity",
			"The fault rule x asks for this error.", 0, smithy.FaultClient},
		{"all named", faults.Rule{Kind: faults.Error, Code: "Teapot", Message: "short and stout", Status: 418}, "Teapot",
			"short and stout", 418, smithy.FaultClient},
	} {
		s := faults.New(operations)
		if _, err := s.Add(c.rule); err != nil {
			t.Fatal(err)
		}
		e := s.Judge(session("iam:GetUser"))
		var api smithy.APIError
		var status interface{ HTTPStatus() int }
		if !errors.As(e.Err, &api) || !errors.As(e.Err, &status) {
			t.Fatalf("%s: %v", c.name, e.Err)
		}
		if api.ErrorCode() != c.code || api.ErrorMessage() != c.message || api.ErrorFault() != c.fault || status.HTTPStatus() != c.status {
			t.Errorf("%s: %d %v %v", c.name, status.HTTPStatus(), api, api.ErrorFault())
		}
	}
}

func TestRulesAsText(t *testing.T) {
	t.Parallel()
	rules, err := faults.Parse([]byte(`
- {kind: lag, duration: 10s, operation: "iam:*"}
- kind: error
  code: ServiceUnavailable
  rate: 0.25
  seed: 42
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []faults.Rule{
		{Kind: faults.Lag, Duration: 10 * time.Second, Operation: "iam:*"},
		{Kind: faults.Error, Code: "ServiceUnavailable", Rate: 0.25, Seed: 42},
	}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	raw, err := json.Marshal(rules)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := faults.Parse(raw); err != nil || cmp.Diff(want, again) != "" {
		t.Errorf("written and read again: %+v, %v", again, err)
	}
	for name, c := range map[string][2]string{
		"no list":           {"kind: drop", "not a list of rules"},
		"no YAML":           {"- {", "not a list of rules"},
		"an unknown member": {"- {kind: drop}\n- {kind: drop, often: true}", `rule 2: json: unknown field "often"`},
		"no duration":       {"- {kind: delay, duration: long}", `rule 1: duration "long" is none; give one such as 250ms or 10s`},
	} {
		if _, err := faults.Parse([]byte(c[0])); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v; want %s", name, err, c[1])
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("- {kind: lag, duration: 10s}")
	f.Add(`[{"kind":"error","rate":0.5,"status":503}]`)
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := faults.Parse([]byte(text))
		if err != nil {
			return
		}
		s := faults.New(operations)
		for _, r := range rules {
			if _, err := s.Add(r); err == nil {
				s.Judge(ana("iam:GetUser"))
			}
		}
	})
}

func ExampleSet() {
	s := faults.New(operations)
	_, err := s.Add(faults.Rule{Kind: faults.Throttle, Operation: "iam:Create*", Count: 1})
	if err != nil {
		panic(err)
	}
	for range 2 {
		e := s.Judge(faults.Request{Operation: "iam:CreateUser"})
		fmt.Println(e.Rules, e.Err)
	}
	// Output:
	// [f1 throttle] api error Throttling: Rate exceeded
	// [] <nil>
}
