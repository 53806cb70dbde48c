package audit_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Each fix closes what it is for, and leaves what is near it allowed.
func TestFixesOfEscalations(t *testing.T) {
	t.Parallel()
	for _, e := range escapes() {
		t.Run(e.id, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, e.seed(written{}))
			f := finding(w.audit(t), e.id, e.eve())
			if f == nil {
				t.Fatal("it is not found")
			}
			name, document := inlinePolicy(t, f.Fix[0])
			trust := ""
			if e.role {
				trust = "trust: " + closed + ", "
			}
			w.apply(t, fmt.Sprintf(`accounts: [{id: %q, %ss: [{name: eve, %sinline: {%s: %q}}]}]`, account, e.kind(), trust, name, document))
			if ids := of(w.audit(t), e.eve()); slices.Contains(ids, e.id) {
				t.Errorf("after %s it is still found: %v", f.Fix[0], ids)
			}
			w.checkNeighbours(t, &e, document)
		})
	}
}

func (e *escape) kind() string {
	if e.role {
		return "role"
	}
	return "user"
}

// inlinePolicy is the name and the document of an inline policy that a command puts.
func inlinePolicy(t *testing.T, command string) (name, document string) {
	t.Helper()
	out, err := exec.Command("sh", "-c", `aws() { printf '%s\n' "$@"; }; `+command).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	words := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	after := func(flag string) string {
		i := slices.Index(words, flag)
		if i < 0 || i+1 == len(words) {
			t.Fatalf("%s has no %s", command, flag)
		}
		return words[i+1]
	}
	return after("--policy-name"), after("--policy-document")
}

// checkNeighbours asks for what the denial is not about: the other actions, and the same
// one on something else, if the denial names resources.
func (w *world) checkNeighbours(t *testing.T, e *escape, document string) {
	t.Helper()
	var d struct {
		Statement []struct {
			Action   string
			Resource []string
		}
	}
	if err := json.Unmarshal([]byte(document), &d); err != nil || len(d.Statement) != 1 {
		t.Fatalf("%s: %v", document, err)
	}
	denied := d.Statement[0]
	ask := func(action, resource string, want bool) {
		if got := w.ask(t, e, action, resource); got != want {
			t.Errorf("%s on %s is allowed: %v", action, resource, got)
		}
	}
	for _, action := range strings.Fields(e.actions) {
		if action != denied.Action && action != "sts:AssumeRole" {
			ask(action, "*", true)
		}
	}
	if denied.Action == "sts:AssumeRole" {
		return // nothing else can be assumed
	}
	for _, resource := range denied.Resource {
		ask(denied.Action, resource, false)
		if resource != "*" {
			ask(denied.Action, resource+"2", true)
		}
	}
}

func (w *world) ask(t *testing.T, e *escape, action, resource string) bool {
	t.Helper()
	caller := &principal.Caller{}
	err := w.store.View(t.Context(), func(tx persistence.Tx) (err error) {
		caller.Principal, err = w.authorizer.Caller(tx, "arn:aws:iam::"+account+e.eve())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.authorizer.Ask(t.Context(), &authz.Question{Caller: caller, Action: action, Resource: resource, Owner: account})
	if err != nil {
		t.Fatal(err)
	}
	return d.Verdict == authz.Allowed
}
