package services

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// The headers of requests and answers that say with which key of KMS an object is
// encrypted.
const (
	encryptionHeader = "X-Amz-Server-Side-Encryption"
	keyHeader        = encryptionHeader + "-Aws-Kms-Key-Id"
	contextHeader    = encryptionHeader + "-Context"
	bucketKeyHeader  = encryptionHeader + "-Bucket-Key-Enabled"
	customerHeader   = encryptionHeader + "-Customer-Algorithm" // the client has the key
)

// sealed are the operations of S3 that create an object which may be encrypted, with the actions
// for which S3 uses the key.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
var sealed = map[string][]string{
	"CopyObject": {"GenerateDataKey"}, "CreateMultipartUpload": {"GenerateDataKey", "Decrypt"}, "PostObject": {"GenerateDataKey"},
	"PutObject": {"GenerateDataKey"},
}

// seals needs the key of a new object: the one that the request names or, without one, the bucket's
// default.
func (s *s3call) seals() error {
	actions := sealed[s.operation]
	at := slices.IndexFunc(s.needs.Needs, func(n authz.Need) bool {
		return n.Action == "s3:PutObject" && strings.Contains(n.Resource, ":::")
	})
	if actions == nil || at < 0 {
		return nil
	}
	object := s.needs.Needs[at].Resource
	key := s.sealingKey(object)
	if key.Name == "" {
		return nil
	}
	more, err := readContext(s.header(contextHeader))
	if err != nil {
		return err
	}
	u := keyUse{service: "s3", key: key.Name, actions: actions, context: append(objectContext(object, key.OfBucket), more...)}
	s.needs.Needs = append(s.needs.Needs, s.r.useKey(u)...)
	return nil
}

// sealingKey returns the key of a new object. If the request asks for KMS without naming a key, it
// is AWS's own key, which needs no permission.
func (s *s3call) sealingKey(object string) StoredKey {
	algorithm := s.header(encryptionHeader)
	switch {
	case isKMS(algorithm):
		return StoredKey{s.header(keyHeader), strings.EqualFold(s.header(bucketKeyHeader), "true")}
	case algorithm != "" || s.header(customerHeader) != "" || s.r.KeyOf == nil:
		return StoredKey{}
	}
	bucket, _, _ := strings.Cut(object, "/")
	return s.r.KeyOf(bucket)
}

func isKMS(encryption string) bool { return strings.HasPrefix(encryption, "aws:kms") }

// objectContext returns what S3 puts into the encryption context: the object, or its bucket if a
// bucket key is used.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
func objectContext(object string, ofBucket bool) []tag {
	if ofBucket {
		object, _, _ = strings.Cut(object, "/")
	}
	return []tag{{"aws:s3:arn", object}}
}

// errContext is the refusal of an encryption context. Message not confirmed.
var errContext = &Malformed{
	Reason: "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map",
}

// readContext reads an encryption context that a request adds.
func readContext(header string) ([]tag, error) {
	if header == "" {
		return nil, nil
	}
	text, err := base64.StdEncoding.DecodeString(header)
	if err != nil || !json.Valid(text) {
		return nil, errContext
	}
	members, err := readMembers(text)
	if err != nil {
		return nil, errContext
	}
	var out []tag
	for _, name := range members.names() {
		out = append(out, tag{name, members.text(name)})
	}
	return out, nil
}

// Unsealing returns the additional permissions that a caller needs to get the object in the answer,
// if S3 decrypts it with a key of KMS; nil if none are needed.
func (c *Call) Unsealing(r *Request, answer http.Header) *Needs {
	if c.Service.Name != "s3" || c.Operation != "GetObject" || !isKMS(answer.Get(encryptionHeader)) {
		return nil
	}
	bucket := c.labels["Bucket"]
	if behind := r.bucketNamed(bucket).behind; behind != "" {
		bucket = behind
	}
	u := keyUse{service: "s3", key: answer.Get(keyHeader), actions: decrypts}
	u.context = objectContext(BucketARN(r.Partition, bucket)+"/"+c.labels["Key"],
		strings.EqualFold(answer.Get(bucketKeyHeader), "true"))
	needs := r.useKey(u)
	if needs == nil {
		return nil
	}
	return &Needs{Needs: needs}
}
