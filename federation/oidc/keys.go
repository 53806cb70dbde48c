package oidc

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// maxRSAKeys is how many RSA keys an issuer may have; with more, AWS refuses every token that is
// signed with an RSA key (recorded).
const maxRSAKeys = 100

// Keys are the keys of an issuer with which a token can be verified.
type Keys struct {
	byID map[string]*key
	rsa  int
}

type key struct{ public any }

func (k *key) rsa() bool {
	_, ok := k.public.(*rsa.PublicKey)
	return ok
}

// ParseKeys reads a JSON web key set. A key that cannot be used is left out, as
// AWS does (recorded): one without kid, for encryption, with key_ops, or whose
// x5c disagrees with it. If two have the same kid, the later one counts.
func ParseKeys(document []byte) (*Keys, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(document, &set); err != nil {
		return nil, fmt.Errorf("oidc: key set: %w", err)
	}
	if set.Keys == nil {
		return nil, fmt.Errorf("oidc: the document is not a key set")
	}
	keys := &Keys{byID: map[string]*key{}}
	for _, raw := range set.Keys {
		if id, k := parseKey(raw); k != nil {
			keys.byID[id] = k
		}
	}
	for _, k := range keys.byID {
		if k.rsa() {
			keys.rsa++
		}
	}
	return keys, nil
}

// parseKey returns nil for a key that cannot be used.
func parseKey(raw json.RawMessage) (string, *key) {
	var head struct {
		Kid    string          `json:"kid"`
		Use    string          `json:"use"`
		KeyOps json.RawMessage `json:"key_ops"`
	}
	if json.Unmarshal(raw, &head) != nil || head.Kid == "" || head.KeyOps != nil || head.Use != "" && head.Use != "sig" {
		return "", nil
	}
	var k jose.JSONWebKey
	if k.UnmarshalJSON(raw) != nil || !k.Valid() {
		return "", nil
	}
	public := k.Public()
	if !public.Valid() { // a symmetric key has no public half
		return "", nil
	}
	return head.Kid, &key{public.Key}
}

// find returns the key with the ID or, without an ID, the only key there is (recorded).
func (k *Keys) find(id string) *key {
	if id != "" {
		return k.byID[id]
	}
	if len(k.byID) != 1 {
		return nil
	}
	for _, only := range k.byID {
		return only
	}
	return nil
}

// Has reports whether there is a key to try for a token with the key ID.
func (k *Keys) Has(id string) bool { return k.find(id) != nil }

func (k *Keys) tooManyRSA() bool { return k.rsa > maxRSAKeys }
