package iam

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// checkPolicyDocument refuses a document that AWS would not store as a policy
// of the kind.
func (s *Service) checkPolicyDocument(document string, kind evaluator.Kind) error {
	return documentFault(evaluator.Validation{Partition: s.partition.String()}.Validate(document, kind))
}

// MalformedDocument returns the error MalformedPolicyDocument with the message and the
// place of the fault.
func MalformedDocument(fault *evaluator.MalformedError) error {
	return authz.MalformedDocument(malformedPolicyDocument(fault.Message), fault)
}

// documentFault turns a fault that the evaluator found in a document into
// AWS's error; other errors stay as they are.
func documentFault(err error) error {
	var malformed *evaluator.MalformedError
	if errors.As(err, &malformed) {
		return MalformedDocument(malformed)
	}
	return err
}

// documentOut returns a policy document as answers have it: percent-encoded as in RFC
// 3986, with its white space as it was sent.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html
func documentOut(document string) *string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(2 * len(document))
	for i := range len(document) {
		if c := document[i]; unreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return aws.String(b.String())
}

func unreserved(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return c == '-' || c == '_' || c == '.' || c == '~'
}
