package services

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCoverage counts how well the resources of the operations are known, and
// names those that are not. The list is golden; 95 in 100 is the aim of the whole.
func TestCoverage(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, c := range Coverage() {
		fmt.Fprintf(&out, "%-24s %4d operations: %3d exact, %3d on a star by nature, %2d not resolved\n",
			c.Service, c.Operations, c.Exact, c.Any, c.Unresolved)
		for _, name := range c.Names {
			fmt.Fprintln(&out, "    "+name)
		}
	}
	all := allCoverage()
	golden(t, "coverage.txt", out.String())
	if all.Operations != all.Exact+all.Any+all.Unresolved || 100*(all.Exact+all.Any) < 95*all.Operations {
		t.Errorf("%d of %d operations are exact, and %d on a star by nature", all.Exact, all.Operations, all.Any)
	}
}

// allCoverage is the sum of all services.
func allCoverage() (all ServiceCoverage) {
	for _, c := range Coverage() {
		all.Operations += c.Operations
		all.Exact += c.Exact
		all.Any += c.Any
		all.Unresolved += c.Unresolved
	}
	return all
}

// TestCoverageInTheDocument compares docs/gateway.md with the figures.
func TestCoverageInTheDocument(t *testing.T) {
	t.Parallel()
	const path, begin, end = "../../docs/gateway.md",
		"<!-- coverage: made by go test ./gateway/services -run Document -update -->\n", "<!-- end of the coverage -->\n"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	got, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the coverage", path)
	}
	want := coverageTable()
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s is behind the tables; run go test ./gateway/services -run Document -update (-want +got):\n%s", path, diff)
	}
}

// coverageTable has a row for each service, and one for all.
func coverageTable() string {
	var rows strings.Builder
	row := func(name string, c *ServiceCoverage) {
		fmt.Fprintf(&rows, "| %s | %d | %d | %d | %d |\n", name, c.Operations, c.Exact, c.Any, c.Unresolved)
	}
	list := Coverage()
	for _, c := range list {
		row("`"+c.Service+"`", &c)
	}
	all := allCoverage()
	row(fmt.Sprintf("%d services", len(list)), &all)
	return "| service | operations | exact | on `*` | not resolved |\n|---|---|---|---|---|\n" + rows.String()
}
