package decisions_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a string with a file in testdata/print.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "print", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); -update rewrites it:\n%s", file, diff)
	}
}

func statements(list ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",\n") + `]}`
}

// printedCases are questions that each show something different.
var printedCases = []struct {
	name string
	q    question
}{
	{"no-policy", question{}},
	{"another-service", question{identity: []string{s3Only}}},
	{"condition", question{identity: []string{statements(
		`{"Sid":"Night","Effect":"Allow","Action":["iam:GetUser","iam:GetRole"],"Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:username":["eve","bob"]},"Bool":{"aws:MultiFactorAuthPresent":"true"},` +
			`"Null":{"aws:username":"false"}}}`)}}},
	{"several-values-of-a-key", question{several: map[string][]string{"aws:TagKeys": {"team", "cost"}}, identity: []string{statements(
		`{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:TagKeys":"team"}}}`)}}},
	{"variable-in-resource", question{identity: []string{statements(
		`{"Sid":"Own","Effect":"Allow","Action":"iam:*","Resource":["arn:aws:iam::111122223333:user/${aws:username}",` +
			`"arn:aws:iam::111122223333:user/${aws:PrincipalTag/team}/*"]}`)}}},
	{"action-of-the-same-resource", question{identity: []string{statements(
		`{"Sid":"Look","Effect":"Allow","Action":["iam:GetUserPolicy","iam:ListUser*"],"Resource":"arn:aws:iam::111122223333:user/bob"}`)}}},
	{"long-list-of-actions", question{identity: []string{statements(
		`{"Sid":"Many","Effect":"Allow","Action":["iam:AddUserToGroup","iam:CreateAccessKey","iam:CreateGroup","iam:CreateLoginProfile",` +
			`"iam:CreatePolicy","iam:CreateRole","iam:CreateUser","iam:DeleteAccessKey","iam:DeleteGroup","iam:DeleteRole","iam:DeleteUser",` +
			`"iam:GetRole","iam:GetUser"],"Resource":"arn:aws:iam::111122223333:user/ana"}`)}}},
	{"deny-with-not-action", question{identity: []string{all}, scp: [][]string{{all}, {statements(
		`{"Sid":"Everything","Effect":"Allow","Action":"*","Resource":"*"}`,
		`{"Sid":"OutsideEU","Effect":"Deny","NotAction":["sts:*","organizations:*"],"Resource":"*",`+
			`"Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}`)}, {all}},
		keys: map[string]string{"aws:RequestedRegion": "us-east-1"}}},
	{"deny-and-a-boundary", question{identity: []string{all, denyGet}, boundary: s3Only}},
	{"plain-deny", question{identity: []string{all, statements(`{"Effect":"Deny","Action":"*","Resource":"*"}`)}}},
	{"trust-of-another", question{identity: []string{all}, action: "sts:AssumeRole", rule: evaluator.TrustRule, resource: statements(
		`{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::444455556666:root","arn:aws:iam::111122223333:user/eve"],` +
			`"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`)}},
	{"no-role", question{action: "sts:AssumeRole", rule: evaluator.TrustRule}},
	{"role-elsewhere", question{action: "sts:AssumeRole", rule: evaluator.TrustRule, target: "arn:aws-cn:iam::111122223333:role/audit"}},
	{"allowed", question{identity: []string{statements(`{"Sid":"Read","Effect":"Allow","Action":"iam:Get*",` +
		`"Resource":"arn:aws:iam::111122223333:user/*","Condition":{"StringLike":{"aws:username":"a*"}}}`)},
		scp: [][]string{{all}, {all}, {all}}}},
	{"addresses", question{identity: []string{statements(
		`{"Sid":"Office","Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8",` +
			`"192.168.0.0/16"]},"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"},` +
			`"ForAllValues:StringEquals":{"aws:TagKeys":["team","cost"]}}}`)},
		keys: map[string]string{"aws:SourceIp": "203.0.113.9", "aws:CurrentTime": "2026-03-01T12:00:00Z"}}},
}

// Each record as people see it, in 80 columns. The files are read by a reviewer.
func TestPrintedRecords(t *testing.T) {
	t.Parallel()
	for _, c := range printedCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := c.q.decide(t)
			named(r)
			for i := range r.Checks {
				r.Checks[i].Advice, r.Checks[i].MissingKeys = nil, nil // the advice has tests of its own
			}
			golden(t, c.name, decisions.Printer{Width: 80}.Record(r))
		})
	}
}

// named gives the policies of a question names, such as people give.
func named(r *decisions.Record) {
	r.RequestID, r.Time = "7e8b1c52-0a3d-4c4f-9f0e-2f4d1b6a9c11", time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r.Service, r.Operation, r.Principal.ARN, r.Enforcement = "iam", "GetUser", ana, "on"
	r.SourceIP, r.UserAgent = "127.0.0.1", "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13.7"
	name := func(p *decisions.Policy) { p.Name = "inline policy " + p.ID + " of user ana" }
	for i := range r.Checks {
		for j := range r.Checks[i].Layers {
			l := &r.Checks[i].Layers[j]
			if l.Layer != "identity" {
				continue
			}
			for k := range l.Policies {
				name(&l.Policies[k])
			}
			for k := range l.Statements {
				name(&l.Statements[k].Policy)
			}
			for k := range l.NearMisses {
				name(&l.NearMisses[k].Statement.Policy)
			}
			for k := range l.Closest {
				name(&l.Closest[k].Policy)
			}
		}
	}
}

// No line is longer than the width unless it is one word, and no ARN is broken.
func TestLinesFitTheWidth(t *testing.T) {
	t.Parallel()
	for _, c := range printedCases {
		for _, width := range []int{60, 80, 120} {
			r := c.q.decide(t)
			named(r)
			text := decisions.Printer{Width: width}.Record(r)
			for _, line := range strings.Split(text, "\n") {
				if n := utf8.RuneCountInString(line); n > width && len(strings.Fields(line)) > 3 {
					t.Errorf("%s: %d columns of %d: %q", c.name, n, width, line)
				}
			}
			for _, arn := range []string{bob, "arn:aws:iam::111122223333:user/ana"} {
				if c.q.action == "" && !strings.Contains(text, arn) {
					t.Errorf("%s at %d: %s is broken or missing:\n%s", c.name, width, arn, text)
				}
			}
		}
	}
}

// Colour changes nothing but the colour.
func TestColors(t *testing.T) {
	t.Parallel()
	for _, c := range printedCases {
		r := c.q.decide(t)
		colored := decisions.Printer{Color: true}.Record(r)
		if !strings.Contains(colored, "\x1b[1;3") {
			t.Errorf("%s has no colour", c.name)
		}
		plain := colored
		for _, code := range []string{"\x1b[1;31m", "\x1b[1;32m", "\x1b[1;33m", "\x1b[1;35m", "\x1b[0m"} {
			plain = strings.ReplaceAll(plain, code, "")
		}
		if diff := cmp.Diff(decisions.Printer{}.Record(r), plain); diff != "" {
			t.Errorf("%s (-without +with):\n%s", c.name, diff)
		}
	}
}

// A summary says how to learn more.
func TestSummaryHasTheCommand(t *testing.T) {
	t.Parallel()
	q := question{}
	r := q.decide(t)
	r.RequestID = "1-2-3"
	for explain, want := range map[string]string{"": "    understudy explain 1-2-3\n", "x": "    x 1-2-3\n"} {
		if got := (decisions.Printer{Explain: explain}).Summary(r); !strings.HasSuffix(got, want) {
			t.Errorf("%q does not end with %q", got, want)
		}
	}
}

// A summary breaks no ARN, and none of its lines is longer than an ARN needs. For a
// program how the call was decided is one line.
func TestSummaryIsAsWideAsTheTerminal(t *testing.T) {
	t.Parallel()
	r := (&question{}).decide(t)
	r.Time = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r.Service, r.Operation, r.Principal.ARN = "iam", "GetUser", ana
	lines := strings.SplitN(decisions.Printer{}.Summary(r), "\n", 3)
	want := []string{
		"12:00:00.000 denied iam:GetUser on arn:aws:iam::111122223333:user/bob",
		"  by arn:aws:iam::111122223333:user/ana",
	}
	if diff := cmp.Diff(want, lines[:2]); diff != "" {
		t.Errorf("on a terminal (-want +got):\n%s", diff)
	}
	got, _, _ := strings.Cut(decisions.Printer{OneLine: true}.Summary(r), "\n")
	if want := want[0] + want[1][1:]; got != want {
		t.Errorf("for a program: %q, want %q", got, want)
	}
}

// What comes from outside cannot make a terminal do anything.
func TestRecordsAreClean(t *testing.T) {
	t.Parallel()
	const hostile = "a\x1b[2J\u202eb"
	q := question{identity: []string{statements(`{"Sid":"S","Effect":"Allow","Action":"iam:*","Resource":"*",` +
		`"Condition":{"StringEquals":{"aws:username":"` + "\\u001b[2J\u202e" + `"}}}`)}}
	r := q.decide(t)
	r.UserAgent, r.Operation, r.Principal.ARN = hostile, hostile, hostile
	r.Error = &decisions.Error{Code: hostile, Message: hostile}
	r.Refusal = &events.Refusal{Sentence: hostile, CanonicalRequest: hostile, StringToSign: hostile, Change: hostile,
		Compared: []events.Compared{{What: hostile, Want: hostile, Got: hostile}}, Check: []string{hostile}}
	for _, text := range []string{decisions.Printer{Context: true}.Record(r), decisions.Printer{}.Summary(r)} {
		if strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("%q", text)
		}
	}
}
