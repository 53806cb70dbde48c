package idp

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/persistence"
)

// maxOpened is how many keys are kept open at most. There is one of each kind at a time; a reset
// makes new ones.
const maxOpened = 64

// keyIDHead is the prefix of the keys' IDs.
const keyIDHead = "understudy-"

// kinds are the keys that the provider has: one RSA key for all algorithms with
// RSA, and one of each curve.
var kinds = []struct {
	name       string
	algorithms []jose.SignatureAlgorithm
	curve      elliptic.Curve
}{
	{"RSA", []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512}, nil},
	{"P-256", []jose.SignatureAlgorithm{jose.ES256}, elliptic.P256()},
	{"P-384", []jose.SignatureAlgorithm{jose.ES384}, elliptic.P384()},
	{"P-521", []jose.SignatureAlgorithm{jose.ES512}, elliptic.P521()},
}

// Algorithms are the signing algorithms, the default one first.
func Algorithms() []string {
	var names []string
	for _, k := range kinds {
		for _, a := range k.algorithms {
			names = append(names, string(a))
		}
	}
	return names
}

// key is a key that was read from the store.
type key struct {
	id          string
	kind        int // in kinds
	signer      crypto.Signer
	certificate *x509.Certificate // of the RSA key
	verifying   *oidc.Keys        // this one alone
}

// public returns the key's public half. The RSA key names no algorithm, since it is used for
// several.
func (k *key) public() jose.JSONWebKey {
	public := jose.JSONWebKey{Key: k.signer.Public(), KeyID: k.id, Use: "sig"}
	if list := kinds[k.kind].algorithms; len(list) == 1 {
		public.Algorithm = string(list[0])
	}
	return public
}

// KeySet returns all keys that verify the provider's tokens.
func (p *Provider) KeySet(ctx context.Context) (*jose.JSONWebKeySet, error) {
	set := &jose.JSONWebKeySet{}
	for kind := range kinds {
		k, err := p.key(ctx, kind)
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, k.public())
	}
	return set, nil
}

// Keys returns the provider's key with the ID, or nil if there is none.
func (p *Provider) Keys(ctx context.Context, keyID string) (keys *oidc.Keys, err error) {
	if !strings.HasPrefix(keyID, keyIDHead) {
		return nil, nil
	}
	err = p.options.Store.View(ctx, func(tx persistence.Tx) error {
		for r, err := range persistence.IDPKeys.Scan(tx, p.options.Account, nil, nil) {
			if err != nil {
				return err
			}
			if r.KeyID != keyID {
				continue
			}
			k, err := p.open(r)
			if err != nil {
				return err
			}
			keys = k.verifying
		}
		return nil
	})
	return keys, err
}

// Certificate returns the certificate of the provider's host and its key, RSA
// with 2048 bits. The certificate is self-signed.
func (p *Provider) Certificate(ctx context.Context) (*x509.Certificate, *rsa.PrivateKey, error) {
	k, err := p.key(ctx, 0)
	if err != nil {
		return nil, nil, err
	}
	private, ok := k.signer.(*rsa.PrivateKey)
	if !ok || k.certificate == nil {
		return nil, nil, fmt.Errorf("%w: key %s of the identity provider is a %T", persistence.ErrDamaged, k.id, k.signer)
	}
	return k.certificate, private, nil
}

// kindOf finds the key for an algorithm.
func kindOf(algorithm string) (int, bool) {
	for i, k := range kinds {
		if slices.Contains(k.algorithms, jose.SignatureAlgorithm(algorithm)) {
			return i, true
		}
	}
	return 0, false
}

// key returns the key of a kind, and makes it at the first use.
func (p *Provider) key(ctx context.Context, kind int) (*key, error) {
	p.making.Lock() // making a key takes so long that others should wait for it
	defer p.making.Unlock()
	var r *persistence.IDPKey
	err := p.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
		r, err = persistence.IDPKeys.Get(tx, p.options.Account, kinds[kind].name)
		return err
	})
	if errors.Is(err, persistence.ErrNotFound) {
		r, err = p.newKey(ctx, kind)
	}
	if err != nil {
		return nil, err
	}
	return p.open(r)
}

// open reads a stored key, once.
func (p *Provider) open(r *persistence.IDPKey) (*key, error) {
	if k, ok := p.opened.Load(r.KeyID); ok {
		return k.(*key), nil
	}
	damaged := func(err error) error {
		return fmt.Errorf("%w: key %s of the identity provider: %v", persistence.ErrDamaged, r.KeyID, err)
	}
	k := &key{id: r.KeyID}
	for i := range kinds {
		if kinds[i].name == r.Kind {
			k.kind = i
		}
	}
	private, err := x509.ParsePKCS8PrivateKey(r.DER)
	if err != nil {
		return nil, damaged(err)
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, damaged(fmt.Errorf("it is a %T", private))
	}
	k.signer = signer
	if len(r.Certificate) > 0 {
		if k.certificate, err = x509.ParseCertificate(r.Certificate); err != nil {
			return nil, damaged(err)
		}
	}
	if k.verifying, err = verifying(k.public()); err != nil {
		return nil, damaged(err)
	}
	if p.held.Add(1) > maxOpened { // each reset makes new keys
		p.opened.Clear()
		p.held.Store(1)
	}
	p.opened.Store(r.KeyID, k)
	return k, nil
}

func verifying(k jose.JSONWebKey) (*oidc.Keys, error) {
	raw, err := k.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return oidc.ParseKeys([]byte(`{"keys":[` + string(raw) + `]}`))
}

// newKey makes a key, unless another process has already made one.
func (p *Provider) newKey(ctx context.Context, kind int) (*persistence.IDPKey, error) {
	made, err := p.generate(kind)
	if err != nil {
		return nil, fmt.Errorf("idp: key: %w", err)
	}
	var r *persistence.IDPKey
	err = p.options.Store.Update(ctx, func(tx persistence.Tx) error {
		var err error
		if r, err = persistence.IDPKeys.Get(tx, p.options.Account, made.Kind); !errors.Is(err, persistence.ErrNotFound) {
			return err
		}
		r = made
		return persistence.IDPKeys.Put(tx, p.options.Account, r)
	})
	return r, err
}

func (p *Provider) generate(kind int) (*persistence.IDPKey, error) {
	var signer crypto.Signer
	var err error
	if curve := kinds[kind].curve; curve != nil {
		signer, err = ecdsa.GenerateKey(curve, rand.Reader)
	} else {
		signer, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		return nil, err
	}
	public := jose.JSONWebKey{Key: signer.Public()}
	digest, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	r := &persistence.IDPKey{Kind: kinds[kind].name, KeyID: keyIDHead + base64.RawURLEncoding.EncodeToString(digest)}
	if r.DER, err = x509.MarshalPKCS8PrivateKey(signer); err != nil {
		return nil, err
	}
	if kinds[kind].curve == nil {
		r.Certificate, err = p.certify(signer)
	}
	return r, err
}
