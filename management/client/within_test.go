package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/management/client"
)

// A client is not kept waiting by a handler that does not answer.
func TestWithinEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
		close(ended)
	})
	if _, err := newClient(t, client.Options{
		URL: "http://localhost", Transport: client.Within(h),
	}).Health(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	<-ended
}

// A panic of a handler ends the answer but not the process.
func TestWithinSurvivesAPanic(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":`)
		panic(http.ErrAbortHandler)
	})
	_, err := newClient(t, client.Options{URL: "http://localhost", Transport: client.Within(h)}).Health(t.Context())
	if !errors.Is(err, client.ErrForeign) || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("%v", err)
	}
}

// Within gives the handler the same request as a network would.
func TestWithinAsOverTheNetwork(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header()["x-seen-Raw"] = []string{"raw"} // AWS's names of headers are not canonical
		w.Header().Set("X-Seen", r.Method+" "+r.Host+" "+r.RequestURI+" {"+string(body)+"}")
		w.WriteHeader(http.StatusTeapot)
	})
	network := httptest.NewServer(h)
	defer network.Close()
	seen := func(transport http.RoundTripper, body io.Reader) string {
		r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, network.URL+"/a%2Fb?c=d", body))(t)
		answer := must(transport.RoundTrip(r))(t)
		defer answer.Body.Close()
		return answer.Header.Get("X-Seen") + answer.Header.Get("X-Seen-Raw") + http.StatusText(answer.StatusCode)
	}
	for _, body := range []string{"", "text"} {
		if diff := cmp.Diff(seen(network.Client().Transport, strings.NewReader(body)),
			seen(client.Within(h), strings.NewReader(body))); diff != "" {
			t.Errorf("(-network +within): %s", diff)
		}
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
