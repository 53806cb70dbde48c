package services

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// shownHeaders are the headers of S3 that CloudTrail shows, in requests and in answers. Others may
// be the keys of a client, or an object's own metadata.
var shownHeaders = struct{ request, answer []string }{
	request: []string{
		"X-Amz-Acl", "X-Amz-Copy-Source", "X-Amz-Metadata-Directive", "X-Amz-Object-Ownership", "X-Amz-Server-Side-Encryption",
		"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "X-Amz-Storage-Class", "X-Amz-Tagging-Directive",
	},
	answer: []string{"X-Amz-Server-Side-Encryption", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "X-Amz-Version-Id"},
}

// shownQuery are the parameters of a presigned request that are shown, in lower case; the others
// would let everybody who reads the record make the call again.
var shownQuery = []string{"x-amz-algorithm", "x-amz-date", "x-amz-expires", "x-amz-signedheaders"}

// signingQuery are parameters of older signatures, in lower case.
var signingQuery = []string{"awsaccesskeyid", "signature", "expires"}

// ofS3 keeps what is shown of a call of S3: bucket and key, the host, the parameters of the query
// as they were sent, some headers, and the bodies that policies decide on.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
func (s *Shown) ofS3(c *Call, r *Request, host string) {
	s.text("Host", host)
	if bucket := c.labels["Bucket"]; bucket != "" {
		s.text("bucketName", bucket)
	}
	if key := c.labels["Key"]; key != "" {
		s.text("key", key)
	} else if c.Operation == "PostObject" {
		s.text("key", r.Form.Get("key"))
	}
	s.query(r.Query)
	for _, name := range shownHeaders.request {
		if values := r.Header[name]; len(values) > 0 && values[0] != "" {
			s.text(strings.ToLower(name), values[0])
		}
	}
	switch c.Operation {
	case "PutBucketPolicy":
		if len(r.Body) <= maxShown {
			s.add("bucketPolicy", shownDocument, string(r.Body), len(r.Body))
		}
	case "CreateBucket":
		s.place(r.Body)
	}
}

func (s *Shown) query(parameters url.Values) {
	for name, values := range parameters {
		if len(values) > 0 && isShownQuery(name) {
			s.text(strings.Clone(name), values[0])
		}
	}
}

func isShownQuery(name string) bool {
	const prefix = "x-amz-"
	if len(name) < len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
		return !slices.ContainsFunc(signingQuery, func(s string) bool { return strings.EqualFold(s, name) })
	}
	return slices.Contains(shownQuery, strings.ToLower(name)) || slices.Contains(shownHeaders.request, http.CanonicalHeaderKey(name))
}

// place keeps where a bucket is made.
func (s *Shown) place(body []byte) {
	n, err := readNode(body)
	if err != nil {
		return
	}
	texts, err := n.texts("LocationConstraint")
	if err != nil || texts[0] == "" {
		return
	}
	text := strings.Clone(texts[0])
	s.add("CreateBucketConfiguration", shownAsIs, map[string]any{"LocationConstraint": text}, len(text))
}

// Sent is what was transferred in a call of S3.
type Sent struct {
	Method  string // by which the signature was sent: "AuthHeader" or "QueryString"; empty if there is none
	Version string // of the signature: "SigV4"; empty if there is none
	In, Out int64  // bytes; negative if that is not known
	ID      string // x-amz-id-2 of the answer; empty if there is none
}

// Note adds what is shown of a call of S3 beside its parameters, with the headers of the upstream's
// answer; nil for a call that was not sent on. Of other services nothing is shown that is not in the
// body.
func (s *Shown) Note(c *Call, t Sent, answer http.Header) {
	if s == nil || c.Service.Name != "s3" {
		return
	}
	if len(t.ID) > maxID {
		t.ID = ""
	}
	t.ID = strings.Clone(t.ID)
	s.sent = &t
	if !slices.Contains(writesObject, c.Operation) {
		return
	}
	for _, name := range shownHeaders.answer {
		if value := answer.Get(name); value != "" && s.size+len(value) <= maxShown {
			s.size += len(value)
			s.response = append(s.response, shownPart{strings.ToLower(name), shownAsIs, strings.Clone(value)})
		}
	}
}

// maxID is more than the ID of any answer has.
const maxID = 256

// writesObject are the operations whose answers say in headers what was written.
var writesObject = []string{
	"CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload", "DeleteObject", "PostObject", "PutObject", "UploadPart",
	"UploadPartCopy",
}
