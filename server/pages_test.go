package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// pagesServer is a server with an allowed name and an allowed page.
func pagesServer(t *testing.T) *Server {
	t.Helper()
	s, err := New(Options{
		Store: memstore.New(), AllowHosts: []string{"iam.example.com"}, AllowOrigins: []string{"https://app.example.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// presigned is a presigned GET that creates the user ana.
func presigned(t *testing.T) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4260/?Action=CreateUser&UserName=ana&Version=2010-05-08", nil)
	const none = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" // the hash of no body
	target, _, err := v4.NewSigner().PresignHTTP(context.Background(), testRoot, r, none, "iam", "us-east-1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return httptest.NewRequest(http.MethodGet, target, nil)
}

// answer sends a request with headers, "Name: value" each, from a browser.
func answer(s http.Handler, r *http.Request, headers ...string) *httptest.ResponseRecorder {
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Root's own signature does not help a page that may not call: nothing is done and
// nothing is recorded.
func TestPagesOfOthersCannotCall(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{
		"a page of another site":         {"Origin: https://evil.example", "Sec-Fetch-Site: cross-site"},
		"a page without an origin":       {"Origin: null", "Sec-Fetch-Site: cross-site"},
		"an old browser":                 {"Origin: https://evil.example"},
		"a name that leads here":         {"Host: evil.example:4260"},
		"an image in another site":       {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"},
		"a link in another site":         {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"},
		"a link in a mail":               {"Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"},
		"an allowed page, another port":  {"Origin: https://app.example.com:8443"},
		"an allowed page, by a bad name": {"Origin: https://app.example.com", "Host: app.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pagesServer(t)
			preflight := presigned(t)
			preflight.Method = http.MethodOptions
			for _, r := range []*http.Request{presigned(t), preflight} {
				w := answer(s, r, headers...)
				if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "<Code>WebPageRefused</Code>") {
					t.Errorf("%s: %d %s", r.Method, w.Code, w.Body)
				}
				if got := w.Header().Get("Access-Control-Allow-Origin"); got != "" || w.Header().Get("Vary") != "Origin" {
					t.Errorf("%s: Access-Control-Allow-Origin %q, Vary %q", r.Method, got, w.Header().Get("Vary"))
				}
			}
			if recorded := s.events.List(0); len(recorded) != 0 {
				t.Errorf("%d calls are recorded", len(recorded))
			}
			if w := answer(s, signedForm(t, testRoot, "iam", "Action", "GetUser", "UserName", "ana")); w.Code != http.StatusNotFound {
				t.Errorf("the user was created: %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestPagesThatMayCall(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{
		"a page of localhost":                 {"Origin: http://localhost:3000", "Sec-Fetch-Site: cross-site"},
		"an allowed page":                     {"Origin: https://app.example.com", "Sec-Fetch-Site: cross-site"},
		"a program":                           nil,
		"a link in a page of the same host":   {"Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"},
		"a page of localhost, an old browser": {"Origin: http://localhost:3000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := answer(pagesServer(t), presigned(t), headers...)
			if w.Code != http.StatusOK {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			origin, vary := "", ""
			if len(headers) > 0 && strings.HasPrefix(headers[0], "Origin: ") {
				origin, vary = strings.TrimPrefix(headers[0], "Origin: "), "Origin"
			}
			if w.Header().Get("Access-Control-Allow-Origin") != origin || w.Header().Get("Vary") != vary {
				t.Errorf("headers %v", w.Header())
			}
		})
	}
}

// An allowed page can read errors too, and a link to the server opens.
func TestAnswersToPages(t *testing.T) {
	t.Parallel()
	s := pagesServer(t)
	w := answer(s, httptest.NewRequest(http.MethodGet, "http://localhost:4260/elsewhere", nil), "Origin: http://localhost:3000")
	if w.Code != http.StatusNotFound || w.Header().Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
		t.Errorf("an error: %d %v", w.Code, w.Header())
	}
	w = answer(s, httptest.NewRequest(http.MethodGet, "http://localhost:4260/", nil), "Sec-Fetch-Site: cross-site",
		"Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
	if w.Code != http.StatusFound {
		t.Errorf("a link: %d %s", w.Code, w.Body)
	}
}

// Pages may make the calls of Access Analyzer that are a PUT.
func TestPreflightOfREST(t *testing.T) {
	t.Parallel()
	w := answer(pagesServer(t), httptest.NewRequest(http.MethodOptions, "http://localhost:4260/policy/generation", nil),
		"Origin: http://localhost:3000", "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: authorization")
	if got := w.Header().Get("Access-Control-Allow-Methods"); w.Code != http.StatusOK || got != "GET, POST, PUT" {
		t.Errorf("%d with %s", w.Code, got)
	}
}

// The form of a preflight was recorded at STS; there, the origin is "*".
func TestPreflight(t *testing.T) {
	t.Parallel()
	w := answer(pagesServer(t), httptest.NewRequest(http.MethodOptions, "http://localhost:4260/", nil),
		"Origin: http://localhost:3000", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization")
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": "http://localhost:3000", "Access-Control-Allow-Methods": "GET, POST",
		"Access-Control-Allow-Headers": "authorization",
		"Access-Control-Max-Age":       "172800", "Vary": "Origin",
	} {
		if got := w.Header().Get(name); w.Code != http.StatusOK || got != want {
			t.Errorf("%d with %s: %s", w.Code, name, got)
		}
	}
}

// An allowed page calls the API only.
func TestPagesDoNotReachManagement(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4260"+management.Path+"health", nil)
	if w := answer(pagesServer(t), r, "Origin: https://app.example.com"); w.Code != http.StatusForbidden ||
		w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestAllowOriginsAreChecked(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Store: memstore.New(), AllowOrigins: []string{"*"}})
	if err == nil || !strings.Contains(err.Error(), `AllowOrigins: "*" is not the origin of a page`) {
		t.Errorf("%v", err)
	}
}
