package policytest_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/policytest"
)

func ofCase(t *testing.T, name string) *policytest.Report {
	t.Helper()
	a, err := txtar.ParseFile("testdata/run/" + name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := runText(t.Context(), file(a, "tests.yaml"), policytest.Options{Open: opener(a), Now: now, Coverage: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// All formats tell the same rows.
func TestFormats(t *testing.T) {
	t.Parallel()
	r := ofCase(t, "rows.txt")
	var junit, tap, text strings.Builder
	if err := r.WriteJUnit(&junit); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteTAP(&tap); err != nil {
		t.Fatal(err)
	}
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string `xml:"name,attr"`
				Line    int    `xml:"line,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(junit.String()), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != len(r.Rows) || suites.Failures != r.Failed || len(suites.Suites) != 1 {
		t.Fatalf("%d tests, %d failures, %d suites", suites.Tests, suites.Failures, len(suites.Suites))
	}
	for i, c := range suites.Suites[0].Cases {
		row := &r.Rows[i]
		if c.Name != row.Title() || c.Line != row.Line || (c.Failure == nil) != row.Passed {
			t.Errorf("case %d is %+v", i, c)
		}
		if c.Failure != nil && (c.Failure.Message == "" || !strings.Contains(c.Failure.Text, "\n     ")) {
			t.Errorf("failure %d is %+v", i, c.Failure)
		}
		state := map[bool]string{true: "ok", false: "not ok"}[row.Passed]
		if line := fmt.Sprintf("\n%s %d - tests.yaml:%d: %s\n", state, i+1, row.Line, row.Title()); !strings.Contains(tap.String(), line) {
			t.Errorf("TAP has no %q:\n%s", line, tap.String())
		}
	}
	if err := (policytest.Text{Quiet: true}).Write(&text, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "ok   ") || strings.Count(text.String(), "FAIL ") != r.Failed {
		t.Errorf("quiet:\n%s", text.String())
	}
}

func TestColours(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	r := ofCase(t, "policyfiles.txt")
	if err := (policytest.Text{Printer: decisions.Printer{Color: true}}).Write(&b, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x1b[1;32mok  \x1b[0m tests.yaml:8: app may", "\x1b[1;31mFAIL\x1b[0m tests.yaml:18: "} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in %q", want, b.String())
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	r := ofCase(t, "rows.txt")
	var b strings.Builder
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var back policytest.Report
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Rows) != len(r.Rows) || back.Failed != r.Failed || back.Coverage.Tested != r.Coverage.Tested {
		t.Errorf("%d rows, %d failed", len(back.Rows), back.Failed)
	}
	for i := range back.Rows {
		row := &back.Rows[i]
		decided := row.Expect == policytest.Allow || row.Expect == policytest.Deny
		if decided && row.Decision == "" || !row.Passed && row.Failure == "" || row.Passed && row.Record != nil {
			t.Errorf("%+v", row)
		}
	}
}

// Reports of several files make one, in which a statement of the same place counts once.
func TestReportsAreAdded(t *testing.T) {
	t.Parallel()
	one, two := ofCase(t, "rows.txt"), ofCase(t, "rows.txt")
	var all policytest.Report
	all.Add(one)
	all.Add(two)
	if len(all.Rows) != 2*len(one.Rows) || all.Failed != 2*one.Failed || all.Coverage.Percent() != one.Coverage.Percent() {
		t.Errorf("%d rows, %d failed, %d %%", len(all.Rows), all.Failed, all.Coverage.Percent())
	}
}
