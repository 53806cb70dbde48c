package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
)

// The words that a request to S3 can have in place of its payload's hash:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html.
// Those that begin with STREAMING- say that the body is aws-chunked.
const (
	// UnsignedPayload says that the body is not signed.
	UnsignedPayload = "UNSIGNED-PAYLOAD"

	// StreamingPayload says that each chunk has a signature.
	StreamingPayload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"

	// StreamingPayloadTrailer says that each chunk and the trailer have one.
	StreamingPayloadTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"

	// StreamingUnsignedTrailer says that neither has one.
	StreamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

	// StreamingPayloadV4A and StreamingPayloadTrailerV4A are those of SigV4A.
	StreamingPayloadV4A        = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"
	StreamingPayloadTrailerV4A = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER"
)

// payloadForm says how a body with a payload word is sent.
type payloadForm struct {
	chunked bool
	signer  string // the algorithm that signs the chunks; empty: none
	trailer bool
}

// payloadForms are all words. A hash in hex is not among them.
var payloadForms = map[string]payloadForm{
	UnsignedPayload:            {},
	StreamingPayload:           {chunked: true, signer: algorithmV4},
	StreamingPayloadTrailer:    {chunked: true, signer: algorithmV4, trailer: true},
	StreamingUnsignedTrailer:   {chunked: true, trailer: true},
	StreamingPayloadV4A:        {chunked: true, signer: algorithmV4A},
	StreamingPayloadTrailerV4A: {chunked: true, signer: algorithmV4A, trailer: true},
}

// payloadHeader is the header in which a request says what its signature covers for the payload. S3
// requires it; for IAM and STS it is a header like any other. In a presigned request it may be a
// parameter of the query, where AWS's SDK for JavaScript puts it.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const payloadHeader = "X-Amz-Content-Sha256"

// Payload returns what the request says that its signature covers for the payload: a hash in hex,
// UnsignedPayload or another word of S3's, or "" if it does not say. For a presigned request to S3
// that does not say, it is UnsignedPayload.
func (s *Signature) Payload() string {
	said := s.request.Header.Get(payloadHeader)
	if said == "" && s.presigned {
		said, _ = queryValue(s.request.URL.RawQuery, payloadHeader)
	}
	if said == "" && s.presigned && singleEncoded(s.Service) {
		return UnsignedPayload
	}
	return said
}

// checkPayload refuses what S3 refuses: a value that is neither a hash nor a word, and a word for
// chunks that are signed with another algorithm than the request.
func (s *Signature) checkPayload(said string) error {
	f, word := payloadForms[said]
	if !word && !isHash(said) || f.signer != "" && f.signer != s.algorithm {
		return &Error{Reason: ErrPayloadWord, Presigned: s.presigned, Given: said}
	}
	return nil
}

// isHash reports whether a payload is a SHA-256 in hex. S3 accepts digits in either case.
func isHash(payload string) bool {
	_, err := hex.DecodeString(payload)
	return err == nil && len(payload) == 2*sha256.Size
}
