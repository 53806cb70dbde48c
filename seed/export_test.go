package seed_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

func exported(t *testing.T, store persistence.Store, secrets bool) string {
	t.Helper()
	var text strings.Builder
	if err := seed.Export(t.Context(), &text, seed.ExportOptions{Store: store, Secrets: secrets}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// An export with secrets makes the same pairs in an empty store, and can be applied to
// the store from which it came.
func TestExportComesBack(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	if err := seed.ApplyFile(t.Context(), options(store), "testdata/full.yaml"); err != nil {
		t.Fatal(err)
	}
	text := exported(t, store, true)
	again := memstore.New()
	if err := seed.Apply(t.Context(), options(again), "export", []byte(text)); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(dump(t, store), dump(t, again)); diff != "" {
		t.Errorf("the export makes another state (-it was +it is):\n%s\n%s", diff, text)
	}
	if diff := cmp.Diff(text, exported(t, again, true)); diff != "" {
		t.Errorf("the second export is another (-first +second):\n%s", diff)
	}
	if err := seed.Apply(t.Context(), options(store), "export", []byte(text)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(t, again), dump(t, store)); diff != "" {
		t.Errorf("applied to its own store it changes (-before +after):\n%s", diff)
	}
}

// An export without secrets has no secrets, and can be applied.
func TestExportWithoutSecrets(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	if err := seed.ApplyFile(t.Context(), options(store), "testdata/full.yaml"); err != nil {
		t.Fatal(err)
	}
	text := exported(t, store, false)
	if strings.Contains(text, "local-secret") || !strings.Contains(text, "AKIA") || !strings.Contains(text, "# Left out as well") {
		t.Errorf("export without secrets:\n%s", text)
	}
	again := memstore.New()
	if err := seed.Apply(t.Context(), options(again), "export", []byte(text)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, exported(t, again, false)); diff != "" {
		t.Errorf("the second export is another (-first +second):\n%s", diff)
	}
	if err := seed.Apply(t.Context(), options(store), "export", []byte(text)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(exported(t, store, true), "local-secret") {
		t.Error("a key that was there lost its secret")
	}
}

// The tables that an export leaves out exist, and each has a reason. The conformance
// suite tests that all others are restored, with a state that has all of them.
func TestWhatIsLeftOutOfAnExport(t *testing.T) {
	t.Parallel()
	all := testkit.Tables(t, "../persistence")
	for name, reason := range seed.LeftOut {
		if !slices.Contains(all, name) || reason == "" {
			t.Errorf("table %s is left out for the reason %q; the tables are %v", name, reason, all)
		}
	}
}

// A list that is written in several parts is one list in the file.
func TestExportOfLongLists(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("accounts:\n")
	for _, id := range []string{shop, chief, "444455556666"} {
		fmt.Fprintf(&text, "- id: %q\n", id)
		for _, list := range []string{"groups", "users"} {
			fmt.Fprintf(&text, "  %s:\n", list)
			for i := range 120 {
				fmt.Fprintf(&text,
					"  - {name: x%d, path: /a/, inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}}}\n", i)
			}
		}
		text.WriteString("  instanceProfiles: [{name: p}]\n")
	}
	text.WriteString("organization: {management: '" + chief + "', root: {units: [{name: a, accounts: ['" + shop + "']}]}}\n")
	store, again := memstore.New(), memstore.New()
	if err := seed.Apply(t.Context(), options(store), "f", []byte(text.String())); err != nil {
		t.Fatal(err)
	}
	first := exported(t, store, true)
	if err := seed.Apply(t.Context(), options(again), "export", []byte(first)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(t, store), dump(t, again)); diff != "" {
		t.Errorf("(-it was +it is):\n%s", diff)
	}
	for _, name := range []string{"accounts:", "  groups:", "  users:", "  instanceProfiles:", "organization:"} {
		want := 3
		if !strings.HasPrefix(name, " ") {
			want = 1
		}
		if n := strings.Count(first, "\n"+name+"\n"); n != want {
			t.Errorf("%q is there %d times; want %d", name, n, want)
		}
	}
}
