package services

import (
	"net/http"
	"net/url"
	"time"
)

// Request is a request to a service, with what its caller knows about it.
type Request struct {
	Method string
	Path   string // escaped, as it was sent; for S3 with the bucket: "/bucket/a%2Fb"
	Query  url.Values
	Header http.Header

	// Body is the whole body. It is read only if Call.Body is Whole.
	Body []byte

	// Form holds the parameters of the query and ec2 protocols, from the body or
	// the query, for a request whose Content-Type is that of a form; for a form with a
	// file that is posted to S3 its fields, with the key that the object will have.
	Form url.Values

	Service string // the signing name of the credential scope; empty if the request is not signed
	Host    string // with or without port

	// Partition, Region and Account are those of the ARNs that Needs makes.
	Partition, Region, Account string

	// InstanceProfileRole returns the ARN of the role in an instance profile, given by name or ARN,
	// or "" if there is none. It may be nil.
	InstanceProfileRole func(profile string) string

	// Caller is the account of the caller; empty for an anonymous caller.
	Caller string

	// Resolve returns the ARN that a name of the kind refers to, or "" if it is not known. It may
	// be nil.
	Resolve func(kind Lookup, name string) string

	// KeyOf returns the key of KMS that protects the resource with the ARN, none if there
	// is none or it is not known. It may be nil.
	KeyOf func(resource string) StoredKey

	// Time is when the request arrived, from which the age of a signature is computed.
	Time time.Time

	// BucketOwner returns the account that owns a bucket, or nothing if it is Account.
	// Nil: all buckets are of Account.
	BucketOwner func(bucket string) string

	// PointBucket returns the bucket of the access point of S3 with the ARN, and false if it is not
	// known. Nil: only the access points are decided about, not their buckets.
	PointBucket func(point string) (bucket string, ok bool)

	// Schema returns the keys of the DynamoDB table with the ARN, none if they are not known. It
	// may be nil.
	Schema func(table string) TableSchema

	sound bool // Body was found to be valid JSON
}

// Protocol is the form of a request, and so of its answer and of its errors.
type Protocol uint8

// The protocols.
const (
	Query    Protocol = iota + 1 // parameters in a form, answers in XML
	EC2                          // the same with lists and errors of EC2's own
	JSON10                       // X-Amz-Target, application/x-amz-json-1.0
	JSON11                       // X-Amz-Target, application/x-amz-json-1.1
	RESTJSON                     // method and path, JSON
	RESTXML                      // method and path, XML
	CBOR                         // Smithy RPC v2 CBOR
)

// Service is one of AWS's services. It does not change.
type Service struct {
	Name        string // botocore's, such as "dynamodbstreams"
	SigningName string // of the credential scope
	Endpoint    string // the first part of its host names
	Prefix      string // of its actions
	Version     string // of its API, such as "2012-08-10"

	// Target is what X-Amz-Target and the path of CBOR requests begin with;
	// empty if the service has neither.
	Target string

	// Protocols are the service's protocols, the usual one first.
	Protocols []Protocol

	lazy *lazy
}

// BodyUse says what Needs does with the body of a request.
type BodyUse uint8

// The uses of bodies.
const (
	NoBody   BodyUse = iota // the operation has no body
	Whole                   // Needs reads the body
	Streamed                // there may be a body, which Needs does not read
)

// Call is a request that was recognised.
type Call struct {
	Service   *Service
	Operation string   // botocore's name
	Protocol  Protocol // of this request
	Body      BodyUse

	operation *operation
	labels    map[string]string // of the path, unescaped
}
