package draft_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/draft"
)

var update = flag.Bool("update", false, "rewrite the drafts in testdata")

// TestCases drafts the calls of each file in testdata and compares the draft with what
// follows "---" in the file. A line is a request ID, an action, a resource, and keys:
// NAME=VALUE, or NAME=[VALUE,VALUE]; a line that begins with a dot is an option.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, want, _ := strings.Cut(string(src), "---\n")
			got := runCase(t, head)
			if *update {
				if err := os.WriteFile(file, []byte(head+"---\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func runCase(t *testing.T, src string) string {
	t.Helper()
	var o draft.Options
	form := "json"
	trust := false
	var calls []draft.Call
	for line := range strings.Lines(src) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		switch words[0] {
		case ".wildcards":
			o.Wildcards = draft.Wildcards(words[1])
		case ".size":
			o.Size, _ = strconv.Atoi(words[1])
		case ".keep":
			o.Keep = words[1:]
		case ".denied":
			o.Denied = true
		case ".format":
			form = words[1]
		case ".trust":
			trust = true
		default:
			calls = append(calls, readCall(words))
		}
	}
	d, err := write(calls, o, trust)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	return show(t, d, form, trust)
}

// write drafts; in a trust policy's case the resource of a call is its principal, TYPE=VALUE.
func write(calls []draft.Call, o draft.Options, trust bool) (*draft.Draft, error) {
	if !trust {
		return draft.Identity(calls, o)
	}
	var list []draft.Assumption
	for _, c := range calls {
		kind, value, _ := strings.Cut(c.Resource, "=")
		list = append(list, draft.Assumption{
			RequestID: c.RequestID, Action: c.Action, Principal: draft.Entity{Type: kind, Value: value},
			Context: c.Context, Verdict: c.Verdict,
		})
	}
	return draft.Trust(list, o)
}

func show(t *testing.T, d *draft.Draft, form string, trust bool) string {
	t.Helper()
	var b strings.Builder
	switch form {
	case "hcl":
		b.WriteString(d.HCL("app"))
	case "yaml":
		b.WriteString(d.YAML())
	default:
		b.WriteString(d.JSON())
	}
	for _, doc := range d.Documents {
		for _, s := range doc.Statements {
			fmt.Fprintf(&b, "# %s: %s\n", s.Sid, strings.Join(s.Requests, " "))
		}
		kind := evaluator.Identity
		if trust {
			kind = evaluator.Trust
		}
		if err := evaluator.Validate(doc.String(), kind); err != nil {
			t.Errorf("AWS refuses the draft: %v\n%s", err, doc.String())
		}
	}
	return b.String()
}

var verdicts = map[byte]draft.Verdict{'?': draft.WouldBeDenied, '!': draft.Denied, '=': draft.ByResource}

func readCall(words []string) draft.Call {
	c := draft.Call{RequestID: words[0], Action: words[1], Resource: strings.ReplaceAll(words[2], "%20", " ")}
	if v, ok := verdicts[c.RequestID[0]]; ok {
		c.RequestID, c.Verdict = c.RequestID[1:], v
	}
	for _, w := range words[3:] {
		name, value, _ := strings.Cut(w, "=")
		k := draft.Key{Name: name, Values: []string{value}}
		if inner, ok := strings.CutPrefix(value, "["); ok {
			k.Multi, k.Values = true, strings.Split(strings.TrimSuffix(inner, "]"), ",")
		}
		c.Context = append(c.Context, k)
	}
	return c
}
