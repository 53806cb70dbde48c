package policytest_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/understudy-iam/understudy/policytest"
)

var update = flag.Bool("update", false, "write what the cases in testdata/run say now")

// now is when the requests of tests are made.
var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// TestRun runs each archive of testdata/run: tests.yaml and the files that it names, and in
// want what is printed, or the fault. Coverage is found out where the comment says so.
func TestRun(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/run/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no cases", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got, want := runCase(t.Context(), a), file(a, "want")
			if *update {
				setFile(a, "want", got)
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got; -update writes it):\n%s", diff)
			}
		})
	}
}

func file(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func setFile(a *txtar.Archive, name, text string) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}

// runCase is what is printed of a case, warnings first.
func runCase(ctx context.Context, a *txtar.Archive) string {
	var b strings.Builder
	report, err := runText(ctx, file(a, "tests.yaml"), policytest.Options{
		Open: opener(a), Now: now, Coverage: strings.Contains(string(a.Comment), "Coverage"),
		Warn: func(f *policytest.Fault) { fmt.Fprintf(&b, "warning: %v\n", f) },
	})
	if err != nil {
		return b.String() + "error: " + err.Error() + "\n"
	}
	if err := (policytest.Text{}).Write(&b, report); err != nil {
		return err.Error()
	}
	return b.String()
}

// runText reads and runs tests.
func runText(ctx context.Context, text string, o policytest.Options) (*policytest.Report, error) {
	f, err := policytest.Read("tests.yaml", []byte(text))
	if err != nil {
		return nil, err
	}
	return policytest.Run(ctx, f, o)
}

// opener opens the files of an archive.
func opener(a *txtar.Archive) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		for _, f := range a.Files {
			if f.Name == path {
				return f.Data, nil
			}
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
}
