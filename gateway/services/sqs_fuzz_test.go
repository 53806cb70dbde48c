package services

import (
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/principal"
)

// FuzzQueueURL checks that a URL leads to the ARN of a queue of the request's region
// whose name ends the URL.
func FuzzQueueURL(f *testing.F) {
	for _, s := range []string{
		"https://sqs.us-east-1.amazonaws.com/123456789012/q", "http://h/queue/us-east-1/123456789012/q.fifo", "q", "/123456789012/q/",
		"http://h/../q", "http://h/a%2Fq", "//", "http://[::1]:1/q", "http://us-east-1.queue.h/1/q",
	} {
		f.Add(s)
	}
	r := &Request{Partition: "aws", Region: "us-east-1", Account: "123456789012"}
	f.Fuzz(func(t *testing.T, address string) {
		arn, err := r.queue(address)
		if err != nil {
			return
		}
		a, ok := principal.ParseARN(arn)
		if !ok || a.Region != r.Region || !principal.ValidAccountID(a.AccountID) || strings.Contains(a.Resource, ":") {
			t.Errorf("%q is the queue %q", address, arn)
		}
		if !strings.HasSuffix(strings.TrimRight(address, "/"), a.Resource) {
			t.Errorf("%q does not end in the name of the queue %q", address, arn)
		}
	})
}
