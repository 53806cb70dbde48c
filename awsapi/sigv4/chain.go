package sigv4

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"hash"
)

// maxSignature is the longest signature of a chunk: SigV4A's, padded.
const maxSignature = 144

// chain verifies the signatures of chunks, each of which covers the previous one. The first is that
// of the request itself.
type chain struct {
	key    *signingKey      // of SigV4
	public *ecdsa.PublicKey // of SigV4A

	hash     hash.Hash // of the current chunk
	scope    []byte    // time and scope, a line each
	buffer   []byte
	sum      [sha256.Size]byte
	want     hexHash
	previous text
	given    text
}

// text is a signature as it was sent, without padding.
type text struct {
	bytes  [maxSignature]byte
	length int
}

func (t *text) set(s []byte) bool {
	t.length = copy(t.bytes[:], s)
	return t.length == len(s)
}

func (t *text) get() []byte { return t.bytes[:t.length] }

func newChain(s *Signature, secret string) *chain {
	c := &chain{hash: sha256.New(), scope: s.appendScope(nil)}
	if s.algorithm == algorithmV4A {
		c.public = publicKeys.get(keyPair{s.AccessKeyID, secret}, derivePublicKey)
	} else {
		c.key = keyScope{secret, s.Date, s.Region, s.Service}.key()
	}
	c.previous.set([]byte(s.given))
	return c
}

// expect keeps the signature that the next part of the body must have. Those of
// SigV4A are padded to one length with asterisks; what is chained is the signature
// without them, as aws-c-auth has it.
func (c *chain) expect(signature []byte) bool {
	if c.key == nil {
		signature = bytes.TrimRight(signature, "*")
	}
	return len(signature) > 0 && c.given.set(signature)
}

// emptyHash is the SHA-256 of nothing, in hex.
var emptyHash = hashOf(nil)

// chunk checks the signature of a chunk whose content is hashed, and begins the next one.
func (c *chain) chunk() bool {
	b := c.begin("PAYLOAD\n")
	b = append(b, emptyHash[:]...)
	return c.compare(append(b, '\n'))
}

// trailer checks the signature of the trailer, which is hashed.
func (c *chain) trailer() bool { return c.compare(c.begin("TRAILER\n")) }

// begin begins the string to sign for a part of the body.
func (c *chain) begin(kind string) []byte {
	b := append(c.buffer[:0], c.algorithm()...)
	b = append(b, '-')
	b = append(b, kind...)
	b = append(b, c.scope...)
	b = append(b, c.previous.get()...)
	return append(b, '\n')
}

func (c *chain) algorithm() string {
	if c.key == nil {
		return algorithmV4A
	}
	return algorithmV4
}

// compare adds the hash to the string to sign, and checks the signature.
func (c *chain) compare(toSign []byte) bool {
	toSign = hex.AppendEncode(toSign, c.hash.Sum(c.sum[:0]))
	c.hash.Reset()
	c.buffer, c.previous = toSign, c.given
	if c.key == nil {
		return verifiesV4A(c.public, toSign, string(c.given.get()))
	}
	c.key.sum(toSign, &c.want)
	return subtle.ConstantTimeCompare(c.given.get(), c.want[:]) == 1
}
