package saml

import (
	"crypto/rsa"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/beevik/etree"
)

// fuzzKey is the same in each of the fuzzer's processes, and in each run, so that
// what is signed with it stays signed. It is made by hand: crypto/rsa does not make
// a key twice.
func fuzzKey(f *testing.F) *rsa.PrivateKey {
	f.Helper()
	source, one, e := rand.NewChaCha8([32]byte{}), big.NewInt(1), big.NewInt(65537)
	less := func(n *big.Int) *big.Int { return new(big.Int).Sub(n, one) }
	prime := func() *big.Int {
		raw := make([]byte, 128)
		for {
			_, _ = source.Read(raw) // never fails
			raw[0] |= 0xC0
			raw[127] |= 1
			if p := new(big.Int).SetBytes(raw); p.ProbablyPrime(0) && new(big.Int).GCD(nil, nil, less(p), e).Cmp(one) == 0 {
				return p
			}
		}
	}
	p, q := prime(), prime()
	key := &rsa.PrivateKey{Primes: []*big.Int{p, q}, D: new(big.Int).ModInverse(e, new(big.Int).Mul(less(p), less(q)))}
	key.N, key.E = new(big.Int).Mul(p, q), int(e.Int64())
	key.Precompute()
	if err := key.Validate(); err != nil {
		f.Fatal(err)
	}
	return key
}

// FuzzVerify: nothing is taken but what was signed.
func FuzzVerify(f *testing.F) {
	s := newSide(f, fuzzKey(f))
	f.Add(s.written(s.response(s.assertion())))
	f.Add(s.written(s.sign(s.response(s.assertion()))))
	f.Add("<!DOCTYPE a><a/>")
	for _, wrap := range wrappings {
		f.Add(s.written(wrap(s)))
	}
	f.Fuzz(func(t *testing.T, document string) {
		a, err := s.verify(document)
		if err == nil && (a.Subject != "ana" || a.Issuer != entity || len(a.Attributes) != 3) {
			t.Errorf("something that was not signed is taken: %+v from %s", a, document)
		}
	})
}

// FuzzSigned signs whatever it is given, as an identity provider with faults
// would, and puts it into a response, encrypted or not. It is read, or refused; and
// what is read says the same with a second signature around it.
func FuzzSigned(f *testing.F) {
	s := newSide(f, fuzzKey(f))
	assertion, err := s.Assertion(claims())
	if err != nil {
		f.Fatal(err)
	}
	text := etree.NewDocumentWithRoot(assertion)
	plain, err := text.WriteToString()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain)
	f.Add(`<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="a" Version="2.0" IssueInstant="2026-03-01T12:00:00Z"><saml:Issuer>` + entity + `</saml:Issuer><saml:Subject/></saml:Assertion>`)
	f.Add(`<a ID="a"/>`)
	f.Fuzz(func(t *testing.T, document string) {
		read := etree.NewDocument()
		if err := read.ReadFromString(document); err != nil || read.Root() == nil {
			return
		}
		signed, err := s.Sign(read.Root())
		if err != nil {
			return
		}
		s := &side{t, s.Issuer, s.provider}
		response := s.response(signed)
		once, err := s.verify(s.written(response))
		again, err2 := s.verify(s.written(s.sign(response)))
		if (err == nil) != (err2 == nil) || err == nil &&
			(once.Subject != again.Subject || once.Issuer != again.Issuer || len(once.Attributes) != len(again.Attributes)) {
			t.Errorf("%s\nis read as %+v, %v\nand in a signed response as %+v, %v", document, once, err, again, err2)
		}
	})
}
