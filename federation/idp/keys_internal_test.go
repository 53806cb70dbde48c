package idp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// The keys that are kept open are bounded: a reset makes new ones.
func TestOpenKeysAreBounded(t *testing.T) {
	t.Parallel()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	p := New(Options{})
	for i := range 3 * maxOpened {
		r := &persistence.IDPKey{KeyID: fmt.Sprint(keyIDHead, i), Kind: "P-256", DER: der}
		first, err := p.open(r)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := p.open(r); err != nil || again != first {
			t.Fatalf("the key %d is not kept: %v", i, err)
		}
	}
	kept := 0
	p.opened.Range(func(any, any) bool { kept++; return true })
	if kept > maxOpened {
		t.Errorf("%d keys are kept", kept)
	}
}
