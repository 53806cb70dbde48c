package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPatch(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, base, target, want string }{
		{"the same lines", "a b c", "a b c", "=0,3"},
		{"a line taken out", "a b c", "a c", "=0,1 =1,1"},
		{"a line put in", "a c", "a b c", "=0,1 b =0,1"},
		{"lines moved", "a b c d", "c d a b", "=2,2 =-4,2"},
		{"nothing in common", "a b", "x y", "x y"},
		{"the nearest of equal runs", "a x b x", "a b x", "=0,1 =1,2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			patch(&out, strings.Fields(test.base), strings.Fields(test.target))
			got := strings.Join(strings.Fields(out.String()), " ")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// source is a package's data with one policy: v1 and v2 have their own dates, v3
// repeats the policy's, and v4 is the default.
const source = `{"Sample": {
	"arn": "arn:aws:iam::aws:policy/job-function/Sample", "latestVersionId": "v4", "versionsCount": 4,
	"createdDate": "2015-01-01T00:00:00.000Z", "lastUpdatedDate": "2020-01-01T00:00:00.000Z",
	"versions": {
		"v3": {"createdDate": "2015-01-01T00:00:00.000Z", "document": {"Version": "3"}},
		"v1": {"createdDate": "2015-01-01T00:00:00.000Z", "document": {"Version": "1"}},
		"v4": {"createdDate": "2015-01-01T00:00:00.000Z", "document": {"Version": "4", "Statement": [{"a": "b\u003c"}]}},
		"v2": {"createdDate": "2016-01-01T00:00:00.000Z", "document": {"Version": "2"}}}}}`

func TestParsePolicies(t *testing.T) {
	t.Parallel()
	policies, err := parsePolicies([]byte(source), map[string]string{"job-function/Sample": "What it is for."})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range policies {
		got = append(got, p.path, p.description, p.created.Format("2006"), p.updated.Format("2006"))
		for _, v := range p.versions {
			got = append(got, v.created.Format("2006"), strings.Join(v.lines, ""))
		}
	}
	want := []string{
		"job-function/Sample", "What it is for.", "2015", "2020",
		"2020", `{"Version": "4","Statement": [{"a": "b\u003c"}]}`,
		"0001", `{"Version": "3"}`,
		"2016", `{"Version": "2"}`,
		"2015", `{"Version": "1"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParsePoliciesRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new string }{
		{"an ARN of an account", "iam::aws:", "iam::123456789012:"},
		{"a default that is not the newest", `"latestVersionId": "v4"`, `"latestVersionId": "v3"`},
		{"a version without its letter", `"v2"`, `"2"`},
		{"a document that is not JSON", `"Version": "2"`, `"Version": `},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			altered := strings.Replace(source, test.old, test.new, 1)
			if _, err := parsePolicies([]byte(altered), nil); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestMineRoles(t *testing.T) {
	t.Parallel()
	lines := []string{
		`"arn:aws:iam::*:role/aws-service-role/a.amazonaws.com/AWSServiceRoleForA*",`,
		`"arn:aws:iam::*:role/aws-service-role/a.amazonaws.com/AWSServiceRoleForAlpha",`,
		`"arn:aws:iam::*:role/aws-service-role/b.amazonaws.com/AWSServiceRoleForB_*",`,
		`"arn:aws:iam::*:role/aws-service-role/c.amazonaws.com/*",`,
		`"arn:aws:iam::*:role/aws-service-role/*/AWSServiceRoleForD"`,
	}
	got := mineRoles([]policy{{versions: []version{{lines: lines}}}})
	want := map[string]role{
		"a.amazonaws.com": {service: "a.amazonaws.com", name: "AWSServiceRoleForAlpha"},
		"b.amazonaws.com": {service: "b.amazonaws.com", name: "AWSServiceRoleForB", suffix: true},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(role{})); diff != "" {
		t.Error(diff)
	}
}

func TestKnownRole(t *testing.T) {
	t.Parallel()
	tests := []struct {
		row  string
		want role
	}{
		{"a Alpha APolicy", role{service: "a.amazonaws.com", name: "AWSServiceRoleForAlpha", policy: "APolicy", confirmed: true}},
		{"a Alpha APolicy suffix a/b.html",
			role{service: "a.amazonaws.com", name: "AWSServiceRoleForAlpha", policy: "APolicy", confirmed: true, suffix: true,
				page: "a/b.html"}},
	}
	for _, test := range tests {
		got, err := knownRole(strings.Fields(test.row))
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(role{})); diff != "" || err != nil {
			t.Error(test.row, err, diff)
		}
	}
	for _, row := range []string{"a Alpha", "a Alpha APolicy x", "a Alpha APolicy suffix suffix", "a Alpha APolicy a.html b.html"} {
		if r, err := knownRole(strings.Fields(row)); err == nil {
			t.Errorf("%q is read as %+v", row, r)
		}
	}
}

func TestDocumentedRolesNameTheirPages(t *testing.T) {
	t.Parallel()
	_, documented, _ := strings.Cut(known, "# Documented")
	_, rows, found := strings.Cut(documented, "\n")
	if !found {
		t.Fatal("roles.txt has no documented roles")
	}
	for row := range strings.Lines(rows) {
		if r, err := knownRole(strings.Fields(row)); err != nil || r.page == "" {
			t.Errorf("%q names no page: %v", row, err)
		}
	}
}

func TestAddBorrowed(t *testing.T) {
	t.Parallel()
	lender := policy{path: "aws-service-role/LexBotPolicy", description: "d"}
	got, err := addBorrowed([]policy{lender})
	if err != nil || len(got) != 2 || got[1].path != "aws-service-role/AmazonLexBotPolicy" || got[1].description != "d" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, policies := range [][]policy{nil, got} {
		if _, err := addBorrowed(policies); err == nil {
			t.Errorf("%+v: no error", policies)
		}
	}
}

// TestGuess checks the rule with the roles whose policy is recorded.
func TestGuess(t *testing.T) {
	t.Parallel()
	roles, err := knownRoles()
	if err != nil {
		t.Fatal(err)
	}
	var policies []policy
	for _, r := range roles {
		policies = append(policies, policy{path: "aws-service-role/" + r.policy})
	}
	attached := attachedPolicies(policies)
	right := 0
	for _, r := range roles {
		switch guess := attached.guess(r.name); guess {
		case r.policy:
			right++
		case "":
		default:
			t.Errorf("%s: guessed %s, recorded is %s", r.name, guess, r.policy)
		}
	}
	if right < 62 {
		t.Errorf("the rule finds %d policies of %d", right, len(roles))
	}
}
