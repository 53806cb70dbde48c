package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
)

// hexHash is a SHA-256 in lower-case hex.
type hexHash [2 * sha256.Size]byte

func hashOf(body []byte) (h hexHash) {
	sum := sha256.Sum256(body)
	hex.Encode(h[:], sum[:])
	return h
}

// HashPayload returns the SHA-256 of a body in hex, as it is signed.
func HashPayload(body []byte) string {
	h := hashOf(body)
	return string(h[:])
}

// Verify verifies that the request was signed with the secret access key and that neither it nor
// its body was changed since. X-Amz-Content-Sha256 is ignored here, and so is UNSIGNED-PAYLOAD. The
// error is ErrMismatch.
//
// Two things that signers do differently are both accepted, the usual one
// first: a host signed without its port, which curl does, and a session token
// that is appended to a presigned query after it was signed, which AWS allows
// for (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html).
func (s *Signature) Verify(secret string, body []byte) error {
	return s.VerifySum(secret, sha256.Sum256(body))
}

// VerifySum is Verify for a body whose SHA-256 is known.
func (s *Signature) VerifySum(secret string, sum [sha256.Size]byte) error {
	var payload hexHash
	hex.Encode(payload[:], sum[:])
	return s.verify(secret, payload[:])
}

// VerifyPayload is Verify without the body: payload is its hash in hex, or the word in its place;
// see Payload. The caller must then compare the hash with the body, while it streams or afterwards.
func (s *Signature) VerifyPayload(secret, payload string) error {
	return s.verify(secret, []byte(payload))
}

func (s *Signature) verify(secret string, payload []byte) error {
	x := scratches.Get().(*scratch)
	defer x.release()
	for _, f := range forms {
		if !f.possible(s) {
			continue
		}
		canonical, ok := x.canonical(s, f, payload)
		if !ok {
			break
		}
		if s.matches(secret, x.stringToSign(s, canonical)) {
			return nil
		}
	}
	return &Error{Reason: ErrMismatch, Presigned: s.presigned}
}

// matches reports whether the signature is that of the string with the secret, in constant time.
func (s *Signature) matches(secret string, toSign []byte) bool {
	if s.algorithm == algorithmV4A {
		return s.matchesV4A(secret, toSign)
	}
	var given, want hexHash
	if copy(given[:], s.given) != len(s.given) {
		return false
	}
	s.sign(secret, toSign, &want)
	return subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// sign writes the signature of the string with the secret.
func (s *Signature) sign(secret string, toSign []byte, out *hexHash) {
	keyScope{secret, s.Date, s.Region, s.Service}.key().sum(toSign, out)
}
