package policytest

import (
	"context"
	"strings"

	"github.com/understudy-iam/understudy/internal/textfile"
)

// TB is what Test needs of *testing.T.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Context() context.Context
}

// Test runs files of tests in a Go test: each row that fails is an error of the test, with
// file and line. A file that is wrong ends the test.
func Test(t TB, files ...string) {
	t.Helper()
	for _, name := range files {
		raw, err := textfile.Read(name, maxSize)
		if err != nil {
			t.Fatalf("%v", err)
		}
		f, err := Read(name, raw)
		if err != nil {
			t.Fatalf("%v", err)
		}
		report, err := Run(t.Context(), f, Options{})
		if err != nil {
			t.Fatalf("%v", err)
		}
		for i := range report.Rows {
			if row := &report.Rows[i]; !row.Passed {
				t.Errorf("%s:%d: %s\n%s", row.File, row.Line, row.Title(), strings.TrimRight(Text{}.why(row), "\n"))
			}
		}
	}
}
