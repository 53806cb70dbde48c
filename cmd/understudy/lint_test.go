package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator/lint"
)

// linted is the report of one policy in a file.
func linted(t *testing.T, file, text string) *lintReport {
	t.Helper()
	list, err := policiesOf(file, text, true)
	if err != nil {
		t.Fatal(err)
	}
	var r lintReport
	for i := range list {
		r.add(&list[i], lint.Lint(list[i].text, lint.Options{}))
	}
	return &r
}

// A document with as many findings as can be reported may have more, and the report says
// so.
func TestCutReports(t *testing.T) {
	t.Parallel()
	statements := func(n int) string {
		one := `{"Effect":"Allow","Action":"s3:Nothing","Resource":"*"}`
		return `{"Version":"2012-10-17","Statement":[` + one + strings.Repeat(","+one, n-1) + `]}`
	}
	if got := linted(t, "few.json", statements(10)).cut; got != nil {
		t.Errorf("a few: got %q", got)
	}
	if got := linted(t, "many.json", statements(lint.MaxFindings+10)).cut; len(got) != 1 || got[0] != "many.json" {
		t.Errorf("many: got %q", got)
	}
}

// The schema of OASIS requires these members, and these levels and places.
func TestSARIFHasTheMembersThatItRequires(t *testing.T) {
	t.Parallel()
	r := linted(t, "my policy.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:Nothing", "Resource": "*"}}`)
	var b bytes.Buffer
	if err := r.printSARIF(&b); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct{ ID string }
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name != "understudy" || len(log.Runs[0].Results) != 1 {
		t.Fatalf("the log is %s", b.String())
	}
	result := log.Runs[0].Results[0]
	if log.Runs[0].Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID || result.Level != "error" || result.Message.Text == "" {
		t.Errorf("the result is %+v", result)
	}
	at := result.Locations[0].PhysicalLocation
	if at.ArtifactLocation.URI != "my%20policy.json" || at.Region.StartLine != 1 || at.Region.StartColumn != 69 {
		t.Errorf("the place is %+v", at)
	}
}

func TestPoliciesAreFoundInFiles(t *testing.T) {
	t.Parallel()
	const policy = `{"Statement": []}`
	quoted, _ := json.Marshal(policy)
	for name, c := range map[string]struct {
		file, text string
		want       []string // where they are
	}{
		"the file":                  {"a.json", policy, []string{""}},
		"one after the other":       {"a.json", policy + "\n" + policy, []string{"", ""}},
		"in a list":                 {"a.json", `[` + policy + `, {"a": ` + policy + `}]`, []string{"[0]", "[1].a"}},
		"in a text":                 {"a.json", `{"a": ` + string(quoted) + `}`, []string{"a"}},
		"in an encoded text":        {"a.json", `{"a": "%7B%22Statement%22%3A%5B%5D%7D"}`, []string{"a"}},
		"in no text":                {"a.json", `{"a": "b"}`, []string{""}}, // the user named the file, so it is taken as a policy
		"nested too deeply":         {"a.json", strings.Repeat("[", 60) + policy + strings.Repeat("]", 60), []string{""}},
		"in YAML":                   {"a.yaml", "a:\n  Statement: []\n", []string{"a"}},
		"in YAML, again by its tag": {"a.yaml", "a: &a\n  Statement: []\nb: *a\n", []string{"a", "b"}},
		"in a text in YAML":         {"a.yml", "a: ['" + policy + "']\n", []string{"a[0]"}},
		"a seed by another name":    {"seed", "accounts:\n- Statement: []\n", []string{"accounts[0]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := policiesOf(c.file, c.text, true)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range list {
				got = append(got, p.path)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// If only a part of the policies were checked, it would be taken for all of them.
func TestFilesThatAreTooLargeAreRefused(t *testing.T) {
	t.Parallel()
	text := "a0: &a0 {Statement: []}\n"
	for i := range 30 {
		text += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	if _, err := policiesOf("many.yaml", text, true); err == nil || !strings.Contains(err.Error(), "many.yaml is too large") {
		t.Errorf("the error is %v", err)
	}
}

func TestURIsOfFiles(t *testing.T) {
	t.Parallel()
	abs, err := filepath.Abs("a")
	if err != nil {
		t.Fatal(err)
	}
	if got := sarifURI(abs); !strings.HasPrefix(got, "file:///") {
		t.Errorf("an absolute name is %s", got)
	}
}

// FuzzPolicies looks for files whose policies cannot be checked or placed.
func FuzzPolicies(f *testing.F) {
	f.Add("a.json", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]} {`)
	f.Add("a.yaml", "a: &a {Statement: [{Effect: Allow, Action: 1}], b: *a}")
	f.Fuzz(func(t *testing.T, file, text string) {
		list, err := policiesOf(file, text, true)
		if err != nil {
			return
		}
		for i := range list {
			for _, found := range lint.Lint(list[i].text, lint.Options{Kind: list[i].kind}) {
				if line, column := list[i].place(found.Span.From); line < 1 || column < 1 {
					t.Errorf("%s is at %d:%d", found.Code, line, column)
				}
			}
		}
	})
}
