package audit_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/persistence"
)

// lapse is a check of hygiene: a state that has what it finds, and one near it that has not.
type lapse struct {
	name      string // beside the ID, if the check has several
	id        string
	principal string // how the ARN of whom it is about ends; "root" if it is empty
	resource  string // how that of what it is about ends
	bad, good string // members of the account in a seed; "" of both takes what is done

	change      func(*audit.Options) // of both
	kept        func(*audit.Options) // of the good one, if it is another
	spoil, mend func(testing.TB, persistence.Tx)
	evidence    string // a part of the first piece of evidence
	advised     bool   // there is no command
}

func (l *lapse) suffix() string {
	if l.principal == "" {
		return ":root"
	}
	return l.principal
}

func members(text string) string {
	return fmt.Sprintf("accounts:\n- id: %q\n  %s\n", account, strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  "))
}

func (l *lapse) world(t *testing.T, text string, do func(testing.TB, persistence.Tx)) *world {
	t.Helper()
	w := newWorld(t)
	if strings.HasPrefix(text, "accounts:") || strings.HasPrefix(text, "organization:") {
		w.apply(t, text)
	} else if text != "" {
		w.apply(t, members(text))
	}
	if do != nil {
		if err := w.store.Update(t.Context(), func(tx persistence.Tx) error { do(t, tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (l *lapse) find(t *testing.T, w *world, change func(*audit.Options)) *audit.Finding {
	t.Helper()
	if change == nil {
		change = func(*audit.Options) {}
	}
	r := w.audit(t, change)
	i := slices.IndexFunc(r.Findings, func(f audit.Finding) bool {
		return f.ID == l.id && strings.HasSuffix(f.Principal, l.suffix()) && strings.HasSuffix(f.Resource, l.resource)
	})
	if i < 0 {
		return nil
	}
	return &r.Findings[i]
}

// Each check finds what it is for, does not find what is near it, and has a fix that closes
// it, or advice.
func TestHygiene(t *testing.T) {
	t.Parallel()
	for _, l := range slices.Concat(lapsesOfRoot(), lapsesOfCredentials(), lapsesOfPolicies(), lapsesOfTrust(), lapsesOfUse()) {
		t.Run(strings.TrimSpace(l.id+" "+l.name), func(t *testing.T) {
			t.Parallel()
			l.test(t)
		})
	}
}

func (l *lapse) test(t *testing.T) {
	kept := l.change
	if l.kept != nil {
		kept = l.kept
	}
	if f := l.find(t, l.world(t, l.good, l.mend), kept); f != nil {
		t.Errorf("it is found where it is not: %+v", f)
	}
	w := l.world(t, l.bad, l.spoil)
	f := l.find(t, w, l.change)
	if f == nil {
		t.Fatal("it is not found")
	}
	if len(f.Evidence) == 0 || !strings.Contains(f.Evidence[0].Text, l.evidence) {
		t.Errorf("its evidence is %+v, without %q", f.Evidence, l.evidence)
	}
	if l.advised != (len(f.Fix) == 0) || l.advised && f.Advice == "" {
		t.Errorf("its fix is %q, with the advice %q", f.Fix, f.Advice)
	}
	for _, command := range f.Fix {
		w.run(t, command)
	}
	if len(f.Fix) > 0 {
		if f := l.find(t, w, l.change); f != nil {
			t.Errorf("it is found after its fix: %+v", f)
		}
	}
}

// TestEveryCheckOfHygieneHasACase names the checks that no case finds.
func TestEveryCheckOfHygieneHasACase(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, l := range slices.Concat(lapsesOfRoot(), lapsesOfCredentials(), lapsesOfPolicies(), lapsesOfTrust(), lapsesOfUse()) {
		found[l.id] = true
	}
	escaping := map[string]bool{}
	for _, e := range escapes() {
		escaping[e.id] = true
	}
	for _, c := range audit.Checks() {
		if !found[c.ID] && !escaping[c.ID] && !isEscalation(c) && !strings.HasPrefix(c.ID, "lint:") {
			t.Errorf("no case has the check %s", c.ID)
		}
		if c.Title == "" || strings.HasSuffix(c.Title, ".") || c.Why == "" {
			t.Errorf("the check %s has the title %q and why %q", c.ID, c.Title, c.Why)
		}
	}
}

// isEscalation reports whether a check is of the other kind, which has tests of its own.
func isEscalation(c audit.Check) bool {
	return strings.HasPrefix(c.Why, "Whoever has its credentials has the whole account")
}

// An account of which nothing is stored is audited too, and a state that is audited twice
// has the same report.
func TestAuditsAreEqual(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if r := w.audit(t); r.Principals != 0 || finding(r, "root-mfa", ":root") == nil {
		t.Errorf("an empty account has %d principals and the findings %v", r.Principals, of(r, ":root"))
	}
	w.apply(t, largeAccount(40, 30, 150))
	if a, b := w.audit(t), w.audit(t); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Error("two audits of a state differ")
	}
}

// What is not known is not found, and said to be unchecked.
func TestUncheckedUses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, members(`users: [{name: ana, accessKeys: [{secret: local-secret, createDate: 2025-01-01T00:00:00Z}]}]`))
	r := w.audit(t, func(o *audit.Options) { o.UsesUnknown = true })
	if f := finding(r, "unused-45", "user/ana"); f != nil {
		t.Errorf("an unused key is found where uses are not known: %+v", f)
	}
	for _, want := range []string{"last used is not known", "permissions are used is not known", "shared is not known"} {
		if !slices.ContainsFunc(r.Unchecked, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("that %s is not in %q", want, r.Unchecked)
		}
	}
}

// An audit whose context ends says so.
func TestAuditEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, members(`users: [{name: ana}]`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := audit.Run(ctx, audit.Options{Store: w.store, Authorizer: w.authorizer, Account: account, Now: now}); err == nil {
		t.Error("it has no error")
	}
}
