package policytest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/understudy-iam/understudy/policytest"
)

// FuzzRead reads anything as a file of tests, and runs what can be read: a fault has a
// reason and a place, and a report says why each row fails.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/run/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file(a, "tests.yaml"))
	}
	f.Add(smallState + "allow: [{principal: alice, action: s3:Get*, context: [{aws:SourceIp: 1.2.3.4}, {x: [a, b]}]}]")
	f.Add(smallState + "deny: &a [{principal: [alice, zoe], action: iam:*}]\nallow: *a")
	f.Add("a: &a [*a]\nstate: {policies: {app: policy.json}}")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 {
			return
		}
		r, err := runText(t.Context(), text, policytest.Options{Now: now, Open: openFew, Coverage: len(text)%2 == 0})
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("a fault without a reason")
			}
			return
		}
		failed := 0
		for i := range r.Rows {
			if row := &r.Rows[i]; row.Passed != (row.Failure == "") || row.Line == 0 {
				t.Errorf("%+v", row)
			} else if !row.Passed {
				failed++
			}
		}
		if failed != r.Failed {
			t.Errorf("%d rows fail, and %d are counted", failed, r.Failed)
		}
	})
}
