package idp

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
)

// Token is a signed token and what it says.
type Token struct {
	Token     string    `json:"token"` // compact form
	KeyID     string    `json:"keyId"`
	Algorithm string    `json:"algorithm"`
	Claims    Claims    `json:"claims"`
	IssuedAt  time.Time `json:"issuedAt"`
	ExpiresAt time.Time `json:"expiresAt"` // as asked for; claims may say otherwise

	// Warnings say why AWS STS would refuse the token, and what to do about it.
	Warnings []string `json:"warnings,omitempty"`

	now time.Time
}

// Sign makes the token that the request asks for. The error is ErrRequest if it
// does not make sense.
func (p *Provider) Sign(ctx context.Context, r *Request) (*Token, error) {
	id, err := uuid.NewRandomFromReader(p.options.Random)
	if err != nil {
		return nil, fmt.Errorf("idp: %w", err)
	}
	now := p.options.Now()
	claims, algorithm, err := r.claims(p.options.Partition, now, id.String())
	if err != nil {
		return nil, err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return nil, refused("the claims cannot be written as JSON: %v", err)
	}
	kind, _ := kindOf(algorithm)
	k, err := p.key(ctx, kind)
	if err != nil {
		return nil, err
	}
	text, err := k.sign(jose.SignatureAlgorithm(algorithm), payload)
	if err != nil {
		return nil, err
	}
	t := &Token{Token: text, KeyID: k.id, Algorithm: algorithm, Claims: claims, now: now}
	t.IssuedAt, t.ExpiresAt = date(claims, "iat"), date(claims, "exp")
	t.Warnings, err = p.warnings(ctx, text)
	return t, err
}

func (k *key) sign(algorithm jose.SignatureAlgorithm, payload []byte) (string, error) {
	o := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", k.id)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: k.signer}, o)
	if err != nil {
		return "", fmt.Errorf("idp: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("idp: %w", err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("idp: %w", err)
	}
	return text, nil
}

// date returns a date among the claims; the zero time if it is missing or not a date.
func date(c Claims, name string) time.Time {
	switch v := c[name].(type) {
	case int64:
		return time.Unix(v, 0).UTC()
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return time.Unix(n, 0).UTC()
		}
	}
	return time.Time{}
}

// ForOAuth returns the answer of an OAuth token endpoint. The ID token is in the place of the
// access token, since there is none. https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1
func (t *Token) ForOAuth() map[string]any {
	return map[string]any{
		"access_token": t.Token, "id_token": t.Token, "issued_token_type": idToken, "token_type": "Bearer",
		"expires_in": max(0, int64(t.ExpiresAt.Sub(t.now)/time.Second)),
	}
}
