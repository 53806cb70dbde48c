package services

import (
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// holder returns the ARN of the resource that holds the policy or the tags of a resource; part is
// the result of one of the functions below. It is empty if there is none, or if the part is a
// pattern.
func holder(resource principal.ARN, part string) string {
	if part == "" || strings.ContainsAny(part, "*?") {
		return ""
	}
	resource.Resource = part
	return resource.String()
}

// IsBucket reports whether the resource is a bucket of S3.
func IsBucket(resource string) bool {
	a, ok := principal.ParseARN(resource)
	return ok && a.Service == "s3" && a.AccountID == "" && !strings.Contains(a.Resource, "/")
}

// Each of the functions returns the part of an ARN's resource that has a policy or tags; empty if
// there is none.

// wholly is for resources that have a policy or tags of their own.
func wholly(resource string) string { return resource }

// below is for the same, if their names begin with a prefix.
func below(prefix string) func(string) string {
	return func(resource string) string {
		if !strings.HasPrefix(resource, prefix) {
			return ""
		}
		return resource
	}
}

// bucketOf leaves out the key. Access points have ARNs with an account.
func bucketOf(resource string) string {
	bucket, _, _ := strings.Cut(resource, "/")
	if !isBucketName(bucket) {
		return ""
	}
	return bucket
}

// pointOf leaves out the key of an object that is called through an access point of S3.
func pointOf(resource string) string {
	name, ok := strings.CutPrefix(resource, "accesspoint/")
	name, _, _ = strings.Cut(name, "/")
	if !ok || name == "" {
		return ""
	}
	return "accesspoint/" + name
}

// topicOf leaves out the ID of a subscription.
func topicOf(resource string) string {
	topic, _, _ := strings.Cut(resource, ":")
	if strings.Contains(topic, "/") { // a platform application or its endpoint
		return ""
	}
	return topic
}

// tableOf leaves out an index. A stream has a policy of its own.
func tableOf(resource string) string {
	name, ok := strings.CutPrefix(resource, "table/")
	if !ok {
		return ""
	}
	name, rest, _ := strings.Cut(name, "/")
	if strings.HasPrefix(rest, "stream/") {
		return resource
	}
	return "table/" + name
}

// firstBelow leaves out what follows the name, from a colon on: the version or the alias of a
// Lambda function, the stream of a log group.
func firstBelow(prefix string) func(string) string {
	return func(resource string) string {
		name, ok := strings.CutPrefix(resource, prefix)
		if !ok {
			return ""
		}
		name, _, _ = strings.Cut(name, ":")
		return prefix + name
	}
}

// objectOf is for objects: bucket and key.
func objectOf(resource string) string {
	if bucket, key, _ := strings.Cut(resource, "/"); key == "" || !isBucketName(bucket) {
		return ""
	}
	return resource
}
