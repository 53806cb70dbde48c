package server

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/persistence/memstore"
)

// A panic outside of AWS's calls ends the connection, and is logged as an error with
// the place where it happened. One that closes the connection on purpose is not.
func TestPanicsAreLogged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value  any
		logged bool
	}{
		"a mistake of ours":      {"index out of range", true},
		"a connection is closed": {http.ErrAbortHandler, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			s, err := New(Options{
				Store: memstore.New(), Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError})),
			})
			if err != nil {
				t.Fatal(err)
			}
			panics := s.logged(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panicHere(c.value) }))
			if v := served(panics); v != http.ErrAbortHandler {
				t.Errorf("net/http gets the panic %v", v)
			}
			if got := strings.Contains(log.String(), "panicHere") && strings.Contains(log.String(), "level=ERROR"); got != c.logged {
				t.Errorf("the log has %q", &log)
			}
			if strings.Contains(log.String(), "secret") {
				t.Errorf("the log has the query: %q", &log)
			}
		})
	}
}

func panicHere(v any) { panic(v) }

// served is the value that a handler panics with.
func served(h http.Handler) (v any) {
	defer func() { v = recover() }()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4260/_understudy/health?q=secret", nil))
	return nil
}
