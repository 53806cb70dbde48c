package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/server"
)

func newServer(t *testing.T, o server.Options) *server.Server {
	t.Helper()
	o.Store = memstore.New()
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newClient(t *testing.T, o client.Options) *client.Client {
	t.Helper()
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// clients are a client within the process and one over the network, each for its own
// server.
func clients(t *testing.T, test func(*testing.T, *client.Client)) {
	t.Helper()
	clientsOf(t, server.Options{}, test)
}

// clientsOf are clients of servers with these options.
func clientsOf(t *testing.T, o server.Options, test func(*testing.T, *client.Client)) {
	t.Helper()
	t.Run("within the process", func(t *testing.T) {
		t.Parallel()
		test(t, newClient(t, client.Options{URL: "http://localhost", Transport: client.Within(newServer(t, o))}))
	})
	t.Run("over the network", func(t *testing.T) {
		t.Parallel()
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		s := newServer(t, o)
		go func() { done <- s.Serve(ctx, ln) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
		transport := &http.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		test(t, newClient(t, client.Options{URL: "http://" + ln.Addr().String() + "/", Transport: transport}))
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	// The real time stands still, since otherwise a frozen clock would fall behind it.
	began := time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)
	clientsOf(t, server.Options{Now: func() time.Time { return began }}, func(t *testing.T, c *client.Client) {
		ctx := t.Context()
		if h, err := c.Health(ctx); err != nil || h.Status != "ok" || h.Account != server.DefaultAccount || h.Enforcement != "on" {
			t.Errorf("health %+v, %v", h, err)
		}
		if err := c.SetEnforcement(ctx, "log"); err != nil {
			t.Error(err)
		}
		if mode, err := c.Enforcement(ctx); err != nil || mode != "log" {
			t.Errorf("enforcement %s, %v", mode, err)
		}
		wantFault(t, c.SetEnforcement(ctx, "maybe"), http.StatusBadRequest, `"maybe" is none of on, log, off`)
		frozen := true
		want := &management.Clock{Now: began.Add(2 * time.Hour), Real: began, Offset: "2h0m0s", Frozen: true}
		moved, err := c.MoveClock(ctx, &management.ClockChange{Advance: "2h", Frozen: &frozen})
		if diff := cmp.Diff(want, moved); err != nil || diff != "" {
			t.Errorf("%v (-want +moved): %s", err, diff)
		}
		shown, err := c.Clock(ctx)
		if diff := cmp.Diff(want, shown); err != nil || diff != "" {
			t.Errorf("%v (-want +shown): %s", err, diff)
		}
	})
}

func wantFault(t *testing.T, err error, status int, text string) {
	t.Helper()
	var f *management.Fault
	if !errors.As(err, &f) || f.Status != status || !strings.Contains(f.Text, text) {
		t.Errorf("%v; want status %d and %q", err, status, text)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		ctx := t.Context()
		for _, id := range []string{"a", "b"} {
			added, err := c.AddFault(ctx, faults.Rule{ID: id, Kind: faults.Throttle, Operation: "iam:Create*"})
			if err != nil || added.Rule.ID != id {
				t.Errorf("%+v, %v", added, err)
			}
		}
		if err := c.RemoveFault(ctx, "a"); err != nil {
			t.Error(err)
		}
		if list, err := c.Faults(ctx); err != nil || len(list) != 1 || list[0].Rule.ID != "b" {
			t.Errorf("%+v, %v", list, err)
		}
		wantFault(t, c.RemoveFault(ctx, "a/b"), http.StatusNotFound, `there is no fault "a/b"`)
		if err := c.ClearFaults(ctx); err != nil {
			t.Error(err)
		}
		if list, err := c.Faults(ctx); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestState(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		ctx := t.Context()
		sent := &management.Seed{Name: "a.yaml", Text: []byte("accounts: [{id: '000000000000', users: [{name: ann}]}]")}
		for _, step := range []struct {
			dry     bool
			summary string
		}{{true, "made 1 account and 1 user"}, {false, "made 1 account and 1 user"}, {true, "nothing has changed"}} {
			sent.Dry = step.dry
			o, err := c.ImportSeed(ctx, sent)
			if err != nil || len(o.Warnings) != 0 || o.Summary != step.summary ||
				strings.Contains(o.Diff, "name: ann") != (step.dry && step.summary != "nothing has changed") {
				t.Errorf("dry %v: %+v, %v; want %s", step.dry, o, err, step.summary)
			}
		}
		taken, err := c.TakeSnapshot(ctx)
		if err != nil || taken.ID == "" || taken.Bytes == 0 {
			t.Fatalf("%+v, %v", taken, err)
		}
		has := func(want bool) {
			t.Helper()
			body, err := c.Export(ctx, &management.Export{Accounts: []string{"000000000000"}, Secrets: true})
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			text, err := io.ReadAll(body)
			if err != nil || strings.Contains(string(text), "name: ann") != want {
				t.Errorf("export %s, %v; want ann in it: %v", text, err, want)
			}
		}
		has(true)
		if files, err := c.Reset(ctx, true); err != nil || len(files) != 0 {
			t.Errorf("%v, %v", files, err)
		}
		has(false)
		if restored, err := c.Restore(ctx, taken.ID); err != nil || *restored != *taken {
			t.Errorf("%+v, %v", restored, err)
		}
		has(true)
		if list, err := c.Snapshots(ctx); err != nil || len(list) != 1 || list[0] != *taken {
			t.Errorf("%+v, %v", list, err)
		}
		if err := c.DeleteSnapshot(ctx, taken.ID); err != nil {
			t.Error(err)
		}
		_, err = c.Restore(ctx, taken.ID)
		wantFault(t, err, http.StatusNotFound, "there is no snapshot "+taken.ID)
	})
}

func TestSeedFaultsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		_, err := c.ImportSeed(t.Context(), &management.Seed{Name: "a.yaml", Text: []byte("accounts:\n- id: none\n")})
		var f *management.Fault
		if !errors.As(err, &f) || f.SeedPlace == nil || f.File != "a.yaml" || f.Line != 2 || f.Reason == "" {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

func TestConsoles(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		ctx := t.Context()
		serial, err := c.RegisterSecurityKey(ctx, &management.SecurityKey{Name: "yubi", Certifications: map[string]string{"FIDO": "L2"}})
		if err != nil || !strings.HasPrefix(serial, "arn:aws:iam::000000000000:u2f/") {
			t.Errorf("%s, %v", serial, err)
		}
		arn, err := c.RegisterDelegationTemplate(ctx, &management.DelegationTemplate{
			Requestor: "111122223333", Name: "reading",
			Policy: json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]}`),
		})
		if err != nil || !strings.Contains(arn, "reading") {
			t.Errorf("%s, %v", arn, err)
		}
		_, err = c.DelegationNotifications(ctx, "none")
		var f *management.Fault
		if !errors.As(err, &f) || f.Code == "" {
			t.Errorf("%v; want an error of AWS", err)
		}
	})
}

// scripted is a server that gives the same answer to every request.
func scripted(t *testing.T, status int, body string) *client.Client {
	t.Helper()
	return newClient(t, client.Options{URL: "http://localhost",
		Transport: client.Within(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))})
}

func TestStreamsOfOddServers(t *testing.T) {
	t.Parallel()
	const begin = ": decisions follow\n\n"
	for name, c := range map[string]struct {
		body  string
		lost  int
		fails error
	}{
		"that end at once":      {begin, 0, io.EOF},
		"that lost some":        {begin + ": alive\n\nevent: lost\ndata: 7\n\n", 7, nil},
		"that lost no number":   {begin + "event: lost\ndata: many\n\n", 0, client.ErrForeign},
		"that send no record":   {begin + "event: decision\ndata: {\n\n", 0, client.ErrForeign},
		"with a line too long":  {begin + "data: " + strings.Repeat("x", 17<<20), 0, client.ErrNoServer},
		"with events of others": {begin + "event: other\ndata: x\n\n", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream, err := scripted(t, http.StatusOK, c.body).FollowDecisions(t.Context(), &management.CallQuery{})
			if err != nil {
				t.Fatal(err)
			}
			defer stream.Close()
			e, err := stream.Next()
			if !errors.Is(err, c.fails) || err == nil && (e.Lost != c.lost || e.Item != nil) {
				t.Errorf("%+v, %v", e, err)
			}
		})
	}
	if _, err := scripted(t, http.StatusOK, "<html>").FollowDecisions(t.Context(), &management.CallQuery{}); !errors.Is(err,
		client.ErrForeign) {
		t.Errorf("%v", err)
	}
}

func TestForeignAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"a page":                      {http.StatusOK, "<html>"},
		"an answer that broke off":    {http.StatusOK, `{"status":`},
		"JSON of another kind":        {http.StatusOK, `["ok"]`},
		"a refusal of somebody else":  {http.StatusNotFound, "<html>"},
		"a refusal without a reason":  {http.StatusNotFound, `{"message":"no"}`},
		"an error of somebody else's": {http.StatusBadGateway, `{"error":{"reason":"no"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if h, err := scripted(t, c.status, c.body).Health(t.Context()); !errors.Is(err, client.ErrForeign) {
				t.Errorf("%+v, %v", h, err)
			}
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	const url = "http://127.0.0.1:1" // the system may have given the freed port to another test
	if _, err := newClient(t, client.Options{URL: url}).Health(t.Context()); !errors.Is(err, client.ErrNoServer) ||
		!strings.Contains(err.Error(), url) {
		t.Errorf("%v", err)
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"http://127.0.0.1:4260": true, "https://iam.example.com/": true, "": false, "127.0.0.1:4260": false, "ftp://x": false,
		"http://": false, "http://[": false,
	} {
		if _, err := client.New(client.Options{URL: url}); (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// With Raw a caller gets the JSON as the server sent it.
func TestRaw(t *testing.T) {
	t.Parallel()
	var raw []byte
	c := newClient(t, client.Options{
		URL: "http://localhost", Raw: func(m json.RawMessage) { raw = m },
		Transport: client.Within(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"status":"ok", "new":1}`+"\n")
		})),
	})
	if _, err := c.Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"status":"ok", "new":1}`, string(raw)); diff != "" {
		t.Error(diff)
	}
}
