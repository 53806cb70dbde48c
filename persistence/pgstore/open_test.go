package pgstore_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/pgstore"
)

// TestOpen opens what is not a store of this version. Each refusal is one sentence that names
// the database.
func TestOpen(t *testing.T) {
	t.Parallel()
	database := testkit.SharedPostgres(t)
	for _, test := range []struct {
		name       string
		statements []string // in the schema; nothing: there is no schema
		missing    string   // what the URL has instead of the database's name
		want       error
		sentence   string
	}{
		{name: "another program's tables", statements: []string{"create table orders (id int)"}, want: persistence.ErrForeign,
			sentence: "holds other data, and none of Understudy; name an empty database"},
		{name: "another program's state", statements: []string{
			"create table understudy_state (id int, program text, format int, store bytea, number bigint)",
			"insert into understudy_state values (1, 'other', 1, '', 1)"}, want: persistence.ErrForeign, sentence: "holds other data"},
		{name: "a newer version's tables", statements: []string{
			"create table understudy_state (id int, program text, format int, store bytea, number bigint)",
			"insert into understudy_state values (1, 'understudy', 9, '', 1)"}, want: persistence.ErrNewerFormat,
			sentence: "the tables have format 9, and this version of Understudy reads up to 1; use a newer version"},
		{name: "no schema", sentence: "has no schema of the search_path; create it"},
		{name: "no database", missing: "/nothing?", sentence: `database "nothing" at /`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url := database.URL("nothing")
			if test.statements != nil {
				schema := database.NewSchema(t)
				url = database.URL(schema)
				database.Exec(t, schema, test.statements...)
			}
			if test.missing != "" {
				url = strings.Replace(url, "/postgres?", test.missing, 1)
			}
			_, err := pgstore.Open(t.Context(), pgstore.Options{URL: url, Patience: patient})
			if err == nil || !strings.Contains(err.Error(), test.sentence) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Open = %v, want a sentence with %q", err, test.sentence)
			}
			if test.want != nil {
				wantError(t, err, test.want)
			}
		})
	}
}

// TestOpenAtOnce lets servers make the tables at the same time.
func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	url := testkit.Postgres(t)
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			s, err := pgstore.Open(t.Context(), pgstore.Options{URL: url, Patience: patient})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			add(t, s, 1)
		})
	}
	group.Wait()
	s := open(t, url)
	defer s.Close()
	wantNumber(t, s, 6)
}

// TestPasswordIsNowhere opens URLs that are wrong in many ways. No error has the password.
func TestPasswordIsNowhere(t *testing.T) {
	t.Parallel()
	const password = "s3cr3t-Pa55"
	for _, url := range []string{
		"postgres://me:" + password + "@127.0.0.1:1/db",
		"postgres://me:" + password + "@nowhere.invalid/db",
		"postgres://me:" + password + "@127.0.0.1:port/db",
		"postgres://me:" + password + "@[::1/db",
		"postgres://me:" + password + " @127.0.0.1/db",
		"postgres://me@127.0.0.1:1/db?password=" + password,
		"postgres://me@127.0.0.1:1/db?sslmode=" + password,
		"host=127.0.0.1 port=1 user=me password=" + password,
		"host=127.0.0.1 port=x password='" + password,
		"mysql://me:" + password + "@127.0.0.1/db",
		password,
	} {
		_, err := pgstore.Open(t.Context(), pgstore.Options{URL: url, Patience: impatient})
		if err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("Open(%q) = %v", url, err)
		}
		where, err := pgstore.Where(url)
		if strings.Contains(where, password) || err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("Where(%q) = %q, %v", url, where, err)
		}
	}
}
