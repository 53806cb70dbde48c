package pgstore

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

// TestAway has a database that goes away for longer than calls wait, and comes back. The log
// says each once.
func TestAway(t *testing.T) {
	t.Parallel()
	database := testkit.NewPostgres(t)
	var log bytes.Buffer
	s, err := open(t.Context(), Options{URL: database.Schema(t), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	database.Stop(t)
	s.patience = time.Millisecond
	nothing := func(persistence.Tx) error {
		t.Error("a transaction ran")
		return nil
	}
	for range 2 {
		for _, err := range []error{s.View(t.Context(), nothing), s.Update(t.Context(), nothing)} {
			if !errors.Is(err, persistence.ErrAway) {
				t.Errorf("the error is %v, want ErrAway", err)
			}
		}
	}
	database.Start(t)
	s.patience = 5 * time.Minute // longer is a hang
	if err := s.View(t.Context(), func(persistence.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
	for _, line := range []string{"the database does not answer;", "the database answers again"} {
		if strings.Count(log.String(), line) != 1 {
			t.Errorf("the log does not say %q once:\n%s", line, log.String())
		}
	}
}
