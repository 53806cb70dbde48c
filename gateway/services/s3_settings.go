package services

import (
	"bytes"
	"encoding/xml"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// AccessBlock is the settings of S3 Block Public Access of an account, a bucket or an access point.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
type AccessBlock struct {
	Policies bool // BlockPublicPolicy: no public policy is set
	ACLs     bool // BlockPublicAcls: no public ACL is set
	Restrict bool // RestrictPublicBuckets: a public policy admits nobody of another account

	// Inside says that the access point can be reached only from a VPC. Its policy is never public.
	Inside bool
}

// Or returns the settings that are on in either.
func (b AccessBlock) Or(other AccessBlock) AccessBlock {
	return AccessBlock{b.Policies || other.Policies, b.ACLs || other.ACLs, b.Restrict || other.Restrict, b.Inside || other.Inside}
}

// AskAccessBlock returns the request for the settings of a bucket.
func AskAccessBlock(bucket string) *Question {
	return ask("s3", principal.ARN{}).rest(http.MethodGet, "/"+url.PathEscape(bucket), "publicAccessBlock")
}

// AskAccountAccessBlock returns the request for the settings of an account.
func AskAccountAccessBlock(account string) *Question {
	q := ask("s3", principal.ARN{AccountID: account}).rest(http.MethodGet, "/"+controlBucket+"/configuration/publicAccessBlock", "")
	q.Header = http.Header{accountHeader: {account}}
	return q
}

// ReadAccessBlock reads the settings from an answer to AskAccessBlock,
// AskAccountAccessBlock or AskPoint.
func ReadAccessBlock(answer []byte) AccessBlock {
	is := func(name, value string) bool { return strings.EqualFold(elementIn(answer, name), value) }
	return AccessBlock{is("BlockPublicPolicy", "true"), is("BlockPublicAcls", "true"), is("RestrictPublicBuckets", "true"),
		is("NetworkOrigin", "VPC")}
}

// AskOwnership returns the request for who owns the objects of a bucket.
func AskOwnership(bucket string) *Question {
	return ask("s3", principal.ARN{}).rest(http.MethodGet, "/"+url.PathEscape(bucket), "ownershipControls")
}

// ReadOwnership reports whether an answer to AskOwnership says that the bucket's ACLs are disabled.
func ReadOwnership(answer []byte) bool {
	return elementIn(answer, "ObjectOwnership") == "BucketOwnerEnforced"
}

// elementIn returns the text of the first element of that name in an answer, at any depth; empty if
// there is none.
func elementIn(answer []byte, name string) string {
	for text := range xmlElements[string](answer, name) {
		return strings.TrimSpace(text)
	}
	return ""
}

// xmlElements yields the elements of that name in an answer, at any depth, up to the first that
// cannot be read.
func xmlElements[T any](answer []byte, name string) iter.Seq[T] {
	return func(yield func(T) bool) {
		d := xml.NewDecoder(bytes.NewReader(answer))
		for {
			token, err := d.Token()
			if err != nil {
				return
			}
			start, ok := token.(xml.StartElement)
			if !ok || start.Name.Local != name {
				continue
			}
			var element T
			if d.DecodeElement(&element, &start) != nil || !yield(element) {
				return
			}
		}
	}
}
