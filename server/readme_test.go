package server

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/accessanalyzer"
	"github.com/understudy-iam/understudy/awsapi/model"
	"github.com/understudy-iam/understudy/cloudtrail"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/sts"
)

var update = flag.Bool("update", false, "write the generated parts of README.md and docs/departures.md")

// The README says of every operation whether it is served, docs/departures.md
// describes every departure, and both are made from the code.
func TestReadmeAgreesWithTheCode(t *testing.T) {
	t.Parallel()
	for file, parts := range map[string]map[string]string{
		"../README.md":          {"departures": departureNames(), "operations": operationsPart()},
		"../docs/departures.md": {"departures": departuresPart()},
	} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := string(raw)
		for part, lines := range parts {
			want = replacePart(t, want, part, lines)
		}
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, string(raw)); diff != "" && !*update {
			t.Errorf("%s is behind the code; run go test ./server -update (-want +got):\n%s", file, diff)
		}
	}
}

// departureNames are links to what describes them.
func departureNames() string {
	var list []string
	for _, d := range Departures() {
		list = append(list, fmt.Sprintf("[%s](docs/departures.md#%s)", d.Name, d.Name))
	}
	return strings.Join(list, ",\n") + ".\n"
}

func departuresPart() string {
	var b strings.Builder
	for _, d := range Departures() {
		fmt.Fprintf(&b, "\n## %s\n\n%s (%s)\n", d.Name, d.Text, d.Since)
	}
	return b.String() + "\n"
}

// titles are the names of services that are served only in part.
var titles = map[string]string{"access-analyzer": "Access Analyzer", "cloudtrail": "CloudTrail"}

// operationsPart has a row for each service: what is served, and what is not.
func operationsPart() string {
	served := map[string]bool{}
	for _, op := range operations(&iam.Service{}, &sts.Service{}, &cloudtrail.Service{}, &accessanalyzer.Service{}) {
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
		if title := titles[service.Name]; title != "" { // the model has no more of it
			fmt.Fprintf(&b, "\nOf %s: %s. Calls of its other operations are for an upstream.\n", title, strings.Join(complete, ", "))
			continue
		}
		name := strings.ToUpper(service.Name)
		fmt.Fprintf(&b, "\n<details><summary>%s: %d of %d, complete</summary>\n\n%s\n\n</details>\n",
			name, len(complete), len(service.Operations), strings.Join(complete, ", "))
		if len(missing) > 0 {
			fmt.Fprintf(&b, "\nNot built, answered 501 NotImplemented: %s.\n", strings.Join(missing, ", "))
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
		t.Fatalf("there is no part %q", part)
	}
	return head + "<!-- " + part + ": made by go test ./server -update -->\n" + lines + "<!-- end -->" + tail
}
