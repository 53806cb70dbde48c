package management_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
)

// scripted is a Backend that gives the answers of a test.
type scripted struct {
	management.Backend // nil: no other method is called
	export             func(io.Writer) error
	listed             []*decisions.Record
}

func (s *scripted) Export(_ context.Context, w io.Writer, _ *management.Export) error {
	return s.export(w)
}

func (s *scripted) KeepsDecisions() bool { return true }

func (s *scripted) Clock() management.Clock { return management.Clock{} }

func (s *scripted) ListDecisions(*events.Filter, int) iter.Seq[*decisions.Record] {
	return func(yield func(*decisions.Record) bool) {
		for _, r := range s.listed {
			if !yield(r) {
				return
			}
		}
	}
}

// get asks a server with the backend for a path.
func (s *scripted) get(t *testing.T, path string) (status int, body string, err error) {
	t.Helper()
	h, err := management.NewHandler(management.Options{Backend: s})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	answer, err := testkit.HTTP.Get(srv.URL + management.Path + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

// The answer to an export that fails is an error or, if it has begun, an incomplete
// answer: nobody takes a part for the whole.
func TestExportsThatFail(t *testing.T) {
	t.Parallel()
	failed := errors.New("the disk is gone")
	s := &scripted{export: func(w io.Writer) error { _, _ = io.WriteString(w, "accounts:\n"); return failed }}
	if status, body, err := s.get(t, "export"); status != http.StatusInternalServerError || err != nil ||
		!strings.Contains(body, "an internal error") {
		t.Errorf("%d %s, %v", status, body, err)
	}
	s.export = func(w io.Writer) error {
		for range 1000 {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<10)); err != nil {
				t.Error(err)
			}
		}
		return failed
	}
	if status, _, err := s.get(t, "export"); status != http.StatusOK || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d, %v; want an answer that breaks off", status, err)
	}
}

// A long export arrives while it is written, and a short one arrives too.
func TestExportsOfAnyLength(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 1 << 20} {
		text := strings.Repeat("x", n)
		s := &scripted{export: func(w io.Writer) error { _, err := io.Copy(w, strings.NewReader(text)); return err }}
		if status, body, err := s.get(t, "export"); status != http.StatusOK || body != text || err != nil {
			t.Errorf("%d bytes: %d, %d bytes, %v", n, status, len(body), err)
		}
	}
}

// A list of decisions is bounded in bytes too, says if it was truncated, and has at least
// one decision.
func TestLongListsOfDecisions(t *testing.T) {
	t.Parallel()
	record := func(megabytes int) *decisions.Record {
		return &decisions.Record{RequestID: "r", UserAgent: strings.Repeat("x", megabytes<<20)}
	}
	for name, c := range map[string]struct {
		listed    []*decisions.Record
		want      int
		truncated bool
	}{
		"none":             {nil, 0, false},
		"short ones":       {[]*decisions.Record{record(0), record(1), record(2)}, 3, false},
		"long ones":        {[]*decisions.Record{record(7), record(7), record(7), record(0)}, 2, true},
		"one, too long":    {[]*decisions.Record{record(17)}, 1, false},
		"a long one first": {[]*decisions.Record{record(17), record(0)}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body, err := (&scripted{listed: c.listed}).get(t, "decisions")
			var got management.DecisionList
			if err == nil {
				err = json.Unmarshal([]byte(body), &got)
			}
			if err != nil || status != http.StatusOK || len(got.Decisions) != c.want || got.Truncated != c.truncated ||
				got.Decisions == nil {
				t.Errorf("%d, %d decisions, truncated %v, %v", status, len(got.Decisions), got.Truncated, err)
			}
		})
	}
}
