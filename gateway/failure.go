package gateway

import (
	"errors"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/awsapi/sigv4/postform"
	"github.com/understudy-iam/understudy/gateway/services"
)

// failure is the answer in place of the upstream's.
type failure struct {
	kind    kind
	code    string // empty: that of the kind
	message string
	status  int // 0: that of the kind
	err     error
	details []detail // further elements of S3's errors
	dropped bool     // the connection is closed in place of an answer
}

// detail is a further element of an error of S3.
type detail struct{ name, value string }

// Error returns the message, so that a failure can be passed on as an error.
func (f *failure) Error() string {
	if f.err != nil {
		return f.message + " (" + f.err.Error() + ")"
	}
	return f.message
}

func (f *failure) Unwrap() error { return f.err }

// Is reports whether the target is the error that callers know the kind of failure by.
func (f *failure) Is(target error) bool {
	return target == ErrUpstream && (f.kind == unreachable || f.kind == garbled || f.kind == slow)
}

// kind is what has failed, independent of the service's words.
type kind uint8

const (
	internal kind = iota
	denied
	unknownKey
	badToken
	mismatch
	expired
	unsigned
	incomplete
	skewed
	notServed
	malformed
	tooLarge
	incompleteBody
	throttled
	unreachable // the upstream
	garbled
	slow
)

// family is a group of services with the same codes.
type family uint8

const (
	s3Family family = iota
	ec2Family
	queryFamily
	jsonFamily // and CBOR
	restFamily // REST with JSON
	families
)

type codeStatus struct {
	code   string
	status int
}

// codes are the codes and statuses of each kind, by family. Sources: the pages of
// common errors of IAM, DynamoDB, Lambda and EC2, the error responses of S3, and
// answers that people have quoted.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CommonErrors.html
var codes = map[kind][families]codeStatus{
	internal: {{"InternalError", 500}, {"InternalError", 500}, {"InternalFailure", 500}, {"InternalFailure", 500},
		{"InternalFailure", 500}},
	denied: {{"AccessDenied", 403}, {"UnauthorizedOperation", 403}, {"AccessDenied", 403}, {"AccessDeniedException", 400},
		{"AccessDeniedException", 403}},
	unknownKey: {
		{"InvalidAccessKeyId", 403}, {"AuthFailure", 401}, {"InvalidClientTokenId", 403}, {"UnrecognizedClientException", 400},
		{"UnrecognizedClientException", 403},
	},
	badToken: {{"InvalidToken", 400}, {"AuthFailure", 401}, {"InvalidClientTokenId", 403}, {"UnrecognizedClientException", 400},
		{"UnrecognizedClientException", 403}},
	mismatch: {
		{"SignatureDoesNotMatch", 403}, {"AuthFailure", 401}, {"SignatureDoesNotMatch", 403}, {"InvalidSignatureException", 400},
		{"InvalidSignatureException", 403},
	},
	expired: {{"ExpiredToken", 400}, {"RequestExpired", 400}, {"ExpiredToken", 403}, {"ExpiredTokenException", 400},
		{"ExpiredTokenException", 403}},
	unsigned: {
		{"AccessDenied", 403}, {"AuthFailure", 401}, {"MissingAuthenticationToken", 403}, {"MissingAuthenticationTokenException", 400},
		{"MissingAuthenticationTokenException", 403},
	},
	incomplete: {
		{"AuthorizationHeaderMalformed", 400}, {"AuthFailure", 401}, {"IncompleteSignature", 400}, {"IncompleteSignatureException", 400},
		{"IncompleteSignatureException", 403},
	},
	skewed: {
		{"RequestTimeTooSkewed", 403}, {"RequestExpired", 400}, {"SignatureDoesNotMatch", 403}, {"InvalidSignatureException", 400},
		{"InvalidSignatureException", 403},
	},
	notServed: {{"NotImplemented", 501}, {"NotImplemented", 501}, {"NotImplemented", 501}, {"NotImplemented", 501},
		{"NotImplemented", 501}},
	malformed: {{"InvalidRequest", 400}, {"InvalidParameterValue", 400}, {"ValidationError", 400}, {"ValidationException", 400},
		{"ValidationException", 400}},
	tooLarge: {{"MaxMessageLengthExceeded", 400}, {"RequestEntityTooLarge", 413}, {"RequestEntityTooLarge", 413},
		{"RequestEntityTooLargeException", 413}, {"RequestEntityTooLargeException", 413}},
	incompleteBody: {{"IncompleteBody", 400}, {"InvalidRequest", 400}, {"IncompleteSignature", 400}, {"SerializationException", 400},
		{"SerializationException", 400}},
	throttled: {{"SlowDown", 503}, {"RequestLimitExceeded", 503}, {"Throttling", 400}, {"ThrottlingException", 400},
		{"ThrottlingException", 429}},
	unreachable: {{"ServiceUnavailable", 503}, {"Unavailable", 503}, {"ServiceUnavailable", 503}, {"ServiceUnavailable", 503},
		{"ServiceUnavailableException", 503}},
	garbled: {{"BadGateway", 502}, {"BadGateway", 502}, {"BadGateway", 502}, {"BadGateway", 502}, {"BadGateway", 502}},
	slow:    {{"GatewayTimeout", 504}, {"GatewayTimeout", 504}, {"GatewayTimeout", 504}, {"GatewayTimeout", 504}, {"GatewayTimeout", 504}},
}

// messages are the messages of kinds whose message is always the same, for services other than S3.
var messages = map[kind]string{
	internal:       "The request processing has failed because of an unknown error, exception or failure.",
	tooLarge:       "The request body is larger than the 16 MiB that are read to decide a call.",
	incompleteBody: "The body of the request did not arrive.",
}

// s3Messages are the messages of S3.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
var s3Messages = map[kind]string{
	internal:       "We encountered an internal error. Please try again.",
	unknownKey:     "The AWS Access Key Id you provided does not exist in our records.",
	badToken:       "The provided token is malformed or otherwise invalid.",
	mismatch:       "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
	expired:        "The provided token has expired.",
	unsigned:       "Access Denied",
	throttled:      "Please reduce your request rate.",
	skewed:         "The difference between the request time and the current time is too large.",
	tooLarge:       "Your request was too big.",
	incompleteBody: "You did not provide the number of bytes specified by the Content-Length HTTP header",
}

// authFailure is EC2's message for a key or a signature that is not valid.
const authFailure = "AWS was not able to validate the provided access credentials"

// fail makes a failure. Without a message it has that of the kind.
func (c *call) fail(k kind, message string) *failure {
	family := c.family()
	if s := s3Messages[k]; family == s3Family && s != "" {
		message = s
	}
	if family == ec2Family && codes[k][ec2Family].code == "AuthFailure" {
		message = authFailure
	}
	if message == "" {
		message = messages[k]
	}
	return &failure{kind: k, message: message}
}

// internal returns the failure for an error of this server, or that the client has gone.
func (c *call) internal(err error) *failure {
	if c.in.Context().Err() != nil {
		return c.givenUp()
	}
	f := c.fail(internal, "")
	f.err = err
	return f
}

// givenUp returns the failure of a call whose client has gone.
func (c *call) givenUp() *failure {
	f := c.fail(unreachable, "The request was given up.")
	f.err = c.in.Context().Err()
	return f
}

// family returns the group of the call's service.
func (c *call) family() family {
	switch c.protocol {
	case services.EC2:
		return ec2Family
	case services.JSON10, services.JSON11, services.CBOR:
		return jsonFamily
	case services.RESTJSON:
		return restFamily
	case services.RESTXML:
		if c.isS3() {
			return s3Family
		}
	}
	return queryFamily
}

func (c *call) isS3() bool {
	if c.service != nil {
		return c.service.Prefix == "s3"
	}
	return strings.HasPrefix(c.request.Service, "s3")
}

// unproved returns the failure for an error of a signature or of credentials, with IAM's message.
func (c *call) unproved(err error) *failure {
	var ready *failure
	if errors.As(err, &ready) {
		return ready
	}
	var form *postform.Error
	if errors.As(err, &form) {
		return c.formFault(form)
	}
	var fault *sigv4.Error
	if errors.As(err, &fault) {
		c.fault = fault
		if c.family() == s3Family {
			return c.s3Fault(fault)
		}
	}
	var known interface {
		ErrorCode() string
		ErrorMessage() string
	}
	if !errors.As(c.g.options.SignatureAnswer(err), &known) {
		if fault != nil {
			return c.bodyFault(fault)
		}
		return c.internal(err)
	}
	k, ok := signatureKinds[known.ErrorCode()]
	switch {
	case !ok:
		f := c.internal(err)
		if known.ErrorCode() == "ServiceUnavailable" { // no room for another account
			f.status, f.code, f.message = http.StatusServiceUnavailable, known.ErrorCode(), known.ErrorMessage()
		}
		return f
	case fault != nil && (fault.Reason == sigv4.ErrExpired || fault.Reason == sigv4.ErrNotYetCurrent):
		k = skewed
	case k == unknownKey && c.sig != nil && c.sig.SessionToken != "":
		k = badToken
	}
	f := c.fail(k, known.ErrorMessage())
	f.err = err
	return f
}

// bodyFault returns the failure for the body of a call to a service other than S3.
func (c *call) bodyFault(fault *sigv4.Error) *failure {
	var f *failure
	switch fault.Reason {
	case sigv4.ErrIncomplete:
		f = c.fail(incompleteBody, "")
	case sigv4.ErrPayloadMismatch, sigv4.ErrChunkMismatch, sigv4.ErrTrailerMismatch:
		return c.unproved(&sigv4.Error{Reason: sigv4.ErrMismatch, Presigned: fault.Presigned})
	case sigv4.ErrPayloadWord: // services that accept events sign a word in place of the hash
		f = c.fail(notServed, "The client signs its request event by event ("+clipped(fault.Given)+
			"), and Understudy does not verify events. "+
			"Such calls are not sent on: send them to the upstream itself.")
	default:
		f = c.fail(malformed, "The body cannot be read: "+fault.Reason.Error()+".")
	}
	f.err = fault
	return f
}

// signatureKinds are IAM's codes for signatures and credentials.
var signatureKinds = map[string]kind{
	"InvalidClientTokenId": unknownKey, "ExpiredToken": expired, "SignatureDoesNotMatch": mismatch,
	"IncompleteSignature": incomplete, "MissingAuthenticationToken": unsigned,
}

// notServed says what to do about a call to a service that no upstream serves.
func (c *call) notServed() *failure {
	facts := &c.caller.Request
	what := "this is a call to " + facts.Service + " (" + facts.Operation + "): "
	if len(c.g.routes) > 0 {
		return c.fail(notServed, "No upstream serves it: "+what+"start Understudy with another --upstream "+facts.Service+
			"=URL, or with --upstream URL for all services.")
	}
	return c.fail(notServed, "Understudy serves IAM, STS and policy checks, and "+what+
		"start it with --upstream URL, the address of an emulator, to have "+
		"such calls decided and sent on; or give its address in AWS_ENDPOINT_URL_IAM and AWS_ENDPOINT_URL_STS instead of AWS_ENDPOINT_URL, so that "+
		"calls of other services go where these are served.")
}
