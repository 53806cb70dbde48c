package services

import (
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// misplaced says why the method and path of a request could be taken for another operation than its
// header or parameter names: emulators look at them first, for routes of their own, and servers
// that implement only S3 look at nothing else.
func (s *Service) misplaced(r *Request, p Protocol, operation string) string {
	switch {
	case r.Method != http.MethodPost && (p != Query && p != EC2 || r.Method != http.MethodGet):
		return "its method is " + r.Method
	case p == CBOR && r.Path != "/service/"+s.Target+"/operation/"+operation,
		p != CBOR && strings.Trim(r.Path, "/") != "" && !s.takesPath(r, operation):
		return "its path is " + r.Path
	}
	return ""
}

// takesPath reports whether the path is a queue's, which requests to SQS may have.
// The needs check that it is the queue of QueueUrl.
func (s *Service) takesPath(r *Request, operation string) bool {
	if s.Name != "sqs" || sqsActions[operation] == "" {
		return false
	}
	parts := strings.Split(strings.Trim(r.Path, "/"), "/")
	account := parts[max(0, len(parts)-2)]
	return len(parts) >= 2 && (len(account) == 12 && strings.Trim(account, "0123456789") == "" || parts[0] == "queue")
}

// controlBucket is the first part of the paths of S3 Control, whose requests have the scope of S3.
// moto takes every path that begins with it for S3 Control.
const controlBucket = "v20180820"

// ControlAccount returns the account that a call to S3 Control is about; "" if the path and the
// header x-amz-account-id do not show such a call.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutPublicAccessBlock.html
func (r *Request) ControlAccount() string {
	account := r.Header.Get(accountHeader)
	if !strings.HasPrefix(r.Path, "/"+controlBucket+"/") || !principal.ValidAccountID(account) {
		return ""
	}
	return account
}

// accountHeader says which account a call to S3 Control is about.
const accountHeader = "X-Amz-Account-Id"

// reserved are names that are not buckets: MinIO has routes of its own below them. LocalStack has
// such routes below names that begin with an underscore, which no bucket's name does, and moto
// below those that begin with motoPrefix.
var reserved = []string{"minio", ".minio.sys"}

const motoPrefix = "moto-api"

// misreadS3 says why a server could take a request to S3 for something other than o.
func misreadS3(r *Request, o *operation, labels map[string]string) string {
	bucket := strings.ToLower(labels["Bucket"])
	switch {
	case bucket == controlBucket:
		return "its path is one of S3 Control, but it has no header x-amz-account-id"
	case slices.Contains(reserved, bucket) || strings.HasPrefix(bucket, "_") || strings.HasPrefix(bucket, motoPrefix):
		return "emulators use its path for themselves"
	case o.name == "PostObject" && len(r.Query) > 0: // moto reads fields from there
		return "it is a form with a file, and has a query"
	case o.name == "CompleteMultipartUpload" && !r.Query.Has("uploadId"):
		return "it has no uploadId"
	}
	return ""
}
