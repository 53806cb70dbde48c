package pattern_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/alerts/pattern"
)

// testdata/*.txt has cases: a line "-- name", a pattern, and lines "match EVENT" and
// "no match EVENT", or one "fault SENTENCE".
type testCase struct {
	name, pattern string
	matches       map[string]bool
	fault         string
}

func readCases(t testing.TB, file string) []testCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []testCase
	for block := range strings.SplitSeq(string(text), "\n-- ") {
		name, rest, _ := strings.Cut(block, "\n")
		if strings.HasPrefix(name, "#") {
			continue
		}
		c := testCase{name: name, matches: map[string]bool{}}
		var p []string
		for line := range strings.Lines(rest) {
			line = strings.TrimSuffix(line, "\n")
			if event, ok := strings.CutPrefix(line, "match "); ok {
				c.matches[event] = true
			} else if event, ok := strings.CutPrefix(line, "no match "); ok {
				c.matches[event] = false
			} else if fault, ok := strings.CutPrefix(line, "fault "); ok {
				c.fault = fault
			} else {
				p = append(p, line)
			}
		}
		c.pattern = strings.TrimSpace(strings.Join(p, "\n"))
		cases = append(cases, c)
	}
	return cases
}

func TestCases(t *testing.T) {
	t.Parallel()
	for _, file := range files(t) {
		for _, c := range readCases(t, file) {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+c.name, func(t *testing.T) { t.Parallel(); c.run(t) })
		}
	}
}

func files(t testing.TB) []string {
	t.Helper()
	list, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(list) == 0 {
		t.Fatal("no cases", err)
	}
	return list
}

func (c *testCase) run(t *testing.T) {
	p, err := pattern.Compile([]byte(c.pattern))
	if c.fault != "" || err != nil {
		var f *pattern.Fault
		if !errors.As(err, &f) || f.Error() != c.fault {
			t.Errorf("%v\nwant %s", err, c.fault)
		}
		return
	}
	if len(c.matches) == 0 {
		t.Error("nothing is matched")
	}
	for event, want := range c.matches {
		for _, numbers := range []bool{true, false} {
			if got := p.Match(decoded(t, event, numbers)); got != want {
				t.Errorf("%t; want %t: %s", got, want, event)
			}
		}
	}
}

// decoded is an event; with numbers as they are written, or as float64.
func decoded(t testing.TB, event string, numbers bool) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(event))
	if numbers {
		d.UseNumber()
	}
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, event)
	}
	return v
}
