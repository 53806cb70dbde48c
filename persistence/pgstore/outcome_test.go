package pgstore_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/pgstore"
)

// TestLostConnections loses the connection in the midst of commits. Each step is made once,
// whether the commit had happened or not.
func TestLostConnections(t *testing.T) {
	t.Parallel()
	s, cutter, direct := openCut(t)
	other := open(t, direct)
	defer other.Close()
	const each = 10
	want := 0
	for range each {
		for _, cut := range []testkit.Cut{testkit.CutRequest, testkit.CutAnswer, testkit.CutNothing} {
			cutter.Next(cut)
			add(t, s, 1)
			want++
			wantNumber(t, other, want)
			wantNumber(t, s, want)
		}
	}
	if cutter.Cuts() != 2*each {
		t.Errorf("%d commits were cut, want %d", cutter.Cuts(), 2*each)
	}
}

// TestLateCommit lets the database get a commit only after it was asked whether it had
// happened, and after the Update was made again.
func TestLateCommit(t *testing.T) {
	t.Parallel()
	s, cutter, _ := openCut(t)
	for want := 1; want <= 5; want++ {
		cutter.Next(testkit.CutLate)
		add(t, s, 1)
		cutter.Deliver()
		wantNumber(t, s, want)
	}
}

// TestLateCommitOfNothing lets the database get a commit after the Update has failed: it must
// not happen then.
func TestLateCommitOfNothing(t *testing.T) {
	t.Parallel()
	s, cutter, _ := openCut(t)
	cutter.Next(testkit.CutLate)
	runs, second := 0, errors.New("the second run fails")
	err := s.Update(t.Context(), func(tx persistence.Tx) error {
		if runs++; runs == 2 {
			return second
		}
		return increase(tx, 1)
	})
	wantError(t, err, second)
	cutter.Deliver()
	wantNumber(t, s, 0)
}

// TestLostReads cuts all connections while a View reads and an Update runs.
func TestLostReads(t *testing.T) {
	t.Parallel()
	s, cutter, _ := openCut(t)
	add(t, s, 1)
	err := s.View(t.Context(), func(tx persistence.Tx) error {
		cutter.CutAll()
		_, err := tx.Get([]byte("n"))
		return err
	})
	wantError(t, err, persistence.ErrAway)
	wantNumber(t, s, 1) // over a new connection
	runs := 0
	err = s.Update(t.Context(), func(tx persistence.Tx) error {
		if runs++; runs == 1 {
			cutter.CutAll()
		}
		return increase(tx, 1)
	})
	if err != nil || runs != 2 {
		t.Errorf("Update = %v after %d runs, want 2", err, runs)
	}
	wantNumber(t, s, 2)
}

// TestRestart stops the database and starts it again while calls wait for it.
func TestRestart(t *testing.T) {
	t.Parallel()
	database := testkit.NewPostgres(t)
	s, err := pgstore.Open(t.Context(), pgstore.Options{URL: database.Schema(t), Patience: patient})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want := 0
	for _, stop := range []func(testing.TB){database.Stop, database.Kill} {
		add(t, s, 1)
		want++
		stop(t)
		done := make(chan error)
		go func() { done <- s.Update(t.Context(), func(tx persistence.Tx) error { return increase(tx, 1) }) }()
		want++
		database.Start(t)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		wantNumber(t, s, want)
	}
}

// openCut opens a store whose connections can be cut. It also returns the URL that
// leads to the database itself.
func openCut(t *testing.T) (s persistence.Store, c *testkit.Cutter, direct string) {
	t.Helper()
	database := testkit.SharedPostgres(t)
	c = database.NewCutter(t)
	schema := database.NewSchema(t)
	s = open(t, c.URL(schema))
	t.Cleanup(func() { s.Close() })
	return s, c, database.URL(schema)
}

func add(t testing.TB, s persistence.Store, n int) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx persistence.Tx) error { return increase(tx, n) }); err != nil {
		t.Fatal(err)
	}
}

func increase(tx persistence.Tx, by int) error {
	n, err := number(tx)
	if err != nil {
		return err
	}
	return tx.Put([]byte("n"), []byte(strconv.Itoa(n+by)))
}
