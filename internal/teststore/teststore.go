// Package teststore opens the stores of tests that are to pass on each engine. By default
// they are in memory; with UNDERSTUDY_TEST_STORE=postgres they are schemas of a PostgreSQL
// server, as "make postgres" has them.
//
// # Caveats
//
// It is for tests only. Those within persistence/pgstore may not use it.
package teststore

import (
	"os"
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/persistence/pgstore"
)

// engine is the environment variable that says which engine it is.
const engine = "UNDERSTUDY_TEST_STORE"

// New returns an empty store, which is closed at the end of the test.
func New(t testing.TB) persistence.Store {
	t.Helper()
	switch name := os.Getenv(engine); name {
	case "":
		return memstore.New()
	case "postgres":
		s, err := pgstore.Open(t.Context(), pgstore.Options{URL: testkit.Postgres(t)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	default:
		t.Fatalf("%s is %q; set it to postgres, or leave it out", engine, name)
		return nil
	}
}
