package management_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/server"
)

// newServer makes a server with all features on.
func newServer(t *testing.T, change ...func(*server.Options)) *server.Server {
	t.Helper()
	o := server.Options{Store: memstore.New(), IdentityProvider: true}
	for _, c := range change {
		c(&o)
	}
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends a request to a handler as a program does, with a body of JSON if there
// is one; headers are "Name: value".
func ask(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:4260"+target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		if name == "Host" {
			r.Host = value
		} else {
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// refusal returns the sentence of an answer that must be a Fault.
func refusal(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var f management.Fault
	if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || f.Text == "" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("not a refusal: %d %s %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	return f.Text
}

// target returns the path of a route with a value for each variable.
func target(r management.Route) string {
	return r.URL(nil, "x", "y")
}

// No path answers a foreign web page, whatever the request is, and whether or not the
// route exists.
func TestNoRouteAnswersPages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	requests := map[string][2]string{
		"a path that is not there":   {http.MethodGet, "/_understudy/nothing"},
		"a method that is not there": {http.MethodDelete, "/_understudy/health"},
	}
	for _, r := range management.Routes() {
		requests[r.Name] = [2]string{r.Method, target(r)}
	}
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, header := range []string{
				"Host: evil.example:4260", "Host: localhost@evil.example", "Origin: https://evil.example", "Origin: null",
				"Sec-Fetch-Site: cross-site",
			} {
				w := ask(s, request[0], request[1], "", header)
				if text := refusal(t, w); w.Code != http.StatusForbidden ||
					!strings.Contains(text, "web page") && !strings.Contains(text, "Host header") {
					t.Errorf("%s: %d %s", header, w.Code, w.Body)
				}
			}
		})
	}
}

// Requests of pages have changed nothing.
func TestPagesChangeNothing(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, header := range []string{"Host: evil.example", "Origin: https://evil.example", "Sec-Fetch-Site: cross-site"} {
		ask(s, http.MethodPut, "/_understudy/enforcement", `{"mode":"off"}`, header)
		ask(s, http.MethodPost, "/_understudy/clock", `{"advance":"1h"}`, header)
		ask(s, http.MethodPost, "/_understudy/snapshot", "", header)
		ask(s, http.MethodPost, "/_understudy/faults", `{"kind":"drop"}`, header)
	}
	for path, want := range map[string]string{
		"enforcement": `{"mode":"on"}`, "snapshots": `{"snapshots":[]}`, "faults": `{"faults":[]}`, "clock": `"offset":"0s"`,
	} {
		if w := ask(s, http.MethodGet, "/_understudy/"+path, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// The names by which compose files, container networks and AWS's clients call the server.
func TestHosts(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *server.Options) { o.AllowHosts = []string{"iam.example.com"} })
	loopback, bridge := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4260}, &net.TCPAddr{IP: net.IPv4(172, 18, 0, 2), Port: 4260}
	for name, c := range map[string]struct {
		host   string
		local  net.Addr
		status int
	}{
		"this machine":                           {"localhost:4260", loopback, 200},
		"the address of compose.yaml":            {"understudy:4260", bridge, 200},
		"the same name on the loopback":          {"understudy:4260", loopback, 403},
		"an alias in a network":                  {"sts.local-alias", bridge, 403},
		"an alias without a dot":                 {"iam", bridge, 200},
		"AWS's endpoint":                         {"sts.us-east-1.amazonaws.com", loopback, 200},
		"a name that the user allows":            {"iam.example.com", loopback, 200},
		"a published port":                       {"127.0.0.1:4260", bridge, 200},
		"a name that leads here":                 {"evil.example:4260", bridge, 403},
		"a machine as containers see it":         {"host.docker.internal:4260", bridge, 200},
		"a service in Kubernetes":                {"iam.dev.svc.cluster.local:4260", bridge, 200},
		"a service in Kubernetes, from the node": {"iam.dev.svc.cluster.local:4260", loopback, 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/_understudy/health", nil)
			r.Host = c.host
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, c.local)))
			if w.Code != c.status {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestAllowHostsAreChecked(t *testing.T) {
	t.Parallel()
	_, err := server.New(server.Options{Store: memstore.New(), AllowHosts: []string{"http://iam.example.com"}})
	if err == nil || !strings.Contains(err.Error(), `"http://iam.example.com" is not a host name`) {
		t.Errorf("%v", err)
	}
}

func TestWrongPathsAndMethods(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, c := range map[string]struct {
		method, path string
		status       int
		allow, want  string
	}{
		"no such path":                 {"GET", "nothing", 404, "", "there is no management route GET /_understudy/nothing"},
		"the root":                     {"GET", "", 404, "", "there is no management route"},
		"a path below a route":         {"GET", "health/x", 404, "", "there is no management route"},
		"a slash at the end":           {"GET", "health/", 404, "", "there is no management route"},
		"two slashes":                  {"GET", "/health", 404, "", "there is no management route"},
		"dots":                         {"GET", "x/../health", 404, "", "there is no management route"},
		"no variable":                  {"DELETE", "faults/", 404, "", "there is no management route"},
		"another method":               {"POST", "health", 405, "GET, HEAD", "the path has GET, HEAD"},
		"a method of a path with more": {"PUT", "faults", 405, "DELETE, GET, HEAD, POST", "the path has DELETE"},
		"a method that is not HTTP's":  {"BREW", "clock", 405, "GET, HEAD, POST", "no management route BREW"},
		"preflight of a page":          {"OPTIONS", "reset", 405, "POST", "the path has POST"},
		"of a path that is a variable": {"DELETE", "decisions/x", 405, "GET, HEAD", "the path has"},
		"of the identity provider":     {"DELETE", "idp/token", 405, "POST", "the path has"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := ask(s, c.method, management.Path+c.path, "")
			if text := refusal(t, w); w.Code != c.status || w.Header().Get("Allow") != c.allow || !strings.Contains(text, c.want) {
				t.Errorf("%d, Allow %q: %s", w.Code, w.Header().Get("Allow"), w.Body)
			}
		})
	}
}

// Routes with GET answer HEAD too.
func TestHead(t *testing.T) {
	t.Parallel()
	if w := ask(newServer(t), http.MethodHead, "/_understudy/health", ""); w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
}

// A stream does not end, so a HEAD request for it must not keep the connection.
func TestHeadOfAStream(t *testing.T) {
	t.Parallel()
	w := ask(newServer(t), http.MethodHead, "/_understudy/decisions/stream", "")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/event-stream" || w.Body.Len() != 0 {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
}

// Variables of a path may have characters that a path may not.
func TestVariablesAreDecoded(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for path, want := range map[string]string{
		"faults/a%2Fb%20c": `there is no fault "a/b c"`, "snapshots/a%2fb": "there is no snapshot a/b",
		"snapshots/100%25": "there is no snapshot 100%",
	} {
		w := ask(s, http.MethodDelete, management.Path+path, "")
		if text := refusal(t, w); w.Code != http.StatusNotFound || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", path, w.Code, text)
		}
	}
	w := ask(s, http.MethodGet, management.Path+"idp/issuers/id.example.com%2Fteam/.well-known/openid-configuration", "")
	if !strings.Contains(w.Body.String(), `"issuer":"https://id.example.com/team"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, c := range map[string]struct{ kind, body, want string }{
		"no content type":       {"", `{"mode":"on"}`, "the body must be application/json"},
		"one that pages send":   {"text/plain", `{"mode":"on"}`, "the body must be application/json"},
		"one that is damaged":   {"application/json; x", `{"mode":"on"}`, "the body must be application/json"},
		"an unknown member":     {"application/json", `{"mod":"on"}`, `unknown field "mod"`},
		"no JSON":               {"application/json", `{`, "unexpected EOF"},
		"nothing":               {"application/json", ``, "EOF"},
		"too much":              {"application/json", `{"mode":"` + strings.Repeat("x", 1<<20) + `"}`, "too large"},
		"what cannot be":        {"application/json", `{"mode":"maybe"}`, `"maybe" is none of on, log, off`},
		"a type of another one": {"application/json", `{"mode":1}`, "cannot unmarshal number"},
		"two values":            {"application/json", `{"mode":"on"} {"mode":"off"}`, "the body has something after its JSON value"},
		"junk behind the value": {"application/json", `{"mode":"on"}}`, "the body has something after its JSON value"},
		"what is not UTF-8":     {"application/json", "{\"mode\":\"on\xff\"}", "the body is not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPut, "http://127.0.0.1:4260/_understudy/enforcement", strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.kind)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if text := refusal(t, w); w.Code != http.StatusBadRequest || !strings.Contains(text, c.want) {
				t.Errorf("%d %s", w.Code, text)
			}
		})
	}
}

// A client that does not say how long its body is may send an empty one.
func TestOptionalBodies(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"none":    {"", http.StatusOK},
		"a value": {`{"seeds":false}`, http.StatusOK},
		"junk":    {`{"seeds":false}]`, http.StatusBadRequest},
		"a blank": {" ", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4260/_understudy/reset", io.NopCloser(strings.NewReader(c.body)))
			if r.ContentLength >= 0 {
				t.Fatalf("the length is known: %d", r.ContentLength)
			}
			if c.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%d %s; want %d", w.Code, w.Body, c.want)
			}
		})
	}
}

// Routes of features that are off say which flag turns them on.
func TestWhatIsOff(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *server.Options) { o.Events, o.IdentityProvider = -1, false })
	for _, r := range management.Routes() {
		want := map[management.Guard]string{management.KeepsDecisions: "--events N", management.IdentityProvider: "--idp"}[r.Guard]
		if want == "" {
			continue
		}
		w := ask(s, r.Method, target(r), "")
		if text := refusal(t, w); w.Code != http.StatusNotFound || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", r.Name, w.Code, w.Body)
		}
	}
}

// A client that goes away causes no error in the server, and changes nothing.
func TestAClientThatHasGone(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newServer(t, func(o *server.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))
	})
	ctx, leave := context.WithCancel(t.Context())
	leave()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1/_understudy/snapshot", nil))
	if w.Code != http.StatusServiceUnavailable || log.Len() > 0 {
		t.Errorf("%d %s, log %q", w.Code, w.Body, &log)
	}
}

// An error that is not the client's is logged but not shown.
func TestInternalErrors(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	var log bytes.Buffer
	s := newServer(t, func(o *server.Options) { o.Store, o.Logger = store, slog.New(slog.NewTextHandler(&log, nil)) })
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	w := ask(s, http.MethodPost, "/_understudy/snapshot", "")
	if text := refusal(t, w); w.Code != http.StatusInternalServerError || text != "an internal error" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "path=/_understudy/snapshot") {
		t.Errorf("log %s", &log)
	}
}

// The fault of a seed has a place; other faults have none.
func TestFaultBodies(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var got map[string]any
	w := ask(s, http.MethodPost, "/_understudy/seed", `{"accounts":[{"id":"none"}]}`)
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusBadRequest || got["file"] != "seed" ||
		got["line"] != 1.0 || got["reason"] == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = ask(s, http.MethodPost, "/_understudy/security-keys", `{"userName":"nobody","name":"k"}`)
	var f management.Fault
	if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Code != http.StatusBadRequest || f.Code != "NoSuchEntity" ||
		f.SeedPlace != nil {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
