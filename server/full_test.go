package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// fullStore has no room once it is full, and has logged it or not.
type fullStore struct {
	persistence.Store
	full   atomic.Bool
	logged bool
}

type fullError struct {
	error
	logged bool
}

func (e fullError) Unwrap() error { return e.error }
func (e fullError) Logged() bool  { return e.logged }

func (s *fullStore) Update(ctx context.Context, f func(persistence.Tx) error) error {
	if !s.full.Load() {
		return s.Store.Update(ctx, f)
	}
	return fullError{fmt.Errorf("%w, says the test", persistence.ErrFull), s.logged}
}

// A change that a store without room refuses is not an error in the log if the
// store has logged it. The end of such a server is not an error.
func TestStoreWithoutRoom(t *testing.T) {
	t.Parallel()
	for _, logged := range []bool{true, false} {
		t.Run(fmt.Sprint("logged ", logged), func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			store := &fullStore{Store: memstore.New(), logged: logged}
			s, err := New(Options{Store: store, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			if err != nil {
				t.Fatal(err)
			}
			s.ServeHTTP(httptest.NewRecorder(), signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", "ana"))
			store.full.Store(true)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", "eve"))
			if w.Code != 500 || !strings.Contains(w.Body.String(), "ServiceFailure") {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			want := map[bool]int{true: 0, false: 2}[logged] // the cause, and the request
			if got := strings.Count(log.String(), "level=ERROR"); got != want {
				t.Errorf("%d errors are logged, want %d:\n%s", got, want, &log)
			}
			wantEnd(t, s, &log)
		})
	}
}

// wantEnd checks that a server ends without an error, and warns once.
func wantEnd(t *testing.T, s *Server, log *bytes.Buffer) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := s.Serve(ctx, ln); err != nil {
		t.Errorf("Serve = %v, want nil; no room: %t", err, errors.Is(err, persistence.ErrFull))
	}
	if got := strings.Count(log.String(), "level=WARN"); got != 1 {
		t.Errorf("%d warnings are logged, want 1:\n%s", got, log)
	}
}
