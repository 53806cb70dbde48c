package awsapi

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
	s, err := parseSignature(r, body)
	if err != nil {
		t.Fatal(err)
	}
	x := new(scratch)
	payload := payloadHash(body)
	canonical, ok := x.canonical(s, form{}, payload[:])
	if !ok {
		t.Fatal("a signed header is missing")
	}
	d := new(big.Int).SetBytes(keyCandidate(keyPair{testKey, testSecret}, 1))
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d.Add(d, big.NewInt(1)).FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(x.stringToSign(s, canonical))
	der, err := ecdsa.SignASN1(rand.Reader, private, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), s.given, hex.EncodeToString(der), 1))
}

func TestFaultsOfSigV4A(t *testing.T) {
	const region = "Credential should be scoped to a valid region. "
	cases := map[string]struct {
		scope, headers, regions string
		want                    string
	}{
		"no region set":            {"20260102/iam/aws4_request", "host;x-amz-date", "", region},
		"unknown region":           {"20260102/iam/aws4_request", "host;x-amz-date;x-amz-region-set", "mars-1", region},
		"region set not signed":    {"20260102/iam/aws4_request", "host;x-amz-date", "*", region},
		"service":                  {"20260102/sts/aws4_request", "host;x-amz-date;x-amz-region-set", "*", "Credential should be scoped to correct service: 'iam'. "},
		"terminator":               {"20260102/iam/aws4", "host;x-amz-date;x-amz-region-set", "*", "Credential should be scoped with a valid terminator: 'aws4_request'."},
		"signature that is no hex": {"20260102/iam/aws4_request", "host;x-amz-date;x-amz-region-set", "*", mismatch},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Method: "GET", URL: parseURL(t, "/"), Host: "localhost", Header: http.Header{
				"X-Amz-Date":    {"20260102T030405Z"},
				"Authorization": {"AWS4-ECDSA-P256-SHA256 Credential=" + testKey + "/" + c.scope + ", SignedHeaders=" + c.headers + ", Signature=sig"},
			}}
			if c.regions != "" {
				r.Header.Set("X-Amz-Region-Set", c.regions)
			}
			_, err := check(r, nil, "iam")
			if diff := cmp.Diff(failure{"SignatureDoesNotMatch", c.want}, failureOf(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSigV4AOfAnotherKey: the key is made from the access key ID as well as
// from the secret.
func TestSigV4AOfAnotherKey(t *testing.T) {
	r := &http.Request{Method: "GET", URL: parseURL(t, "/"), Host: "localhost", Header: http.Header{
		"X-Amz-Date":       {"20260102T030405Z"},
		"X-Amz-Region-Set": {"*"},
		"Authorization":    {"AWS4-ECDSA-P256-SHA256 Credential=" + testKey + "/20260102/iam/aws4_request, SignedHeaders=host;x-amz-date;x-amz-region-set, Signature=sig"},
	}}
	signV4A(t, r, nil)
	s, err := check(r, nil, "iam")
	if err != nil {
		t.Fatal(err)
	}
	if s.regions != "*" || s.Region != "us-east-1" {
		t.Errorf("region set %q, region %q", s.regions, s.Region)
	}
	if err := s.verify(testSecret + "2"); err == nil {
		t.Error("another secret verifies")
	}
	s.AccessKeyID += "2"
	if err := s.verify(testSecret); err == nil {
		t.Error("another access key ID verifies")
	}
}

// TestKeyCandidates: a candidate that is no key is passed over, and the next
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
