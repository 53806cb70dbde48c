package server

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/model"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/sts"
)

var update = flag.Bool("update", false, "write the README's generated parts")

const readme = "../README.md"

// The README says of every operation whether it is served, and lists every
// departure; both are made from the code.
func TestReadmeAgreesWithTheCode(t *testing.T) {
	raw, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	want := replacePart(t, string(raw), "departures", departuresPart())
	want = replacePart(t, want, "operations", operationsPart())
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, string(raw)); diff != "" && !*update {
		t.Errorf("README.md is behind the code; run go test ./server -update (-want +got):\n%s", diff)
	}
}

func departuresPart() string {
	var b strings.Builder
	for _, d := range Departures() {
		fmt.Fprintf(&b, "- **%s** (%s): %s\n", d.Name, d.Since, d.Text)
	}
	return b.String()
}

func operationsPart() string {
	served := map[string]bool{}
	for _, op := range operations(&iam.Service{}, &sts.Service{}) {
		served[op.Service+" "+op.Name] = true
	}
	var b strings.Builder
	for _, service := range model.New().Services {
		var complete, missing []string
		for _, op := range service.Operations {
			if served[service.Name+" "+op.Name] {
				complete = append(complete, op.Name)
			} else {
				missing = append(missing, op.Name)
			}
		}
		fmt.Fprintf(&b, "\n### %s: %d of %d\n\n| operation | state |\n|---|---|\n", strings.ToUpper(service.Name), len(complete), len(service.Operations))
		for _, name := range complete {
			fmt.Fprintf(&b, "| %s | complete |\n", name)
		}
		for _, name := range missing {
			fmt.Fprintf(&b, "| %s | not built: answers 501 NotImplemented |\n", name)
		}
	}
	return b.String() + "\n"
}

// replacePart returns text with new lines between the markers of the part.
func replacePart(t *testing.T, text, part, lines string) string {
	t.Helper()
	head, rest, ok := strings.Cut(text, "<!-- "+part+": made by go test ./server -update -->\n")
	_, tail, ok2 := strings.Cut(rest, "<!-- end -->")
	if !ok || !ok2 {
		t.Fatalf("README.md has no part %q", part)
	}
	return head + "<!-- " + part + ": made by go test ./server -update -->\n" + lines + "<!-- end -->" + tail
}
