package sts

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/understudy-iam/understudy/principal"
)

// token is what a session token carries. Account and access key ID are not in
// it: the token is bound to the key, and the key names the account.
type token struct {
	Kind        principal.Kind `cbor:"1,keyasint"`
	EntityID    string         `cbor:"2,keyasint,omitempty"` // of the user or role whose policies count
	SessionName string         `cbor:"3,keyasint,omitempty"`
	Operation   string         `cbor:"4,keyasint"`
	IssuedAt    int64          `cbor:"5,keyasint"` // seconds since 1970, as all times here
	ExpiresAt   int64          `cbor:"6,keyasint"`

	Policy            string              `cbor:"7,keyasint,omitempty"` // while the token is sealed, in Packed
	PolicyARNs        []string            `cbor:"8,keyasint,omitempty"`
	Tags              []principal.Tag     `cbor:"9,keyasint,omitempty"`
	TransitiveTagKeys []string            `cbor:"10,keyasint,omitempty"`
	SourceIdentity    string              `cbor:"11,keyasint,omitempty"`
	MFAAt             int64               `cbor:"12,keyasint,omitempty"`
	FederatedProvider string              `cbor:"13,keyasint,omitempty"`
	Keys              map[string][]string `cbor:"14,keyasint,omitempty"`

	Limits   []string `cbor:"16,keyasint,omitempty"` // see principal.Session; while the token is sealed, in Packed
	Delegate string   `cbor:"17,keyasint,omitempty"`

	ScopeDown []string `cbor:"-"` // see principal.Session
	Packed    []byte   `cbor:"18,keyasint,omitempty"`

	// V1 says that the token is valid only in the regions that are on by default. The first
	// characters of the token show it.
	V1 bool `cbor:"-"`
}

// session returns the token's content for the layers above.
func (t *token) session() *principal.Session {
	s := &principal.Session{
		Operation: t.Operation, IssuedAt: time.Unix(t.IssuedAt, 0).UTC(), ExpiresAt: time.Unix(t.ExpiresAt, 0).UTC(),
		Policy: t.Policy, PolicyARNs: t.PolicyARNs, Tags: t.Tags, TransitiveTagKeys: t.TransitiveTagKeys,
		SourceIdentity: t.SourceIdentity, FederatedProvider: t.FederatedProvider, Keys: t.Keys,
		Limits: t.Limits, Delegate: t.Delegate, ScopeDown: t.ScopeDown,
	}
	if t.MFAAt != 0 {
		s.MFAAt = time.Unix(t.MFAAt, 0).UTC()
	}
	return s
}

// tokenOf makes a token from a caller's session, to seal it again.
func tokenOf(c *principal.Caller) *token {
	s := c.Session
	t := &token{
		Kind: c.Kind, EntityID: c.EntityID, SessionName: c.SessionName, Operation: s.Operation,
		IssuedAt: s.IssuedAt.Unix(), ExpiresAt: s.ExpiresAt.Unix(),
		Policy: s.Policy, PolicyARNs: s.PolicyARNs, Tags: s.Tags, TransitiveTagKeys: s.TransitiveTagKeys,
		SourceIdentity: s.SourceIdentity, FederatedProvider: s.FederatedProvider, Keys: s.Keys,
		Limits: s.Limits, Delegate: s.Delegate, ScopeDown: s.ScopeDown,
	}
	if !s.MFAAt.IsZero() {
		t.MFAAt = s.MFAAt.Unix()
	}
	return t
}

// The bytes of a session token, before base64: the magic of AWS's tokens of the
// same version, so that ours begin with "IQoJb3JpZ2luX2Vj" (v2) or
// "FwoGZXIvYXdz" (v1) too; our format; a nonce; and the encrypted content, which
// ends in zeros, with its authentication tag.
const (
	magicV2     = "!\n\torigin_ec"
	magicV1     = "\x17\n\x06er/aws"
	tokenFormat = 1
	headV2      = magicV2 + string(rune(tokenFormat))
	headV1      = magicV1 + string(rune(tokenFormat))

	sealingKeySize = 32
	aroundSealed   = 12 + 16 // bytes of the nonce and the authentication tag of AES-GCM
)

// head returns the first bytes of a token.
func (t *token) head() string {
	if t.V1 {
		return headV1
	}
	return headV2
}

// sealer seals the tokens of one account. It is safe for concurrent use.
type sealer struct {
	aead    cipher.AEAD
	secrets sync.Pool // of *secretMaker
}

// newSealer derives two keys from the account's sealing key.
func newSealer(key []byte) (*sealer, error) {
	block, err := aes.NewCipher(derive(key, "session token"))
	if err != nil {
		return nil, fmt.Errorf("sts: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("sts: %w", err)
	}
	s, secretKey := &sealer{aead: aead}, derive(key, "secret access key")
	s.secrets.New = func() any { return &secretMaker{hash: hmac.New(sha256.New, secretKey)} }
	return s, nil
}

func derive(key []byte, purpose string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("understudy " + purpose))
	return h.Sum(nil)
}

// content is the encoded token before it is sealed, for either version.
type content struct {
	token *token
	plain []byte
	added int // bytes of it other than the session's identity and duration
}

func (t *token) content() (*content, error) {
	packed, err := pack(&policies{Inline: t.Policy, Limits: t.Limits, ScopeDown: t.ScopeDown})
	if err != nil {
		return nil, fmt.Errorf("sts: session token: %w", err)
	}
	sealed := *t
	sealed.Policy, sealed.Limits, sealed.Packed = "", nil, packed
	plain, err := cbor.Marshal(&sealed)
	if err != nil {
		return nil, fmt.Errorf("sts: session token: %w", err)
	}
	added, err := t.added(plain)
	if err != nil {
		return nil, fmt.Errorf("sts: session token: %w", err)
	}
	return &content{t, plain, added}, nil
}

// seal makes the session token that goes with the access key ID; it is at
// least minimumSize characters long.
func (s *sealer) seal(random io.Reader, accessKeyID string, c *content, minimumSize int) (string, error) {
	head, size := c.token.head(), c.size(minimumSize)
	raw, begin := make([]byte, size), len(head)+s.aead.NonceSize()
	nonce, plain := raw[copy(raw, head):begin], raw[begin:size-s.aead.Overhead()]
	copy(plain, c.plain) // zeros follow
	if _, err := io.ReadFull(random, nonce); err != nil {
		return "", fmt.Errorf("sts: session token: %w", err)
	}
	return base64.StdEncoding.EncodeToString(s.aead.Seal(raw[:begin], nonce, plain, bound(head, accessKeyID))), nil
}

// bound returns the additional data that a token is authenticated with.
func bound(head, accessKeyID string) []byte { return []byte(head + accessKeyID) }

// open returns the content of a session token. It reports false for a token
// that was tampered with, was issued by another account or goes with another
// access key ID.
func (s *sealer) open(accessKeyID, text string) (*token, bool) {
	if strings.ContainsAny(text, "\r\n") { // which decoding would skip
		return nil, false
	}
	raw, err := strictBase64.DecodeString(text)
	if err != nil {
		return nil, false
	}
	t := &token{V1: strings.HasPrefix(string(raw), headV1)}
	head, begin := t.head(), len(t.head())+s.aead.NonceSize()
	if len(raw) < begin || string(raw[:len(head)]) != head {
		return nil, false
	}
	plain, err := s.aead.Open(raw[begin:begin], raw[len(head):begin], raw[begin:], bound(head, accessKeyID))
	if err != nil {
		return nil, false
	}
	if _, err := cbor.UnmarshalFirst(plain, t); err != nil { // zeros follow
		return nil, false
	}
	if len(t.Packed) > 0 {
		p, err := unpack(t.Packed)
		if err != nil {
			return nil, false
		}
		t.Policy, t.Limits, t.ScopeDown, t.Packed = p.Inline, p.Limits, p.ScopeDown, nil
	}
	return t, true
}

// strictBase64 accepts only the spelling that encoding gives, so that no two strings are the same
// token.
var strictBase64 = base64.StdEncoding.Strict()

// secret derives the secret access key from the token: 40 characters of
// base64, like AWS's.
func (s *sealer) secret(accessKeyID, text string) string {
	m := s.secrets.Get().(*secretMaker)
	defer s.secrets.Put(m)
	m.hash.Reset()
	m.input = append(append(m.input[:0], accessKeyID...), text...)
	m.hash.Write(m.input)
	m.sum = m.hash.Sum(m.sum[:0])
	return base64.StdEncoding.EncodeToString(m.sum[:30])
}

// secretMaker holds what is needed to derive a secret access key, for reuse.
type secretMaker struct {
	hash       hash.Hash
	input, sum []byte
}
