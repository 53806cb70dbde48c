package server

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

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

// A body for which there is no room is refused by whoever would have read it, in
// the form of their answers.
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
		answer, err := http.Post(url+path, c.contentType, bytes.NewReader(bytes.Repeat([]byte(" "), 1000)))
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
