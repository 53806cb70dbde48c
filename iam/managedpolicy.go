package iam

import (
	"iter"

	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/principal"
)

// ManagedDocument returns the document of the default version of an AWS managed policy,
// and false if no AWS managed policy has the ARN.
func ManagedDocument(arn string) (document string, ok bool) {
	p, ok := managed.Lookup(arn)
	if !ok {
		return "", false
	}
	return managed.Document(arn, p.DefaultVersionID)
}

// ManagedARN returns the ARN of the AWS managed policy with the name in a partition, and
// false if there is none or it belongs to a service-linked role.
func ManagedARN(p principal.Partition, name string) (arn string, ok bool) {
	for _, path := range []string{"", "job-function/", "service-role/"} {
		arn = p.AWSPolicy(path + name)
		if _, ok := managed.Lookup(arn); ok {
			return arn, true
		}
	}
	return "", false
}

// ManagedNames returns the names of the AWS managed policies for which ManagedARN has an ARN.
func ManagedNames(p principal.Partition) iter.Seq[string] {
	return func(yield func(string) bool) {
		for policy := range managed.All(p) {
			if arn, ok := ManagedARN(p, policy.Name); ok && arn == policy.ARN && !yield(policy.Name) {
				return
			}
		}
	}
}
