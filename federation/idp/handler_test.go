package idp_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/persistence"
)

// asked is a request and what is answered to it.
type asked struct {
	method, path, kind, body string
	status                   int
	want                     string // a part of the answer
}

func (a *asked) ask(t *testing.T, h http.Handler) {
	t.Helper()
	r := httptest.NewRequest(a.method, "http://iam.test:4260"+a.path, strings.NewReader(a.body))
	r.Header.Set("Content-Type", a.kind)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != a.status || !strings.Contains(w.Body.String(), a.want) {
		t.Errorf("%s %s: %d %s; want %d %s", a.method, a.path, w.Code, w.Body, a.status, a.want)
	}
}

const (
	jsonBody = "application/json"
	formBody = "application/x-www-form-urlencoded"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	h := idp.NewHandler(idp.HandlerOptions{Provider: newSAML(t), Path: "/a/idp/"})
	for name, c := range map[string]asked{
		"discovery": {
			method: "GET", path: "/a/idp/.well-known/openid-configuration", status: 200,
			want: `"token_endpoint":"http://iam.test:4260/a/idp/token"`,
		},
		"of another issuer": {method: "GET", path: "/a/idp/issuers/x.example%2Fy/.well-known/openid-configuration", status: 200,
			want: `"issuer":"https://x.example/y"`},
		"keys": {method: "GET", path: "/a/idp/jwks.json", status: 200, want: `"keys":[`},
		"a token": {method: "POST", path: "/a/idp/token", kind: jsonBody, body: `{"subject":"ana"}`, status: 200,
			want: `"token":"`},
		"for OAuth": {method: "POST", path: "/a/idp/token", kind: formBody, body: "grant_type=client_credentials&client_id=ana",
			status: 200, want: `"access_token":"`},
		"an assertion": {method: "POST", path: "/a/idp/saml/assertion", kind: jsonBody, body: `{"subject":"ana"}`, status: 200,
			want: `"samlResponse":"`},
		"metadata": {
			method: "GET", path: "/a/idp/saml/metadata", status: 200, want: `"http://iam.test:4260/a/idp/saml/assertion"`,
		},
		"no subject": {
			method: "POST", path: "/a/idp/token", kind: jsonBody, body: `{}`, status: 400, want: `{"error":"the token has no subject`,
		},
		"no role": {method: "POST", path: "/a/idp/saml/assertion", kind: jsonBody, body: `{"subject":"a","roles":[{}]}`,
			status: 400, want: `{"error":"a role comes with its provider`},
		"no URI": {
			method: "GET", path: "/a/idp/saml/metadata?issuer=x", status: 400, want: `{"error":"the issuer \"x\" is not a URI`,
		},
		"two values": {method: "POST", path: "/a/idp/token", kind: jsonBody, body: `{"subject":"ana"} {}`, status: 400,
			want: "the body has something after its JSON value"},
		"plain text": {method: "POST", path: "/a/idp/token", kind: "text/plain", body: `{"subject":"ana"}`, status: 400,
			want: "must be application/json"},
		"OAuth and no sense": {
			method: "POST", path: "/a/idp/token", kind: formBody, body: "grant_type=client_credentials&client_id=a&algorithm=none",
			status: 400, want: `{"error":"invalid_request","error_description":"there is no algorithm`,
		},
		"OAuth and no grant": {
			method: "POST", path: "/a/idp/token", kind: formBody, body: "client_id=a", status: 400,
			want: `"error_description":"grant_type is missing"`,
		},
		"OAuth and no form": {
			method: "POST", path: "/a/idp/token", kind: formBody, body: "%", status: 400, want: "the form cannot be read",
		},
		"another method":   {method: "DELETE", path: "/a/idp/token", status: 404, want: "no route DELETE /a/idp/token"},
		"outside its path": {method: "GET", path: "/jwks.json", status: 404, want: "no route GET /jwks.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.ask(t, h)
		})
	}
}

// brokenStore fails.
type brokenStore struct{ persistence.Store }

var errBroken = errors.New("the disk is gone")

func (brokenStore) View(context.Context, func(persistence.Tx) error) error   { return errBroken }
func (brokenStore) Update(context.Context, func(persistence.Tx) error) error { return errBroken }

// What goes wrong in the server is logged and not told.
func TestHandlerOfABrokenStore(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	p := idp.New(idp.Options{Store: brokenStore{}, Account: "000000000000"})
	h := idp.NewHandler(idp.HandlerOptions{Provider: p, Path: "/", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for _, a := range []asked{
		{method: "GET", path: "/jwks.json"},
		{method: "POST", path: "/token", kind: jsonBody, body: `{"subject":"ana"}`},
		{method: "POST", path: "/token", kind: formBody, body: "grant_type=client_credentials&client_id=ana"},
		{method: "POST", path: "/saml/assertion", kind: jsonBody, body: `{"subject":"ana"}`},
		{method: "GET", path: "/saml/metadata"},
	} {
		log.Reset()
		a.status, a.want = 500, `{"error":"an internal error"}`
		a.ask(t, h)
		if !strings.Contains(log.String(), errBroken.Error()) {
			t.Errorf("%s %s logs %q", a.method, a.path, &log)
		}
	}
}

func TestHandlerRoutes(t *testing.T) {
	t.Parallel()
	want := []idp.Route{
		{Method: "GET", Path: ".well-known/openid-configuration"},
		{Method: "GET", Path: "jwks.json"},
		{Method: "GET", Path: "issuers/{issuer}/.well-known/openid-configuration"},
		{Method: "POST", Path: "token"},
		{Method: "GET", Path: "saml/metadata"},
		{Method: "POST", Path: "saml/assertion"},
	}
	if diff := cmp.Diff(want, idp.Routes()); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
}
