package events

import (
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// resourceKinds are the types of resources that CloudTrail names in the records of services, by
// service and the beginning of the resource in its ARN.
var resourceKinds = map[string]struct{ begins, kind string }{
	"dynamodb": {"table/", "AWS::DynamoDB::Table"},
	"kinesis":  {"stream/", "AWS::Kinesis::Stream"},
	"kms":      {"key/", "AWS::KMS::Key"},
	"lambda":   {"function:", "AWS::Lambda::Function"},
	"sns":      {"", "AWS::SNS::Topic"},
	"sqs":      {"", "AWS::SQS::Queue"},
}

// mostResources is how many resources of a call are named.
const mostResources = 20

// serviceResources are the resources of a call of another service than IAM and STS: those
// of which it was decided.
func (e *Event) serviceResources() []Resource {
	d := e.Decision()
	if d == nil {
		return nil
	}
	var list []Resource
	for i := range d.Checks {
		n := &d.Checks[i].Need
		a, ok := principal.ParseARN(n.Resource)
		if !ok || strings.ContainsAny(a.Resource, "*?") || a.Service != e.Caller.Request.Service {
			continue
		}
		found := []Resource{{AccountID: a.AccountID, Type: kindOf(a), ARN: n.Resource}}
		if a.Service == "s3" {
			found = e.bucketResources(a, n.Owner)
		}
		for _, r := range found {
			if r.Type != "" && !slices.Contains(list, r) && len(list) < mostResources {
				list = append(list, r)
			}
		}
	}
	return list
}

// bucketResources are the object and the bucket that an ARN of S3 names. Data events name all
// objects of the bucket by what their ARNs begin with where the request has no key in its path.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
func (e *Event) bucketResources(a principal.ARN, owner string) []Resource {
	whole := a.String()
	bucket, rest, isObject := strings.Cut(a.Resource, "/")
	if bucket == "accesspoint" {
		point, _, _ := strings.Cut(rest, "/")
		a.Resource = bucket + "/" + point
		return []Resource{{AccountID: a.AccountID, Type: "AWS::S3::AccessPoint", ARN: a.String()}}
	}
	a.Resource = bucket
	list := []Resource{{AccountID: owner, Type: "AWS::S3::Bucket", ARN: a.String()}}
	switch {
	case e.isData() && (!isObject || e.Caller.Request.Operation == "DeleteObjects"):
		list = append(list, Resource{Type: "AWS::S3::Object", ARNPrefix: a.String() + "/"})
	case isObject:
		list = append(list, Resource{Type: "AWS::S3::Object", ARN: whole})
	}
	slices.Reverse(list) // CloudTrail names the object first
	return list
}

// kindOf is the type of a resource; empty for one that records do not name.
func kindOf(a principal.ARN) string {
	if k := resourceKinds[a.Service]; strings.HasPrefix(a.Resource, k.begins) {
		return k.kind
	}
	return ""
}

// serviceParameters are the parameters of a call of another service, as far as they are known.
// Of a call that was denied CloudTrail shows those of S3 and EC2 alone.
func (e *Event) serviceParameters() map[string]any {
	if e.Shown == nil || e.wasDenied() && !slices.Contains(showDenied, e.Caller.Request.Service) {
		return nil
	}
	return e.Shown.Parameters()
}

// showDenied are the services whose records have the parameters of calls that were denied.
var showDenied = []string{"ec2", "s3"}

// wasDenied reports whether the call was denied, here or by an upstream.
func (e *Event) wasDenied() bool {
	if d := e.Decision(); d != nil && d.Verdict == authz.Denied {
		return true
	}
	code, _ := e.failure()
	return code == "AccessDenied"
}

// shownResponse is what is known of the answer of a call of another service; nil of one that
// failed.
func (e *Event) shownResponse() map[string]any {
	if e.Shown == nil || e.Status >= http.StatusBadRequest {
		return nil
	}
	return e.Shown.Response()
}
