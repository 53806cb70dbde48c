package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// listening starts a server with the options, and returns its URL.
func listening(t *testing.T, o Options) (*Server, string) {
	t.Helper()
	o.Store = memstore.New()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-end; err != nil {
			t.Error(err)
		}
	})
	return s, "http://" + ln.Addr().String()
}

// A body for which there is no room is refused by the handler that would have read it, in
// the form of its answers.
func TestNoRoomForABody(t *testing.T) {
	t.Parallel()
	_, url := listening(t, Options{IdentityProvider: true, Limits: Limits{BodyMemory: 100}})
	const sentence = `{"error":"the bodies of requests take as much memory as they may; send the request again, or start the server with a greater --max-body-memory"`
	for path, c := range map[string]struct{ contentType, want string }{
		"/":                           {"application/x-www-form-urlencoded", "<Code>ServiceUnavailable</Code>"},
		"/_understudy/faults":         {"application/json", sentence},
		"/_understudy/seed":           {"application/yaml", sentence},
		"/_understudy/idp/token":      {"application/json", sentence},
		"/_understudy/idp/token?form": {"application/x-www-form-urlencoded", sentence},
	} {
		answer, err := testkit.HTTP.Post(url+path, c.contentType, bytes.NewReader(bytes.Repeat([]byte(" "), 1000)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(text), c.want) {
			t.Errorf("%s: answered %d %s, %v", path, answer.StatusCode, text, err)
		}
	}
}

// ask sends a request of a program.
func ask(s *Server, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:4260"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func newLimited(t *testing.T, l Limits) *Server {
	t.Helper()
	s, err := New(Options{Store: memstore.New(), Limits: l})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSnapshotsAreBounded(t *testing.T) {
	t.Parallel()
	const route = "/_understudy/snapshot"
	s := newLimited(t, Limits{Snapshots: 2})
	for range 2 {
		if w := ask(s, http.MethodPost, route, ""); w.Code != http.StatusCreated {
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
	}
	if w := ask(s, http.MethodPost, route, ""); w.Code != http.StatusConflict ||
		!strings.Contains(w.Body.String(), "there are 2 snapshots already") || !strings.Contains(w.Body.String(), "--max-snapshots") {
		t.Errorf("one too many: %d %s", w.Code, w.Body)
	}
	s = newLimited(t, Limits{SnapshotMemory: 1000})
	if w := ask(s, http.MethodPost, route, ""); w.Code != http.StatusCreated {
		t.Errorf("a small state: %d %s", w.Code, w.Body)
	}
	s.ServeHTTP(httptest.NewRecorder(), signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", "ana", "Path",
		"/"+strings.Repeat("x", 500)+"/"))
	s.ServeHTTP(httptest.NewRecorder(), signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", "bob", "Path",
		"/"+strings.Repeat("x", 500)+"/"))
	if w := ask(s, http.MethodPost, route, ""); w.Code != http.StatusConflict ||
		!strings.Contains(w.Body.String(), "--max-snapshot-memory") {
		t.Errorf("a state that is too large: %d %s", w.Code, w.Body)
	}
	if list := (backend{s}).Snapshots(); len(list) != 1 {
		t.Errorf("the snapshots are %+v", list)
	}
}

func TestFollowersAreBounded(t *testing.T) {
	t.Parallel()
	s := newLimited(t, Limits{Followers: 2})
	b := backend{s}
	first, err1 := b.FollowDecisions(&events.Filter{})
	_, err2 := b.FollowDecisions(&events.Filter{})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	w := ask(s, http.MethodGet, "/_understudy/decisions/stream", "")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "2 clients follow the server already") ||
		!strings.Contains(w.Body.String(), "--max-followers") ||
		w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("one too many: %d %s", w.Code, w.Body)
	}
	first.Stop()
	if _, err := b.FollowDecisions(&events.Filter{}); err != nil {
		t.Errorf("when one has stopped: %v", err)
	}
}

// Accounts are made at their first use up to the limit, and again when there is room.
// Existing accounts are not affected.
func TestAccountsAreBounded(t *testing.T) {
	t.Parallel()
	s := newLimited(t, Limits{Accounts: 3})
	call := func(account string) (int, string) {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, signedForm(t, aws.Credentials{AccessKeyID: account, SecretAccessKey: "test"}, "sts", "Action", "GetCallerIdentity"))
		return w.Code, w.Body.String()
	}
	for range 2 {
		for _, account := range []string{"111111111111", "222222222222", "333333333333"} {
			if status, text := call(account); status != http.StatusOK {
				t.Errorf("%s: %d %s", account, status, text)
			}
		}
		for range 2 {
			if status, text := call("444444444444"); status != http.StatusConflict ||
				!strings.Contains(text, "<Code>LimitExceeded</Code>") || !strings.Contains(text, "--max-accounts") {
				t.Errorf("one too many: %d %s", status, text)
			}
		}
	}
	if w := ask(s, http.MethodPost, "/_understudy/reset", ""); w.Code != http.StatusOK {
		t.Fatalf("reset: %d %s", w.Code, w.Body)
	}
	if status, text := call("444444444444"); status != http.StatusOK {
		t.Errorf("when there is room again: %d %s", status, text)
	}
}
