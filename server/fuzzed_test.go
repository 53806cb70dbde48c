package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

// fuzzed is a server that fuzzers call. Each input meets the same state, at the
// same time and with the same randomness, so that what it finds can be found again.
type fuzzed struct {
	*Server
	random    *replay
	begin     *persistence.State
	root, ana *sigv4.Signer
}

var fuzzTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// hangTime is after how long a request is taken to hang. It is long: fuzzers run
// next to others on slow machines.
const hangTime = 2 * time.Minute

// replay is randomness that can begin again.
type replay struct {
	mu sync.Mutex
	*rand.ChaCha8
}

func (r *replay) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ChaCha8.Read(p)
}

// begin begins one of the sequences: what an input makes must not have the IDs of
// what was there before.
func (r *replay) begin(sequence byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ChaCha8 = rand.NewChaCha8([32]byte{sequence})
}

func newFuzzed(f *testing.F) *fuzzed {
	f.Helper()
	nobody := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("fuzzers ask nobody") }
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: nobody}
	s := &fuzzed{random: &replay{}}
	s.random.begin(1)
	var err error
	s.Server, err = New(Options{
		Store: memstore.New(), IdentityProvider: true, Random: s.random, Now: func() time.Time { return fuzzTime },
	})
	if err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile("testdata/fuzzed.yaml")
	if err != nil {
		f.Fatal(err)
	}
	if err := s.ApplySeed(f.Context(), "fuzzed.yaml", text); err != nil {
		f.Fatal(err)
	}
	s.addSAMLProvider(f)
	s.root, s.ana = s.signer(f, "arn:aws:iam::000000000000:root"), s.signer(f, "ana")
	if s.begin, err = s.Capture(f.Context()); err != nil {
		f.Fatal(err)
	}
	s.random.begin(2)
	return s
}

// addSAMLProvider makes a SAML provider of the local identity provider.
func (s *fuzzed) addSAMLProvider(f *testing.F) {
	f.Helper()
	metadata, err := s.idp.SAMLMetadata(f.Context(), idp.Entity, "https://understudy.localhost/sso")
	if err != nil {
		f.Fatal(err)
	}
	text := "accounts: [{id: '000000000000', samlProviders: [{name: idp, metadata: " + quoted(metadata) + "}]}]"
	if err := s.ApplySeed(f.Context(), "provider", []byte(text)); err != nil {
		f.Fatal(err)
	}
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (s *fuzzed) signer(f *testing.F, name string) *sigv4.Signer {
	f.Helper()
	a, err := s.Act(f.Context(), name, Session{})
	if err != nil {
		f.Fatal(err)
	}
	return &sigv4.Signer{
		Credentials: sigv4.Credentials{AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey, SessionToken: a.SessionToken},
		Region:      "us-east-1",
	}
}

// request is a request to the server with a body, as it arrives over the network;
// false if there is no such request. sign may be nil.
func (s *fuzzed) request(method, target, body string, sign func(*http.Request)) (*http.Request, bool) {
	out, err := http.NewRequest(method, "http://127.0.0.1:4260"+target, strings.NewReader(body))
	if err != nil {
		return nil, false
	}
	if sign != nil {
		sign(out)
	}
	var wire bytes.Buffer
	if err := out.Write(&wire); err != nil {
		return nil, false
	}
	in, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		return nil, false
	}
	in.RemoteAddr = "127.0.0.1:50000"
	return in, true
}

// signed signs with a signer for the service.
func signed(by *sigv4.Signer, service, body string) func(*http.Request) {
	return func(r *http.Request) {
		signer := *by
		signer.Service = service
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		signer.Sign(r, sigv4.HashPayload([]byte(body)), fuzzTime)
	}
}

// serve answers a request, which must neither hang nor fail by our fault, and
// checks that an answer in XML is one.
func (s *fuzzed) serve(t *testing.T, h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	hangs := time.AfterFunc(hangTime, func() { panic("a request takes longer than " + hangTime.String()) })
	defer hangs.Stop()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code >= 500 {
		t.Errorf("%s %s: %d %s", r.Method, r.URL, w.Code, w.Body)
	}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/xml") {
		if err := readXML(w.Body.Bytes()); err != nil {
			t.Errorf("%s %s: %v in %s", r.Method, r.URL, err, w.Body)
		}
	}
	return w
}

func readXML(text []byte) error {
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// end checks that the state can be exported, and of some states that they can be
// imported again, and makes it what it was.
func (s *fuzzed) end(t *testing.T) {
	t.Helper()
	state, err := s.Capture(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(state, s.begin) {
		s.checkExport(t)
	}
	if err := s.Replace(t.Context(), s.begin); err != nil {
		t.Fatal(err)
	}
	s.random.begin(2)
}

func (s *fuzzed) checkExport(t *testing.T) {
	t.Helper()
	var text bytes.Buffer
	if err := (backend{s.Server}).Export(t.Context(), &text, &management.Export{Secrets: true}); err != nil {
		t.Fatalf("the state cannot be exported: %v", err)
	}
	if text.Len()%4 != 0 { // importing takes most of the time: one state in four does for it
		return
	}
	s.random.begin(3)
	o := seed.Options{Store: memstore.New(), Now: s.clock.Now, Random: s.random}
	if err := seed.Apply(t.Context(), o, "export", text.Bytes()); err != nil {
		t.Fatalf("what was exported cannot be imported: %v\n%s", err, text.Bytes())
	}
}
