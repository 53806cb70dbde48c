package services

import (
	"fmt"
	"strings"
	"testing"
)

// TestCoverage counts how well the resources of the operations are known, and
// names those that are not. The list is golden; 95 in 100 is the aim of the whole.
func TestCoverage(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	var all ServiceCoverage
	for _, c := range Coverage() {
		fmt.Fprintf(&out, "%-24s %4d operations: %3d exact, %3d on a star by nature, %2d not resolved\n",
			c.Service, c.Operations, c.Exact, c.Any, c.Unresolved)
		for _, name := range c.Names {
			fmt.Fprintln(&out, "    "+name)
		}
		all.Operations += c.Operations
		all.Exact += c.Exact
		all.Any += c.Any
		all.Unresolved += c.Unresolved
	}
	golden(t, "coverage.txt", out.String())
	if all.Operations != all.Exact+all.Any+all.Unresolved || 100*(all.Exact+all.Any) < 95*all.Operations {
		t.Errorf("%d of %d operations are exact, and %d on a star by nature", all.Exact, all.Operations, all.Any)
	}
}
