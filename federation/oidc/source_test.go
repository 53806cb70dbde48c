package oidc_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/understudy-iam/understudy/federation/oidc"
)

// host is an issuer that can be asked, and counts how often it is.
type host struct {
	*httptest.Server
	key     *ecdsa.PrivateKey
	asked   int
	issuer  string // what it says that it is
	keysURL string
	large   bool
	keyIDs  []string
}

func newHost(t *testing.T) *host {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &host{key: key, keyIDs: []string{"one"}}
	m := http.NewServeMux()
	m.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		h.asked++
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": h.issuer, "jwks_uri": h.keysURL})
	})
	m.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		if h.large {
			_, _ = w.Write([]byte(strings.Repeat(" ", 1<<20+1)))
		}
		set := jose.JSONWebKeySet{}
		for _, id := range h.keyIDs {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: &h.key.PublicKey, KeyID: id})
		}
		_ = json.NewEncoder(w).Encode(set)
	})
	m.HandleFunc("GET /away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1/keys", http.StatusFound)
	})
	h.Server = httptest.NewUnstartedServer(m)
	h.Config.ErrorLog = nil
	h.StartTLS()
	t.Cleanup(h.Close)
	h.issuer, h.keysURL = h.URL, h.URL+"/keys"
	return h
}

// trusted is the host as an issuer whose certificate is known by its thumbprint.
func (h *host) trusted() oidc.Issuer {
	sum := sha1.Sum(h.Certificate().Raw)
	return oidc.Issuer{URL: h.URL, Thumbprints: []string{hex.EncodeToString(sum[:])}}
}

func TestKeysAreFetched(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := oidc.NewSource(oidc.SourceOptions{Now: func() time.Time { return now }})
	for _, step := range []struct {
		name   string
		after  time.Duration
		keyID  string
		asked  int
		change func()
	}{
		{"first", 0, "one", 1, nil},
		{"a known key a minute later", time.Minute, "one", 1, nil},
		{"an unknown key", 0, "two", 2, nil},
		{"an unknown key at once again", time.Second, "two", 2, nil},
		{"the key is there now", 10 * time.Second, "two", 3, func() { h.keyIDs = append(h.keyIDs, "two") }},
		{"what is old is fetched anew", 5 * time.Minute, "one", 4, nil},
	} {
		now = now.Add(step.after)
		if step.change != nil {
			step.change()
		}
		keys, err := s.Keys(t.Context(), h.trusted(), step.keyID)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if h.asked != step.asked {
			t.Errorf("%s: the issuer was asked %d times; want %d", step.name, h.asked, step.asked)
		}
		if step.keyID == "one" && !keys.Has("one") {
			t.Errorf("%s: the key is missing", step.name)
		}
	}
}

func TestIssuersThatAreNotTaken(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*host, *oidc.Issuer){
		"no thumbprint":                   func(_ *host, i *oidc.Issuer) { i.Thumbprints = nil },
		"another thumbprint":              func(_ *host, i *oidc.Issuer) { i.Thumbprints = []string{strings.Repeat("0", 40)} },
		"a configuration of another":      func(h *host, _ *oidc.Issuer) { h.issuer += "/" },
		"keys without https":              func(h *host, _ *oidc.Issuer) { h.keysURL = strings.Replace(h.keysURL, "https", "http", 1) },
		"a redirection away from https":   func(h *host, _ *oidc.Issuer) { h.keysURL = h.URL + "/away" },
		"keys that are not there":         func(h *host, _ *oidc.Issuer) { h.keysURL = h.URL + "/none" },
		"a document that is too large":    func(h *host, _ *oidc.Issuer) { h.large = true },
		"an issuer that does not listen":  func(h *host, _ *oidc.Issuer) { h.Close() },
		"a configuration without any URL": func(h *host, _ *oidc.Issuer) { h.keysURL = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			issuer := h.trusted()
			if _, err := oidc.NewSource(oidc.SourceOptions{}).Keys(t.Context(), issuer, "one"); err != nil {
				t.Fatalf("before: %v", err)
			}
			change(h, &issuer)
			if keys, err := oidc.NewSource(oidc.SourceOptions{}).Keys(t.Context(), issuer, "one"); err == nil {
				t.Errorf("keys = %v; want an error", keys)
			}
		})
	}
}

// An issuer that does not answer is asked again after a while only, whatever key is
// wanted, and keys that are known are good meanwhile.
func TestFailuresAreRemembered(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := oidc.NewSource(oidc.SourceOptions{Now: func() time.Time { return now }})
	for _, step := range []struct {
		name   string
		after  time.Duration
		keyID  string
		broken bool
		asked  int
		good   bool
	}{
		{"the issuer is away from the start", 0, "one", true, 1, false},
		{"at once again", 0, "one", true, 1, false},
		{"it is back, a little later", 9 * time.Second, "one", false, 1, false},
		{"and is asked again", time.Second, "one", false, 2, true},
		{"an unknown key at once", 9 * time.Second, "two", true, 2, true},
		{"an unknown key a while later", time.Second, "two", true, 3, false},
		{"another one at once", time.Second, "three", true, 3, false},
		{"a known one meanwhile", time.Second, "one", true, 3, true},
		{"the clock is moved back", -time.Hour, "two", false, 4, true},
		{"the keys are old", 6 * time.Minute, "one", true, 5, false},
		{"at once again", time.Second, "one", false, 5, false},
		{"a while later", 9 * time.Second, "one", false, 6, true},
	} {
		now = now.Add(step.after)
		h.issuer = h.URL
		if step.broken {
			h.issuer = "https://another.example"
		}
		if _, err := s.Keys(t.Context(), h.trusted(), step.keyID); (err == nil) != step.good || h.asked != step.asked {
			t.Errorf("%s: %v; asked %d times, want %d", step.name, err, h.asked, step.asked)
		}
	}
}

// Many who ask for the keys of one issuer at once make the server ask once. Who
// leaves meanwhile neither waits nor spoils it for the others.
func TestManyAskOnce(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	s := oidc.NewSource(oidc.SourceOptions{})
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.Keys(gone, h.trusted(), "one"); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who has gone gets %v", err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := s.Keys(t.Context(), h.trusted(), "one"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if h.asked != 1 {
		t.Errorf("the issuer was asked %d times", h.asked)
	}
}

// What is known of issuers is bounded by their number.
func TestIssuersAreBounded(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := oidc.NewSource(oidc.SourceOptions{Now: func() time.Time { return now }})
	for i := range 300 {
		now = now.Add(time.Millisecond)
		if _, err := s.Keys(t.Context(), oidc.Issuer{URL: fmt.Sprintf("http://%d", i)}, "one"); err == nil {
			t.Fatal("an issuer without TLS answers")
		}
	}
	if n := s.Known(); n != 256 {
		t.Errorf("%d issuers are known", n)
	}
	if _, err := s.Keys(t.Context(), h.trusted(), "one"); err != nil || s.Known() != 256 {
		t.Errorf("another one: %v; %d are known", err, s.Known())
	}
}
