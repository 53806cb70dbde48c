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

// keyScope is all that a signing key is made from. The secret is part of it,
// so a key that was changed is never met again under its old secret.
type keyScope struct{ secret, date, region, service string }

// owned is the same scope, which does not keep the request in memory that it was
// read from. The region of a Signature is a copy already.
func (k keyScope) owned() keyScope {
	k.date, k.service = strings.Clone(k.date), strings.Clone(k.service)
	return k
}

// maxService is how long the name of a service may be, in bytes, for its signing
// keys to be remembered. AWS's are shorter; a request can make up one of megabytes.
const maxService = 64

// key derives the signing key, or remembers it.
func (k keyScope) key() *signingKey {
	if len(k.service) > maxService {
		return newSigningKey(k)
	}
	return signingKeys.get(k, newSigningKey)
}

// signingKey is the key of one secret for a day, region and service, ready for
// use from several goroutines.
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

// signingKeys and publicKeys remember what is costly to derive. They hold
// results of pure functions, so that they are shared by all handlers of the
// process is not to be seen.
var (
	signingKeys = memo[keyScope, *signingKey]{own: keyScope.owned}
	publicKeys  memo[keyPair, *ecdsa.PublicKey]
)

// memoSize bounds each of a memo's two generations.
const memoSize = 1024

// memo remembers the values of a function of K. It keeps what was used last:
// when the young generation is full it becomes the old one, and the old one,
// less what has been asked for since, is forgotten. The zero memo is ready
// for use, also from several goroutines.
type memo[K comparable, V any] struct {
	own func(K) K // copies a key that is to be remembered; nil: as it is

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
