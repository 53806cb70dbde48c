package sigv4

import "errors"

// The reasons why a body is refused. Each is returned within an *Error. S3's code is in brackets,
// if it has one of its own.
var (
	// ErrPayloadMissing is returned when a request to S3 does not say what is signed for its body.
	ErrPayloadMissing = errors.New("the header x-amz-content-sha256 is missing")

	// ErrPayloadWord is returned when X-Amz-Content-Sha256 is neither a hash nor a
	// word that the signature's algorithm knows.
	ErrPayloadWord = errors.New("x-amz-content-sha256 is neither a hash nor a known word")

	// ErrPayloadMismatch is returned when a body has another hash than the request
	// declares (XAmzContentSHA256Mismatch).
	ErrPayloadMismatch = errors.New("the body does not have the declared hash")

	// ErrDecodedLength is returned when an aws-chunked request does not say how long
	// its body is without the framing.
	ErrDecodedLength = errors.New("x-amz-decoded-content-length is missing or is not a length")

	// ErrIncomplete is returned when a body ends too early, is not as long as it is
	// declared to be, or goes on after its end (IncompleteBody).
	ErrIncomplete = errors.New("the body does not end where it should")

	// ErrChunk is returned when the framing of a chunk cannot be read.
	ErrChunk = errors.New("the framing of a chunk is malformed")

	// ErrChunkSize is returned when a chunk that is not the last one has less than
	// 8192 bytes (InvalidChunkSizeError).
	ErrChunkSize = errors.New("only the last chunk may have less than 8192 bytes")

	// ErrChunkMismatch is returned when a chunk does not have the signature that is
	// sent with it (SignatureDoesNotMatch).
	ErrChunkMismatch = errors.New("the signature of a chunk does not match")

	// ErrTrailer is returned when a trailer cannot be read, was not announced in
	// x-amz-trailer, or was announced and is missing (MalformedTrailerError).
	ErrTrailer = errors.New("the trailer is malformed")

	// ErrTrailerName is returned when x-amz-trailer announces something other than a checksum.
	ErrTrailerName = errors.New("the value of x-amz-trailer is not supported")

	// ErrTrailerMismatch is returned when the trailer does not have its signature
	// (SignatureDoesNotMatch).
	ErrTrailerMismatch = errors.New("the signature of the trailer does not match")

	// ErrChecksum is returned when the body does not have the checksum that its
	// trailer gives (BadDigest).
	ErrChecksum = errors.New("the checksum in the trailer is not that of the body")
)
