package seed_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

// A report counts what has changed, by kind, and a dry run changes nothing.
func TestReport(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	noon := func() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }
	const begun = `accounts:
- id: "111122223333"
  users: [{name: ana, inline: {own: {Statement: {Effect: Deny, Action: "*", Resource: "*"}}}}, {name: ben}]
  groups: [{name: devs}]
`
	for _, step := range []struct {
		name, text string
		dry        bool
		want       string
	}{
		{"what would be made", begun, true, "made 1 account, 1 group, 1 inline policy and 2 users"},
		{"what is made", begun, false, "made 1 account, 1 group, 1 inline policy and 2 users"},
		{"the same again", begun, false, "nothing has changed"},
		{"another path", strings.Replace(begun, "name: ben", "name: ben, path: /ops/", 1), false, "changed 1 user"},
		{"a membership and a policy", strings.Replace(begun, "name: ben",
			"name: ben, path: /ops/, groups: [devs], inline: {two: {Statement: {Effect: Deny, Action: \"*\", Resource: \"*\"}}}", 1),
			false, "made 1 group membership and 1 inline policy"},
	} {
		var got *seed.Report
		o := seed.Options{Store: store, Now: noon, Dry: step.dry, Diff: step.dry, Report: func(r *seed.Report) { got = r }}
		if err := seed.Apply(t.Context(), o, "a.yaml", []byte(step.text)); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got == nil || got.String() != step.want {
			t.Errorf("%s: %v; want %s", step.name, got, step.want)
		}
		if strings.Contains(got.Diff, "\n+  - name: ben\n") != step.dry {
			t.Errorf("%s: the difference is\n%s", step.name, got.Diff)
		}
		if has := hasUser(t, store, "ben"); has == step.dry {
			t.Errorf("%s: ben is there: %v", step.name, has)
		}
	}
	var cleaned *seed.Report
	err := seed.Apply(t.Context(), seed.Options{Store: store, Now: noon, Clean: true, Report: func(r *seed.Report) { cleaned = r }},
		"a.yaml", []byte(`accounts: [{id: "111122223333"}]`))
	if want := "removed 1 group, 1 group membership, 2 inline policies and 2 users"; err != nil || cleaned.String() != want {
		t.Errorf("cleaned: %v, %v; want %s", cleaned, err, want)
	}
}

// Kinds have readable plurals.
func TestReportsReadWell(t *testing.T) {
	t.Parallel()
	r := seed.Report{Changes: []seed.Changes{
		{Kind: "alias of service-specific credentials", Made: 2}, {Kind: "inline policy", Made: 1, Removed: 2},
		{Kind: "key of outbound federation", Changed: 2},
	}}
	want := "made 2 aliases of service-specific credentials and 1 inline policy; changed 2 keys of outbound federation; removed 2 inline policies"
	if got := r.String(); got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

func hasUser(t *testing.T, store persistence.Store, name string) (has bool) {
	t.Helper()
	err := store.View(t.Context(), func(tx persistence.Tx) (err error) {
		has, err = persistence.Users.Has(tx, "111122223333", name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return has
}

// For a seed with a fault, no report is made.
func TestNoReportOfAFault(t *testing.T) {
	t.Parallel()
	o := seed.Options{Store: memstore.New(), Report: func(r *seed.Report) { t.Errorf("reported %v", r) }}
	if err := seed.Apply(t.Context(), o, "a.yaml", []byte("accounts: [{id: '111122223333', users: [{name: 'a b'}]}]")); err == nil {
		t.Error("no fault")
	}
}

// A file that declares nothing is applied with a warning, since it may be the wrong file.
func TestFileThatDeclaresNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# nothing\n", "accounts: []\n"} {
		var heard []string
		o := seed.Options{Store: memstore.New(), Warn: func(f *seed.Fault) { heard = append(heard, f.Error()) }}
		if err := seed.Apply(t.Context(), o, "a.yaml", []byte(text)); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if want := []string{"a.yaml: the file declares nothing; it may have accounts and organization"}; !slices.Equal(heard, want) {
			t.Errorf("%q: %q, want %q", text, heard, want)
		}
	}
}
