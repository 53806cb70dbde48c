package sigv4

import (
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
	"sync"
)

// keyScope is everything that a signing key is made from. The secret is part of it, so a remembered
// key is never used with another secret.
type keyScope struct{ secret, date, region, service string }

// owned returns the same scope, copied so that it does not keep the request in memory. The region
// of a Signature is already a copy.
func (k keyScope) owned() keyScope {
	k.date, k.service = strings.Clone(k.date), strings.Clone(k.service)
	return k
}

// maxService is the maximum length of a service's name, in bytes, for its signing keys to be
// remembered. AWS's names are shorter; a request could invent one of several megabytes.
const maxService = 64

// key returns the signing key, derived or remembered.
func (k keyScope) key() *signingKey {
	if len(k.service) > maxService {
		return newSigningKey(k)
	}
	return signingKeys.get(k, newSigningKey)
}

// signingKey is the key of one secret for a day, region and service. It is safe for concurrent use.
type signingKey struct{ macs sync.Pool }

// newSigningKey derives a signing key:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#calculate-signature.
func newSigningKey(k keyScope) *signingKey {
	key := []byte("AWS4" + k.secret)
	for _, part := range []string{k.date, k.region, k.service, Terminator} {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(part))
		key = m.Sum(nil)
	}
	return &signingKey{macs: sync.Pool{New: func() any { return &mac{Hash: hmac.New(sha256.New, key)} }}}
}

// mac is an HMAC with room for its result.
type mac struct {
	hash.Hash
	result [sha256.Size]byte
}

// sum writes the signature of a message in hex.
func (k *signingKey) sum(message []byte, out *hexHash) {
	m := k.macs.Get().(*mac)
	defer k.macs.Put(m)
	m.Reset()
	m.Write(message)
	hex.Encode(out[:], m.Sum(m.result[:0]))
}

// signingKeys and publicKeys remember keys that are costly to derive. They hold results of pure
// functions, so it makes no difference that all handlers of the process share them.
var (
	signingKeys = memo[keyScope, *signingKey]{own: keyScope.owned}
	publicKeys  memo[keyPair, *ecdsa.PublicKey]
)

// memoSize is the maximum size of each of a memo's two generations.
const memoSize = 1024

// memo remembers the values of a function of K. It keeps what was used last: when the young
// generation is full it becomes the old one, and the old one is forgotten, except for what has been
// asked for since. The zero memo is ready for use. It is safe for concurrent use.
type memo[K comparable, V any] struct {
	own func(K) K // copies a key before it is remembered; nil: it is not copied

	mu         sync.RWMutex
	young, old map[K]V
}

func (m *memo[K, V]) get(key K, derive func(K) V) V {
	m.mu.RLock()
	value, ok := m.young[key]
	m.mu.RUnlock()
	if ok {
		return value
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if value, ok = m.young[key]; ok {
		return value
	}
	if value, ok = m.old[key]; !ok {
		value = derive(key)
	}
	if m.own != nil {
		key = m.own(key)
	}
	if len(m.young) >= memoSize {
		m.old, m.young = m.young, nil
	}
	if m.young == nil {
		m.young = make(map[K]V)
	}
	m.young[key] = value
	return value
}
