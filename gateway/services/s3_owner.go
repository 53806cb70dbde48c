package services

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// Headers in which a request says which account it expects to own its bucket, and the
// bucket that it copies from.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
const (
	ownerHeader       = "X-Amz-Expected-Bucket-Owner"
	sourceOwnerHeader = "X-Amz-Source-Expected-Bucket-Owner"
)

// OtherOwner is a bucket whose owner is not the account in a header of the request.
type OtherOwner struct{ Bucket, Header, Expected, Owner string }

// owner returns the account that owns a bucket or an access point. A new bucket belongs to the
// caller.
func (s *s3call) owner(b s3bucket) string {
	account := b.account
	if b.kind == generalBucket && s.operation != "CreateBucket" && s.r.BucketOwner != nil {
		account = s.r.BucketOwner(b.name)
	}
	return cmp.Or(account, s.r.Account)
}

// checkOwners notes whether a bucket of the request is of another account than the
// request expects. S3 does not check this when a bucket is created.
func (s *s3call) checkOwners() error {
	if s.operation == "CreateBucket" {
		return nil
	}
	if err := s.checkOwner(ownerHeader, s.bucket); err != nil {
		return err
	}
	source, err := readCopySource(s.header("X-Amz-Copy-Source"))
	if err != nil {
		return nil // it copies nothing
	}
	return s.checkOwner(sourceOwnerHeader, s.r.bucketNamed(source.bucket))
}

func (s *s3call) checkOwner(header string, b s3bucket) error {
	expected, given := s.given(header)
	if b.behind != "" {
		b = s.r.bucketNamed(b.behind)
	}
	if !given || b.kind != generalBucket || b.name == "" {
		return nil
	}
	if !isOwnerWord(expected) {
		return badOwner(expected)
	}
	if owner := s.owner(b); owner != expected && s.needs.OtherOwner == nil {
		s.needs.OtherOwner = &OtherOwner{Bucket: b.name, Header: strings.ToLower(header), Expected: expected, Owner: owner}
	}
	return nil
}

// given returns a header of the request or of its query, and whether it is there.
func (s *s3call) given(header string) (string, bool) {
	if values := s.r.Header[header]; len(values) > 0 {
		return values[0], true
	}
	for name, values := range s.r.Query {
		if strings.EqualFold(name, header) {
			return values[0], true
		}
	}
	return "", false
}

// isOwnerWord reports whether S3 accepts a string as the ID of an account: 12 letters or digits.
func isOwnerWord(s string) bool {
	strange := func(r rune) bool { return r == '-' || !isNameRune(r) }
	return len(s) == 12 && !strings.ContainsFunc(s, strange)
}

// badOwner returns S3's refusal of a string that is not the ID of an account (quoted from answers).
func badOwner(expected string) error {
	return &Malformed{
		Reason: "The value of the expected bucket owner parameter must be an AWS Account ID... [" + expected + "]",
		Code:   "InvalidBucketOwnerAWSAccountID",
	}
}

// AskBuckets returns the request for the buckets of an account.
func AskBuckets(account string) *Question {
	return ask("s3", principal.ARN{AccountID: account}).rest(http.MethodGet, "/", "")
}

// ReadBuckets reads the names of the buckets from an answer to AskBuckets, or from the beginning of
// one.
func ReadBuckets(answer []byte) map[string]bool {
	names := map[string]bool{}
	for bucket := range xmlElements[struct{ Name string }](answer, "Bucket") {
		names[bucket.Name] = true
	}
	return names
}
