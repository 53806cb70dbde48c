package lint_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator/lint"
)

var update = flag.Bool("update", false, "write docs/policy-checks.md")

const checksPage = "../../docs/policy-checks.md"

// TestDocumentHasAllChecks compares docs/policy-checks.md, which is made of the constants
// and of the examples that are tested.
func TestDocumentHasAllChecks(t *testing.T) {
	t.Parallel()
	want := page(examples(t))
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
		t.Errorf("the page is behind the code; run go test ./evaluator/lint -run Document -update (-want +got):\n%s", diff)
	}
}

func page(pairs map[lint.Code]pair) string {
	var b strings.Builder
	aws, ours := 0, 0
	for _, c := range lint.Checks() {
		if c.Code.Own() {
			ours++
		} else {
			aws++
		}
	}
	fmt.Fprintf(&b, "# The checks of policies\n\n<!-- made by go test ./evaluator/lint -run Document -update -->\n\n"+
		"`understudy lint` makes %d checks of IAM Access Analyzer, with AWS's codes and messages, and %d of its own, whose codes begin with "+
		"`UNDERSTUDY_`. Each has an example that is tested. [policies.md](policies.md) says how the command is used.\n", aws, ours)
	for _, c := range lint.Checks() {
		fmt.Fprintf(&b, "\n## %s\n\n%s: %s\n", c.Code, c.Type, strings.ReplaceAll(c.Message, "*", `\*`))
		switch {
		case c.Unconfirmed:
			fmt.Fprintf(&b, "\nAWS has a check of this code. Its message is not known, and this one is ours. [AWS's page](%s)\n", c.Link())
		case !c.Code.Own():
			fmt.Fprintf(&b, "\n[AWS's page](%s)\n", c.Link())
		}
		b.WriteString(example(pairs[c.Code]))
	}
	b.WriteString(absentChecks())
	return b.String()
}

// longest is how long an example may be that people read.
const longest = 1000

func example(p pair) string {
	if len(p.document) > longest {
		return ""
	}
	kind := p.options().Kind.String()
	if p.resourceType != "" {
		kind += ", " + p.resourceType
	}
	right := "Right with `" + p.right + "` instead of `" + p.wrong + "`"
	if p.right == "" {
		right = "Right without `" + p.wrong + "`"
	}
	return fmt.Sprintf("\nType %s:\n\n```text\n%s\n```\n\n%s.\n", kind, p.document, right)
}
