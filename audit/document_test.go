package audit_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/audit"
)

var update = flag.Bool("update", false, "write docs/audit-checks.md")

const checksPage = "../docs/audit-checks.md"

// TestDocumentHasAllChecks compares docs/audit-checks.md, which is made of what Checks has.
func TestDocumentHasAllChecks(t *testing.T) {
	t.Parallel()
	want := checksText()
	if *update {
		if err := os.WriteFile(checksPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(checksPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the page is behind the code; run go test ./audit -run Document -update (-want +got):\n%s", diff)
	}
}

func checksText() string {
	var ways, hygiene strings.Builder
	n, m := 0, 0
	for _, c := range audit.Checks() {
		b := &hygiene
		if isEscalation(c) {
			b, n = &ways, n+1
		} else {
			m++
		}
		fmt.Fprintf(b, "| `%s` | %s | %s. | %s | %s |\n", c.ID, c.Severity, cell(c.Title), cell(c.Why), strings.Join(c.References, ", "))
	}
	const head = "| ID | severity | what is found | why it matters | elsewhere |\n|---|---|---|---|---|\n"
	return fmt.Sprintf("# The checks of audits\n\n<!-- made by go test ./audit -run Document -update -->\n\n"+
		"An audit looks for %d ways to become an administrator and makes %d checks of hygiene. A finding comes with its evidence, and with commands\n"+
		"of the AWS CLI that mend it, or advice where only people can decide. The last column has the IDs of the same check elsewhere: the CIS AWS\n"+
		"Foundations Benchmark (CIS), Security Hub's foundational standard (FSBP), Prowler and pathfinding.cloud.\n\n## Ways to administrator\n\n%s%s\n## Hygiene\n\n"+
		"The checks whose IDs begin with `lint:` are those of [policy-checks.md](policy-checks.md) that warn of security.\n\n%s%s",
		n, m, head, ways.String(), head, hygiene.String())
}

func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`).Replace(text)
}
