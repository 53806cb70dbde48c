package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/understudy-iam/understudy/federation/oidc"
)

// jwk is a public key as JSON, with some members changed.
func jwk(t *testing.T, key any, changes map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKey{Key: key, KeyID: "one"})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	maps.Copy(all, changes)
	return all
}

func parse(t *testing.T, list ...map[string]any) *oidc.Keys {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": list})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := oidc.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestWhichKeysCanBeUsed(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	for name, c := range map[string]struct {
		changes map[string]any
		usable  bool
	}{
		"for signatures":        {map[string]any{"use": "sig"}, true},
		"for nothing named":     {nil, true},
		"of another algorithm":  {map[string]any{"alg": "RS256"}, true},
		"for encryption":        {map[string]any{"use": "enc"}, false},
		"with key_ops":          {map[string]any{"key_ops": []string{"verify"}}, false},
		"without a key ID":      {map[string]any{"kid": ""}, false},
		"off the curve":         {map[string]any{"x": "AAAA"}, false},
		"of an unknown type":    {map[string]any{"kty": "X"}, false},
		"a secret that is sent": {map[string]any{"kty": "oct", "k": "c2VjcmV0"}, false},
	} {
		if got := parse(t, jwk(t, &key.PublicKey, c.changes)).Has("one"); got != c.usable {
			t.Errorf("a key %s: usable is %v; want %v", name, got, c.usable)
		}
	}
	for _, text := range []string{"", "[]", "{}", `{"keys":1}`} {
		if keys, err := oidc.ParseKeys([]byte(text)); err == nil {
			t.Errorf("ParseKeys(%q) = %v; want an error", text, keys)
		}
	}
}

// token signs the payload with the key ID, if any.
func token(t *testing.T, key any, algorithm jose.SignatureAlgorithm, keyID, payload string) string {
	t.Helper()
	o := &jose.SignerOptions{}
	if keyID != "" {
		o.WithHeader("kid", keyID)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, o)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const payload = `{"iss":"https://a","sub":"x","sub":"y","aud":"c","iat":1000,"exp":2000}`

func TestVerify(t *testing.T) {
	t.Parallel()
	key, other := newKey(t), newKey(t)
	now := time.Unix(1500, 0)
	one := jwk(t, &key.PublicKey, nil)
	two := jwk(t, &other.PublicKey, map[string]any{"kid": "two"})
	again := jwk(t, &other.PublicKey, nil)
	for name, c := range map[string]struct {
		keys  *oidc.Keys
		keyID string
		good  bool
	}{
		"the key of the ID":              {parse(t, one, two), "one", true},
		"another key's ID":               {parse(t, one, two), "two", false},
		"an unknown ID":                  {parse(t, one), "three", false},
		"no ID and one key":              {parse(t, one), "", true},
		"no ID and two keys":             {parse(t, one, two), "", false},
		"the ID again, by another key":   {parse(t, one, again), "one", false},
		"the ID again, by the right key": {parse(t, again, one), "one", true},
	} {
		tok, err := oidc.Parse(token(t, key, jose.ES256, c.keyID, payload))
		if err != nil {
			t.Fatal(err)
		}
		if tok.Subject != "y" {
			t.Errorf("of two members the last counts; subject = %q", tok.Subject)
		}
		if err := tok.Verify(c.keys, now); (err == nil) != c.good {
			t.Errorf("%s: %v; good should be %v", name, err, c.good)
		}
	}
}

// A token without a signature, and one signed with the public key as if it were
// a secret, are the classic forgeries.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	good := token(t, key, jose.ES256, "one", payload)
	parts := strings.Split(good, ".")
	for name, text := range map[string]string{
		"alg none":                      "eyJhbGciOiJub25lIiwia2lkIjoib25lIn0." + parts[1] + ".",
		"signed with a secret":          token(t, []byte(strings.Repeat("k", 32)), jose.HS256, "one", payload),
		"no signature":                  parts[0] + "." + parts[1],
		"an empty text":                 "",
		"JSON in place of compact form": `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
	} {
		if _, err := oidc.Parse(text); !errors.Is(err, oidc.ErrMalformed) {
			t.Errorf("%s: Parse = %v; want ErrMalformed", name, err)
		}
	}
	changed := token(t, newKey(t), jose.ES256, "one", strings.Replace(payload, `"y"`, `"z"`, 1))
	tok, err := oidc.Parse(parts[0] + "." + strings.Split(changed, ".")[1] + "." + parts[2])
	if err != nil {
		t.Fatal(err)
	}
	if err := tok.Verify(parse(t, jwk(t, &key.PublicKey, nil)), time.Unix(1500, 0)); !errors.Is(err, oidc.ErrUnverified) {
		t.Errorf("another payload under the signature: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJhIn0.AA")
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, text string) {
		tok, err := oidc.Parse(text)
		if err == nil && tok.Verify(&oidc.Keys{}, time.Unix(0, 0)) == nil {
			t.Errorf("verified without a key: %q", text)
		}
	})
}
