package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFindFuzzers(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{
		"a_test.go":               "package a\nfunc FuzzTop(f *testing.F) {}",
		"a.go":                    "package a\nfunc FuzzInNoTest(f *testing.F) {}",
		"b/c/b_test.go":           "package c\nfunc FuzzOne(f *testing.F) {}\nfunc FuzzTwo(f *testing.F) {}\nfunc TestX(t *testing.T) {}",
		"b/c/d_test.go":           "package c\nfunc FuzzHelper(f *testing.F, n int) {}\nfunc FuzzT(t *testing.T) {}\nfunc FuzzPlain(f F) {}\nfunc (s side) FuzzMethod(f *testing.F) {}",
		"b/testdata/e_test.go":    "package e\nfunc FuzzData(f *testing.F) {}",
		".hidden/f_test.go":       "package f\nfunc FuzzHidden(f *testing.F) {}",
		"_elsewhere/g/g_test.go":  "package g\nfunc FuzzElsewhere(f *testing.F) {}",
		"b/testdata/fuzz/F/seeds": "go test fuzz v1",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := findFuzzers(root)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]fuzzer{
		{".", "FuzzTop"}, {"b/c", "FuzzOne"}, {"b/c", "FuzzTwo"},
	}, got, cmp.AllowUnexported(fuzzer{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFindFuzzersInWhatIsNotGo(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a_test.go"), []byte("pakage a"), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := findFuzzers(root); err == nil {
		t.Errorf("found %v", list)
	}
	if list, err := findFuzzers(filepath.Join(root, "none")); err == nil {
		t.Errorf("found %v", list)
	}
}

func TestJudgeFuzz(t *testing.T) {
	t.Parallel()
	one := fuzzer{"a/b", "FuzzX"}
	const good = "fuzz: elapsed: 0s, execs: 1 (7/sec), new interesting: 0 (total: 1)\nfuzz: elapsed: 3s, execs: 900 (300/sec), new interesting: 2 (total: 3)\nPASS\n"
	for name, c := range map[string]struct {
		said, fault string
		err         error
	}{
		"it ran":             {good, "", nil},
		"it found something": {"--- FAIL: FuzzX", "a/b.FuzzX: exit status 1\n--- FAIL: FuzzX", errors.New("exit status 1")},
		"it is not there":    {"testing: warning: no fuzz tests to fuzz\nPASS\n", "a/b.FuzzX did not run", nil},
		"it is flying blind": {
			"warning: the test binary was not built with coverage instrumentation, so fuzzing will run without coverage guidance and may be inefficient\n" + good, "is not instrumented", nil,
		},
		"it ran for a moment": {"PASS\n", "", nil},
		"its time was over": {
			"fuzz: elapsed: 1s, execs: 9 (9/sec), new interesting: 0 (total: 1)\n--- FAIL: FuzzX (1.14s)\n    context deadline exceeded\nFAIL\n", "", errors.New("exit status 1"),
		},
		"late, with an input": {
			"--- FAIL: FuzzX (1.14s)\n    Failing input written to testdata/fuzz/FuzzX/1\n    context deadline exceeded\nFAIL\n",
			"Failing input", errors.New("exit status 1"),
		},
		"a test says deadline": {
			"--- FAIL: FuzzX (1.14s)\n    --- FAIL: FuzzX (0.00s)\n        x_test.go:1: context deadline exceeded\nFAIL\n", "x_test.go:1",
			errors.New("exit status 1"),
		},
		"another error is kept": {good, "signal: killed", errors.New("signal: killed")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := judgeFuzz(one, c.said, c.err)
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("%v, want %q", err, c.fault)
			}
		})
	}
	if got := progress(good); got != "execs: 900 (300/sec), new interesting: 2 (total: 3)" {
		t.Errorf("progress %q", got)
	}
	if got := progress("PASS\n"); !strings.Contains(got, "give it more time") {
		t.Errorf("progress %q", got)
	}
}

func TestFuzzNeedsATimeAndAFuzzer(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]*fuzz{
		"-each or -within":           {},
		"there is no fuzzer of that": {each: time.Second, only: regexp.MustCompile(`^nowhere\.`)},
	} {
		f.out = new(bytes.Buffer)
		if err := f.run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
