package sts

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/understudy-iam/understudy/persistence"
)

// tokenAlgorithms are the signing algorithms and the IDs of their keys (recorded).
var tokenAlgorithms = map[string]string{"RS256": "RSA_0", "ES384": "EC384_0"}

// identityClaims are the claims of a token of GetWebIdentityToken.
type identityClaims struct {
	Audience  audience  `json:"aud"`
	Subject   string    `json:"sub"`
	Scope     string    `json:"scope,omitempty"`
	AWS       awsClaims `json:"https://sts.amazonaws.com/"`
	Issuer    string    `json:"iss"`
	ExpiresAt int64     `json:"exp"`
	IssuedAt  int64     `json:"iat"`
	ID        string    `json:"jti"`
}

type awsClaims struct {
	Account       string            `json:"aws_account"`
	Region        string            `json:"source_region"`
	PrincipalID   string            `json:"principal_id"`
	SubjectMode   string            `json:"subject_mode,omitempty"`
	PrincipalTags map[string]string `json:"principal_tags,omitempty"`
	RequestTags   map[string]string `json:"request_tags,omitempty"`
}

// audience is a string if there is one, else a list that keeps duplicates (recorded).
type audience []string

// MarshalJSON writes a single audience as a string and several as a list.
func (a audience) MarshalJSON() ([]byte, error) {
	if len(a) == 1 {
		return json.Marshal(a[0])
	}
	return json.Marshal([]string(a))
}

// maxTokenPayload is the maximum size of the claims of a token in JSON, in bytes (seen at AWS in
// September 2026).
const maxTokenPayload = 14984

// signedToken signs the claims with the account's key for the algorithm.
func (s *Service) signedToken(ctx context.Context, account, algorithm string, claims *identityClaims) (string, error) {
	kid := tokenAlgorithms[algorithm]
	key, err := s.tokenKey(ctx, account, kid)
	if err != nil {
		return "", err
	}
	head, err := json.Marshal(map[string]string{"kid": kid, "typ": "JWT", "alg": algorithm})
	if err != nil {
		return "", fmt.Errorf("sts: token: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sts: token: %w", err)
	}
	if len(body) > maxTokenPayload {
		return "", payloadTooLarge()
	}
	text := b64(head) + "." + b64(body)
	signature, err := sign(key, []byte(text))
	if err != nil {
		return "", fmt.Errorf("sts: token: %w", err)
	}
	return text + "." + b64(signature), nil
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// sign makes the signature: RS256 or ES384, depending on the kind of key.
// https://www.rfc-editor.org/rfc/rfc7518#section-3
func sign(key crypto.Signer, text []byte) ([]byte, error) {
	if k, ok := key.(*rsa.PrivateKey); ok {
		sum := sha256.Sum256(text)
		return rsa.SignPKCS1v15(nil, k, crypto.SHA256, sum[:])
	}
	sum := sha512.Sum384(text)
	r, v, err := ecdsa.Sign(rand.Reader, key.(*ecdsa.PrivateKey), sum[:])
	if err != nil {
		return nil, err
	}
	raw := make([]byte, 96)
	r.FillBytes(raw[:48])
	v.FillBytes(raw[48:])
	return raw, nil
}

// tokenKey returns the account's key, and makes it at the first use.
func (s *Service) tokenKey(ctx context.Context, account, kid string) (crypto.Signer, error) {
	var r *persistence.TokenKey
	err := s.store.View(ctx, func(tx persistence.Tx) (err error) {
		r, err = persistence.TokenKeys.Get(tx, account, kid)
		return err
	})
	if errors.Is(err, persistence.ErrNotFound) {
		r, err = s.newTokenKey(ctx, account, kid)
	}
	if err != nil {
		return nil, err
	}
	return parseTokenKey(r)
}

func parseTokenKey(r *persistence.TokenKey) (crypto.Signer, error) {
	key, err := x509.ParsePKCS8PrivateKey(r.DER)
	if err != nil {
		return nil, fmt.Errorf("%w: token key %s: %v", persistence.ErrDamaged, r.ID, err)
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return k, nil
	case *ecdsa.PrivateKey:
		return k, nil
	}
	return nil, fmt.Errorf("%w: token key %s is a %T", persistence.ErrDamaged, r.ID, key)
}

// newTokenKey makes a key, unless another process has already made one.
func (s *Service) newTokenKey(ctx context.Context, account, kid string) (r *persistence.TokenKey, err error) {
	var key any
	if kid == tokenAlgorithms["RS256"] {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	if err != nil {
		return nil, fmt.Errorf("sts: token key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("sts: token key: %w", err)
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		if r, err = persistence.TokenKeys.Get(tx, account, kid); !errors.Is(err, persistence.ErrNotFound) {
			return err
		}
		r = &persistence.TokenKey{ID: kid, DER: der}
		return persistence.TokenKeys.Put(tx, account, r)
	})
	return r, err
}
