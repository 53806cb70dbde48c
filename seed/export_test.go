package seed_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

func exported(t *testing.T, store persistence.Store, secrets bool) string {
	t.Helper()
	text, err := seed.Export(t.Context(), seed.ExportOptions{Store: store, Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An export with secrets brings the same pairs into an empty store, and may be
// applied to the store that it came from.
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

// Without secrets the export holds none, and can be applied.
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

// tables are the names of all tables of package persistence, from its source.
func tables(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../persistence/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("source of persistence: %v, %v", files, err)
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`= newTable\("([^"]+)"`).FindAllSubmatch(text, -1) {
			names = append(names, string(m[1]))
		}
	}
	return names
}

// Every table of the store is exported or left out for a reason. When this
// fails for a new table, let the export write it, or add it to LeftOut.
func TestEveryTableIsExportedOrLeftOut(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, name := range exportedTables {
		known[name] = true
	}
	all := tables(t)
	for _, name := range all {
		if reason, out := seed.LeftOut[name]; out == known[name] || out && reason == "" {
			t.Errorf("table %s: exported %v, left out %v for %q", name, known[name], out, reason)
		}
	}
	if want := len(exportedTables) + len(seed.LeftOut); len(all) != want {
		t.Errorf("there are %d tables, and %d in the lists: %v", len(all), want, all)
	}
}

// exportedTables are those whose records come back; the conformance suite has
// each of them in the state that it exports.
var exportedTables = []string{
	"account", "delegation-template", "delegation-request", "owned-delegation", "group", "member", "instance-profile", "login-profile",
	"password-policy", "root-password", "mfa", "oidc-provider", "organization", "organization-policy", "organization-member", "policy",
	"policy-version", "attachment", "inline", "role", "saml-provider", "server-certificate", "service-credential", "service-alias",
	"signing-certificate", "ssh-key", "token-key", "idp-key", "user", "access-key",
}
