package sigv4

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// signV4A signs a request as received with SigV4A, on the terms that its
// Authorization header states.
func signV4A(t *testing.T, r *http.Request, body []byte) {
	t.Helper()
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	x := new(scratch)
	payload := hashOf(body)
	canonical, ok := x.canonical(s, form{}, payload[:])
	if !ok {
		t.Fatal("a signed header is missing")
	}
	signature := signTextV4A(t, string(x.stringToSign(s, canonical)))
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), s.given, signature, 1))
}

// signTextV4A is the signature of a string with SigV4A, in hex.
func signTextV4A(t *testing.T, text string) string {
	t.Helper()
	d := new(big.Int).SetBytes(keyCandidate(keyPair{testKey, testSecret}, 1))
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d.Add(d, big.NewInt(1)).FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(text))
	der, err := ecdsa.SignASN1(rand.Reader, private, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(der)
}

// TestSigV4AOfAnotherKey: the key is made from the access key ID as well as
// from the secret.
func TestSigV4AOfAnotherKey(t *testing.T) {
	r := &http.Request{Method: "GET", URL: parseURL(t, "/"), Host: "localhost", Header: http.Header{
		"X-Amz-Date":       {"20260102T030405Z"},
		"X-Amz-Region-Set": {"*"},
		"Authorization": {
			"AWS4-ECDSA-P256-SHA256 Credential=" + testKey +
				"/20260102/iam/aws4_request, SignedHeaders=host;x-amz-date;x-amz-region-set, Signature=sig",
		},
	}}
	signV4A(t, r, nil)
	s, err := check(r, nil, "iam")
	if err != nil {
		t.Fatal(err)
	}
	if s.regions != "*" || s.Region != "us-east-1" {
		t.Errorf("region set %q, region %q", s.regions, s.Region)
	}
	if err := s.Verify(testSecret+"2", nil); err == nil {
		t.Error("another secret verifies")
	}
	s.AccessKeyID += "2"
	if err := s.Verify(testSecret, nil); err == nil {
		t.Error("another access key ID verifies")
	}
}

// TestKeyCandidates: a candidate that is not a key is passed over, and the next
// one is another.
func TestKeyCandidates(t *testing.T) {
	pair := keyPair{testKey, testSecret}
	if cmp.Equal(keyCandidate(pair, 1), keyCandidate(pair, 2)) {
		t.Error("the counter does not count")
	}
	order := elliptic.P256().Params().N
	for name, c := range map[string]struct {
		candidate *big.Int
		ok        bool
	}{
		"zero":           {big.NewInt(0), true},
		"order less two": {new(big.Int).Sub(order, big.NewInt(2)), true},
		"order less one": {new(big.Int).Sub(order, big.NewInt(1)), false},
		"order":          {order, false},
		"all bits":       {new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1)), false},
	} {
		if _, ok := publicKeyOf(c.candidate.FillBytes(make([]byte, 32))); ok != c.ok {
			t.Errorf("%s: got %v", name, ok)
		}
	}
}

func BenchmarkVerifySigV4A(b *testing.B) {
	r, body := vectors(b, "sigv4a.txt")[0].request(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := check(r, body, "iam"); err != nil {
			b.Fatal(err)
		}
	}
}
