package sigv4

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/big"
)

// SigV4A is Signature Version 4 with an elliptic-curve signature, which is valid in a set of
// regions: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html#how-sigv4a-works.

const regionSetHeader = "X-Amz-Region-Set"

// regionSet returns the regions that a SigV4A signature is for. A header that is not signed does
// not count.
func (s *Signature) regionSet() string {
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

func (s *Signature) matchesV4A(secret string, toSign []byte) bool {
	return verifiesV4A(publicKeys.get(keyPair{s.AccessKeyID, secret}, derivePublicKey), toSign, s.given)
}

// verifiesV4A reports whether a signature in hex is that of the string.
func verifiesV4A(public *ecdsa.PublicKey, toSign []byte, signature string) bool {
	der, err := hex.DecodeString(signature)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(toSign)
	return public != nil && ecdsa.VerifyASN1(public, sum[:], der)
}

// derivePublicKey makes the public key of an access key, from the first candidate of NIST SP
// 800-108's key derivation (HMAC in counter mode) that yields one. All but one candidate in 2^32
// do; if none of the 254 did, the key would be nil and match nothing.
func derivePublicKey(pair keyPair) (key *ecdsa.PublicKey) {
	for counter, ok := byte(1), false; !ok && counter < 255; counter++ {
		key, ok = publicKeyOf(keyCandidate(pair, counter))
	}
	return key
}

// publicKeyOf makes the key pair whose private half is a candidate plus one,
// if that is below the order of the curve (FIPS 186-4, B.4.2).
func publicKeyOf(candidate []byte) (*ecdsa.PublicKey, bool) {
	d := new(big.Int).SetBytes(candidate)
	d.Add(d, big.NewInt(1))
	if d.BitLen() > 256 {
		return nil, false
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d.FillBytes(make([]byte, 32)))
	if err != nil {
		return nil, false
	}
	return &private.PublicKey, true
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
