package gateway

import (
	"net/http"
	"strconv"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// s3Fault returns S3's answer to a wrong signature or body.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
func (c *call) s3Fault(e *sigv4.Error) *failure {
	f := c.fail(mismatch, "")
	switch e.Reason {
	case sigv4.ErrMismatch, sigv4.ErrChunkMismatch, sigv4.ErrTrailerMismatch, sigv4.ErrHostNotSigned:
		f.details = c.mismatchDetails()
	case sigv4.ErrExpired, sigv4.ErrNotYetCurrent:
		f = c.s3Skewed(e)
	case sigv4.ErrPayloadMismatch:
		f = &failure{code: "XAmzContentSHA256Mismatch", status: http.StatusBadRequest,
			message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
			details: []detail{{"ClientComputedContentSHA256", e.Given}, {"S3ComputedContentSHA256", e.Computed}}}
	case sigv4.ErrChunkSize:
		f = &failure{code: "InvalidChunkSizeError", status: http.StatusForbidden,
			message: "Only the last chunk is allowed to have a size less than 8192 bytes",
			details: []detail{{"Chunk", strconv.Itoa(e.Chunk)}, {"BadChunkSize", strconv.FormatInt(e.Size, 10)}}}
	case sigv4.ErrChecksum:
		f = &failure{
			code: "BadDigest", status: http.StatusBadRequest,
			message: "The " + checksumName(e.Given) + " you specified did not match the calculated checksum.",
		}
	default:
		if known, ok := s3Faults[e.Reason]; ok {
			f = &failure{code: known.code, status: known.status, message: known.message}
		} else {
			f = c.s3Incomplete(e)
		}
	}
	f.err = e
	if f.code != "" {
		f.kind = mismatch
	}
	return f
}

type s3Answer struct {
	code    string
	status  int
	message string
}

// s3Faults are the errors whose answer is always the same.
var s3Faults = map[error]s3Answer{
	sigv4.ErrPayloadMissing: {"InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256"},
	sigv4.ErrPayloadWord: {
		"InvalidArgument", 400,
		"x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
	},
	sigv4.ErrDecodedLength: {"MissingContentLength", 411, "You must provide the Content-Length HTTP header."},
	sigv4.ErrIncomplete:    {"IncompleteBody", 400, "You did not provide the number of bytes specified by the Content-Length HTTP header"},
	sigv4.ErrChunk: {
		"IncompleteBody", 400, "You did not provide the number of bytes specified by the Content-Length HTTP header",
	}, // text not confirmed
	sigv4.ErrTrailer: {
		"MalformedTrailerError", 400,
		"The request contained trailing data that was not well-formed or did not conform to our published schema.",
	},
	sigv4.ErrTrailerName: {"InvalidRequest", 400, "The value specified in the x-amz-trailer header is not supported"},
	sigv4.ErrTwoSignatures: {
		"InvalidArgument", 400,
		"Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
	},
	sigv4.ErrScheme: {"InvalidArgument", 400, "Unsupported Authorization Type"},
	sigv4.ErrDate:   {"AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header"},
	sigv4.ErrLife: {
		"AuthorizationQueryParametersError", 400, "X-Amz-Expires must be a number between 0 and 604800",
	}, // text not confirmed
}

// s3Skewed returns the answer to a time that is too far away, or to a presigned URL that has
// expired.
func (c *call) s3Skewed(e *sigv4.Error) *failure {
	const layout = "2006-01-02T15:04:05Z"
	now, signed := e.Now.UTC().Format(layout), c.sig.Time().UTC()
	if e.Presigned && e.Reason == sigv4.ErrExpired {
		life, _ := strconv.Atoi(c.request.Query.Get("X-Amz-Expires"))
		return &failure{code: "AccessDenied", status: http.StatusForbidden, message: "Request has expired", details: []detail{
			{"X-Amz-Expires", strconv.Itoa(life)}, {"Expires", signed.Add(time.Duration(life) * time.Second).Format(layout)},
			{"ServerTime", now},
		}}
	}
	if e.Presigned {
		return &failure{code: "AccessDenied", status: http.StatusForbidden, message: "Request is not valid yet"} // text not confirmed
	}
	f := c.fail(skewed, "")
	f.details = []detail{{"RequestTime", e.Given}, {"ServerTime", now}, {"MaxAllowedSkewMilliseconds", "900000"}}
	return f
}

// s3Incomplete returns the answer to a signature with parts that cannot be read.
func (c *call) s3Incomplete(e *sigv4.Error) *failure {
	if e.Presigned {
		return &failure{code: "AuthorizationQueryParametersError", status: http.StatusBadRequest,
			message: "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."}
	}
	if e.Reason == sigv4.ErrScope && e.Scope.Region {
		return c.fail(incomplete, "The authorization header is malformed; the region '"+c.sig.Region+"' is wrong; expecting '"+
			c.g.options.Partition.Region()+"'")
	}
	return c.fail(incomplete, "The authorization header is malformed; "+e.Reason.Error()+".") // text not confirmed
}

// mismatchDetails returns what S3 shows about a signature that does not match: the strings that it
// has made of the request.
func (c *call) mismatchDetails() []detail {
	if c.sig == nil {
		return nil
	}
	return []detail{{"AWSAccessKeyId", c.sig.AccessKeyID}}
}

// checksumName returns S3's name for a checksum, by its header.
func checksumName(header string) string {
	const prefix = "x-amz-checksum-"
	if len(header) <= len(prefix) {
		return "checksum"
	}
	name := []byte(header[len(prefix):])
	for i, b := range name {
		if 'a' <= b && b <= 'z' {
			name[i] = b - 'a' + 'A'
		}
	}
	return string(name)
}
