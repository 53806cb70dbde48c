package sigv4

import (
	"errors"
	"strings"
	"time"
)

// The reasons why a signature is refused. Each is returned within an *Error.
var (
	// ErrScheme is returned when the Authorization header has another scheme, such
	// as Basic or AWS3. To AWS the request is unsigned.
	ErrScheme = errors.New("the Authorization header is not of Signature Version 4")

	// ErrTwoSignatures is returned when a request has an Authorization header and
	// is presigned.
	ErrTwoSignatures = errors.New("the request has two signatures")

	// ErrAlgorithm is returned when the algorithm is neither SigV4's nor SigV4A's.
	ErrAlgorithm = errors.New("the algorithm is unknown")

	// ErrPart is returned when a part of an Authorization header has no equals sign.
	ErrPart = errors.New("a part of the Authorization header is not a key=value pair")

	// ErrMissing is returned when parts of a signature are missing.
	ErrMissing = errors.New("parts of the signature are missing")

	// ErrHostNotSigned is returned when the host is not among the signed headers.
	ErrHostNotSigned = errors.New("the host is not signed")

	// ErrDate is returned when the time of a request cannot be read.
	ErrDate = errors.New("the date cannot be read")

	// ErrExpired is returned when a signature is too old.
	ErrExpired = errors.New("the signature has expired")

	// ErrLife is returned when a request to S3 is presigned, and its X-Amz-Expires
	// is missing or is not a number of seconds up to a week.
	ErrLife = errors.New("the life of the presigned request is not a number of seconds up to a week")

	// ErrNotYetCurrent is returned when a signature has a time in the future.
	ErrNotYetCurrent = errors.New("the signature is not yet current")

	// ErrCredential is returned when the credential does not have the right number
	// of parts.
	ErrCredential = errors.New("the credential does not have the right number of parts")

	// ErrScope is returned when the credential's scope is wrong; Error.Scope says which parts.
	ErrScope = errors.New("the credential scope is wrong")

	// ErrMismatch is returned when the signature is not that of the request with the secret.
	ErrMismatch = errors.New("the signature does not match")
)

// Error says why a signature is refused. Reason is always set, the other fields for the reasons
// that their comments name.
type Error struct {
	Reason error // one of the Err variables of this package

	Presigned bool   // the signature was in the query
	Header    string // ErrPart, ErrMissing: the Authorization header as sent

	// Given is what is wrong, as sent: the algorithm, the part, the date, the credential, the life,
	// the payload, the name of a trailer or of its checksum. For ErrExpired and ErrNotYetCurrent it
	// is the request's time in the format of Layout.
	Given string

	Asymmetric bool      // ErrCredential: the algorithm is SigV4A's
	Missing    []string  // ErrMissing: the names of the parts; Date for both dates
	Now        time.Time // ErrExpired, ErrNotYetCurrent: the server's time

	// Computed is the hash of the body in hex: ErrPayloadMismatch. Given is then the
	// hash that was declared.
	Computed string

	Chunk int   // ErrChunkSize: the number of the chunk after the small one
	Size  int64 // ErrChunkSize: the size of the small one

	Scope   ScopeFault // ErrScope
	Service string     // ErrScope: the right value for the scope
}

// ScopeFault says which parts of a credential scope are wrong.
type ScopeFault struct{ Region, Service, Terminator, Date bool }

// Date is the name in Error.Missing of the date of a request that is signed in
// its header: X-Amz-Date, or else Date.
const Date = "Date"

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Reason }

// Error describes the fault for a log. Each service has its own messages for answers.
func (e *Error) Error() string {
	text := "sigv4: " + e.Reason.Error()
	switch {
	case len(e.Missing) > 0:
		text += ": " + strings.Join(e.Missing, ", ")
	case e.Given != "":
		text += ": " + e.Given
	}
	return text
}

func reason(r error) error { return &Error{Reason: r} }
