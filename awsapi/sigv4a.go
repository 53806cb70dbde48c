package awsapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/big"
)

// SigV4A is Signature Version 4 with an elliptic-curve signature, which holds
// for a set of regions at once:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html#how-sigv4a-works.

const regionSetHeader = "X-Amz-Region-Set"

// regionSet is the regions that a SigV4A signature is for. A header that is
// not signed says nothing.
func (s *signature) regionSet() string {
	if s.presigned {
		set, _ := queryValue(s.request.URL.RawQuery, regionSetHeader)
		return set
	}
	if !s.signs(regionSetHeader) {
		return ""
	}
	return s.request.Header.Get(regionSetHeader)
}

// keyPair is what a SigV4A key is made from.
type keyPair struct{ accessKeyID, secret string }

// publicKey is nil inside if a key pair yields no key, which then matches
// nothing.
type publicKey struct{ key *ecdsa.PublicKey }

func (s *signature) matchesV4A(secret string, toSign []byte) bool {
	der, err := hex.DecodeString(s.given)
	if err != nil {
		return false
	}
	public := publicKeys.get(keyPair{s.AccessKeyID, secret}, derivePublicKey)
	sum := sha256.Sum256(toSign)
	return public.key != nil && ecdsa.VerifyASN1(public.key, sum[:], der)
}

// derivePublicKey makes the public key that belongs to an access key. The
// private key is the first candidate of NIST SP 800-108's key derivation
// (HMAC in counter mode) that is below the order of the curve by two or more,
// plus one (FIPS 186-4, B.4.2). Each candidate is right with a probability
// of 1-2^-32.
func derivePublicKey(pair keyPair) *publicKey {
	curve := elliptic.P256()
	largest := new(big.Int).Sub(curve.Params().N, big.NewInt(2))
	for counter := 1; counter < 255; counter++ {
		candidate := new(big.Int).SetBytes(keyCandidate(pair, byte(counter)))
		if candidate.Cmp(largest) > 0 {
			continue
		}
		private := candidate.Add(candidate, big.NewInt(1)).FillBytes(make([]byte, 32))
		key, err := ecdsa.ParseRawPrivateKey(curve, private)
		if err != nil {
			break
		}
		return &publicKey{&key.PublicKey}
	}
	return &publicKey{}
}

// keyCandidate is one 256-bit output of the key derivation function.
func keyCandidate(pair keyPair, counter byte) []byte {
	mac := hmac.New(sha256.New, []byte("AWS4A"+pair.secret))
	input := binary.BigEndian.AppendUint32(nil, 1) // the only block
	input = append(input, algorithmV4A...)
	input = append(input, 0)
	input = append(input, pair.accessKeyID...)
	input = append(input, counter)
	input = binary.BigEndian.AppendUint32(input, 256) // bits
	mac.Write(input)
	return mac.Sum(nil)
}
