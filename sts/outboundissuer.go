package sts

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"math/big"

	"github.com/understudy-iam/understudy/persistence"
)

// WebKey is a public key as a JSON Web Key.
// https://www.rfc-editor.org/rfc/rfc7517
type WebKey struct {
	ID        string `json:"kid"`
	Type      string `json:"kty"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	N         string `json:"n,omitempty"`
	E         string `json:"e,omitempty"`
	Curve     string `json:"crv,omitempty"`
	X         string `json:"x,omitempty"`
	Y         string `json:"y,omitempty"`
}

// IssuerKeySet returns the public keys that verify the issuer's tokens of GetWebIdentityToken;
// persistence.ErrNotFound if no account has the issuer. The keys are kept when an account disables
// outbound federation, since its tokens remain valid.
func (s *Service) IssuerKeySet(ctx context.Context, issuer string) ([]WebKey, error) {
	account, err := s.accountOfIssuer(ctx, issuer)
	if err != nil {
		return nil, err
	}
	var keys []WebKey
	for _, algorithm := range []string{"RS256", "ES384"} {
		signer, err := s.tokenKey(ctx, account, tokenAlgorithms[algorithm])
		if err != nil {
			return nil, err
		}
		k := WebKey{ID: tokenAlgorithms[algorithm], Use: "sig", Algorithm: algorithm}
		switch public := signer.Public().(type) {
		case *rsa.PublicKey:
			k.Type, k.N, k.E = "RSA", b64(public.N.Bytes()), b64(big.NewInt(int64(public.E)).Bytes())
		case *ecdsa.PublicKey:
			point, err := public.Bytes() // 4, X and Y
			if err != nil {
				return nil, err
			}
			k.Type, k.Curve, k.X, k.Y = "EC", "P-384", b64(point[1:49]), b64(point[49:])
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func (s *Service) accountOfIssuer(ctx context.Context, issuer string) (account string, err error) {
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		for a, err := range persistence.AccountRecords(tx) {
			if err != nil {
				return err
			}
			if a.OutboundIssuer != "" && a.OutboundIssuer == issuer {
				account = a.ID
				return nil
			}
		}
		return persistence.ErrNotFound
	})
	return account, err
}
