package iam

import "github.com/understudy-iam/understudy/iam/managed"

// ManagedDocument returns the document of the default version of an AWS
// managed policy, and false for an ARN that none has.
func ManagedDocument(arn string) (document string, ok bool) {
	p, ok := managed.Lookup(arn)
	if !ok {
		return "", false
	}
	return managed.Document(arn, p.DefaultVersionID)
}
