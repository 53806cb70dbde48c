package sts

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/principal"
)

func contentOf(t testing.TB, token *token) *content {
	t.Helper()
	c, err := token.content()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func testSealer(t testing.TB, fill byte) *sealer {
	s, err := newSealer(bytes.Repeat([]byte{fill}, sealingKeySize))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fullToken() *token {
	return &token{
		Kind: principal.AssumedRole, EntityID: "AROA", SessionName: "night", Operation: "AssumeRole",
		IssuedAt: 1772366400, ExpiresAt: 1772370000, Policy: "{}", PolicyARNs: []string{"a", "b"},
		Tags: []principal.Tag{{Key: "k", Value: "v"}, {Key: "empty"}}, TransitiveTagKeys: []string{"k"},
		SourceIdentity: "ana", MFAAt: 1772366399, FederatedProvider: "idp", Keys: map[string][]string{"saml:sub": {"s"}},
		Limits: []string{"limit"}, Delegate: "444455556666", ScopeDown: []string{"{1}", "{2}"},
	}
}

func TestATokenCarriesTheWholeSession(t *testing.T) {
	t.Parallel()
	s := testSealer(t, 1)
	text, err := s.seal(rand.Reader, "ASIAX", contentOf(t, fullToken()), 0)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := s.open("ASIAX", text)
	if diff := cmp.Diff(fullToken(), got); diff != "" || !ok {
		t.Errorf("opened, %v (-want +got):\n%s", ok, diff)
	}
	if !strings.HasPrefix(text, "IQoJb3JpZ2luX2Vj") {
		t.Errorf("token %s", text)
	}
	want := &principal.Session{
		Operation: "AssumeRole", IssuedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		ExpiresAt: time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC),
		Policy:    "{}", PolicyARNs: []string{"a", "b"}, Tags: []principal.Tag{{Key: "k", Value: "v"}, {Key: "empty"}},
		TransitiveTagKeys: []string{"k"}, SourceIdentity: "ana", MFAAt: time.Date(2026, 3, 1, 11, 59, 59, 0, time.UTC),
		FederatedProvider: "idp", Keys: map[string][]string{"saml:sub": {"s"}},
		Limits: []string{"limit"}, Delegate: "444455556666", ScopeDown: []string{"{1}", "{2}"},
	}
	who := &principal.Caller{
		Principal: principal.Principal{Kind: got.Kind, EntityID: got.EntityID, SessionName: got.SessionName, Session: want},
	}
	if diff := cmp.Diff(fullToken(), tokenOf(who)); diff != "" {
		t.Errorf("the session's token (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, got.session()); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
}

// Tokens are as long as AWS's that were recorded.
func TestSizesOfTokens(t *testing.T) {
	t.Parallel()
	s := testSealer(t, 1)
	for name, c := range map[string]struct {
		token *token
		want  int
	}{
		"GetSessionToken, v1": {
			&token{Kind: principal.User, EntityID: "AIDAAAAAAAAAAAAAAAAAA", Operation: "GetSessionToken", V1: true}, 288,
		},
		"GetSessionToken, v2": {&token{Kind: principal.User, EntityID: "AIDAAAAAAAAAAAAAAAAAA", Operation: "GetSessionToken"}, 688},
		"GetFederationToken, v1": {
			&token{Kind: principal.FederatedUser, EntityID: "AIDAAAAAAAAAAAAAAAAAA", SessionName: "guest", Operation: "GetFederationToken",
				V1: true}, 376,
		},
		"GetFederationToken, v2": {
			&token{Kind: principal.FederatedUser, EntityID: "AIDAAAAAAAAAAAAAAAAAA", SessionName: "guest",
				Operation: "GetFederationToken"}, 776,
		},
		"AssumeRole, v1": {
			&token{Kind: principal.AssumedRole, EntityID: "AROAAAAAAAAAAAAAAAAAA", SessionName: "preference", Operation: "AssumeRole",
				V1: true}, 352,
		},
		"AssumeRole, v2": {
			&token{Kind: principal.AssumedRole, EntityID: "AROAAAAAAAAAAAAAAAAAA", SessionName: "preference", Operation: "AssumeRole"}, 752,
		},
		"AssumeRoleWithWebIdentity, v2": {&token{Kind: principal.AssumedRole, EntityID: "AROAAAAAAAAAAAAAAAAAA", SessionName: "ci",
			Operation:         "AssumeRoleWithWebIdentity",
			FederatedProvider: "arn:aws:iam::111122223333:oidc-provider/id.example.org"}, 1024},
		"a large session, v1": {&token{Operation: "AssumeRole", SourceIdentity: strings.Repeat("x", 2998), V1: true}, 4356},
		"a large session, v2": {&token{Operation: "AssumeRole", SourceIdentity: strings.Repeat("x", 2998)}, 4756},
		"a policy that packs": {&token{Operation: "AssumeRole", Policy: strings.Repeat("x", 2048)}, 792},
	} {
		t.Run(name, func(t *testing.T) {
			c.token.IssuedAt, c.token.ExpiresAt = 1772366400, 1772370000
			text, err := s.seal(rand.Reader, "ASIAX", contentOf(t, c.token), 0)
			if err != nil {
				t.Fatal(err)
			}
			if said := contentOf(t, c.token).sealedSize(0); len(text) != c.want || said != c.want {
				t.Errorf("%d characters, said to be %d, want %d", len(text), said, c.want)
			}
			if got, ok := s.open("ASIAX", text); !ok || got.V1 != c.token.V1 || got.Policy != c.token.Policy {
				t.Errorf("opened: %v", ok)
			}
			if begin := map[bool]string{true: "FwoGZXIvYXdz", false: "IQoJb3JpZ2luX2Vj"}[c.token.V1]; !strings.HasPrefix(text, begin) {
				t.Errorf("the token begins %.16s, want %s", text, begin)
			}
		})
	}
}

// What a session has beside its identity and its time makes its token longer.
func TestWhatIsAddedToAToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		token token
		adds  bool
	}{
		"nothing":             {token{}, false},
		"a session name":      {token{SessionName: "x"}, false},
		"an MFA device":       {token{MFAAt: 1}, false},
		"a provider":          {token{FederatedProvider: "x"}, false},
		"a delegate":          {token{Delegate: "x"}, false},
		"a policy":            {token{Policy: "x"}, true},
		"managed policies":    {token{PolicyARNs: []string{"x"}}, true},
		"tags":                {token{Tags: []principal.Tag{{Key: "x"}}}, true},
		"transitive tag keys": {token{TransitiveTagKeys: []string{"x"}}, true},
		"a source identity":   {token{SourceIdentity: "x"}, true},
		"keys":                {token{Keys: map[string][]string{"x": {"y"}}}, true},
		"limits":              {token{Limits: []string{"x"}}, true},
		"a narrowed scope":    {token{ScopeDown: []string{"x"}}, true},
	} {
		if got := contentOf(t, &c.token).added; got > 0 != c.adds {
			t.Errorf("%s: %d bytes are added", name, got)
		}
	}
}

// A v1 token cannot be made a v2 one by another beginning.
func TestTheVersionOfATokenIsSealed(t *testing.T) {
	t.Parallel()
	s := testSealer(t, 1)
	text, err := s.seal(rand.Reader, "ASIAX", contentOf(t, &token{Operation: "AssumeRole", V1: true}), 0)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := strictBase64.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.open("ASIAX", base64.StdEncoding.EncodeToString([]byte(headV2+string(raw[len(headV1):])))); ok {
		t.Error("opened with the beginning of a v2 token")
	}
}

// The session must not be readable in the token, nor the secret follow from
// what travels with a request.
func TestATokenHidesItsContent(t *testing.T) {
	t.Parallel()
	one, two := testSealer(t, 1), testSealer(t, 2)
	text, err := one.seal(rand.Reader, "ASIAX", contentOf(t, fullToken()), 0)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := strictBase64.DecodeString(text)
	if err != nil || bytes.Contains(raw, []byte("night")) {
		t.Errorf("the token shows the session's name (%v)", err)
	}
	if one.secret("ASIAX", text) == two.secret("ASIAX", text) {
		t.Error("two accounts derive one secret")
	}
	if one.secret("ASIAX", text) == one.secret("ASIAY", text) || one.secret("ASIAX", text) == one.secret("ASIAX", text+"=") {
		t.Error("two tokens derive one secret")
	}
	if _, ok := two.open("ASIAX", text); ok {
		t.Error("another account opens the token")
	}
}

func TestSealingNeedsRandomness(t *testing.T) {
	t.Parallel()
	if text, err := testSealer(t, 1).seal(io.LimitReader(rand.Reader, 3), "ASIAX", contentOf(t, fullToken()), 0); err == nil {
		t.Errorf("sealed without a nonce: %s", text)
	}
}

// FuzzOpen: no text opens but the one that was sealed.
func FuzzOpen(f *testing.F) {
	s := testSealer(f, 1)
	nonce := bytes.NewReader(make([]byte, 12)) // the same in each of the fuzzer's processes
	text, err := s.seal(nonce, "ASIAX", contentOf(f, fullToken()), 0)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{text, text[:40], text[:16], "", strings.ToLower(text), "IQoJb3JpZ2luX2VjAQ==", "FwoGZXIvYXdzAQ=="} {
		f.Add("ASIAX", seed)
	}
	f.Fuzz(func(t *testing.T, key, other string) {
		if _, ok := s.open(key, other); ok != (key == "ASIAX" && other == text) {
			t.Errorf("open(%q, %q) = %v", key, other, ok)
		}
	})
}

// Sealers that are kept are bounded: a reset makes new keys.
func TestSealersAreBounded(t *testing.T) {
	t.Parallel()
	var a accounts
	for i := range 3 * maxSealers {
		key := make([]byte, sealingKeySize)
		binary.BigEndian.PutUint32(key, uint32(i))
		first, err := a.sealerOf(key)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := a.sealerOf(key); err != nil || again != first {
			t.Fatalf("the sealer %d is not kept: %v", i, err)
		}
	}
	kept := 0
	a.sealers.Range(func(any, any) bool { kept++; return true })
	if kept > maxSealers {
		t.Errorf("%d sealers are kept", kept)
	}
}
