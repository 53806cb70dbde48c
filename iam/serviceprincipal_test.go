package iam

import (
	"slices"
	"testing"
)

func TestServicesAreInOrder(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(services) {
		t.Error("serviceNames is not sorted, and the search relies on it")
	}
	if n := len(slices.Compact(slices.Clone(services))); n != len(services) {
		t.Errorf("serviceNames has %d names, %d of them once", len(services), n)
	}
}

func TestKnownService(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"ec2.amazonaws.com":                true,
		"ec2.amazonaws.com.cn":             true,
		"EC2.amazonaws.com":                false,
		"ec2.us-gov-west-1.amazonaws.com":  true,
		"ec2.nowhere.amazonaws.com":        false,
		"tag.us-east-1.amazonaws.com":      false,
		"us-east-1.amazonaws.com":          false,
		"ec2.amazonaws.org":                false,
		"ec2":                              false,
		".amazonaws.com":                   false,
		"alexa-appkit.amazon.com":          true,
		"alexa-appkit.amazonaws.com":       false,
		"ec2.amazonaws.com.amazonaws.com":  false,
		"delivery.logs.amazonaws.com":      true,
		"logs.delivery.amazonaws.com":      false,
		"lambda.eu-north-1.amazonaws.com ": false,
	} {
		if got := knownService(name); got != want {
			t.Errorf("knownService(%q) = %v; want %v", name, got, want)
		}
	}
}
