package services

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/authz"
)

// Needs are the permissions that a call needs.
type Needs struct {
	Needs      []authz.Need // the primary action first; never empty
	Resolution Resolution

	// Items are the parts of the request that the service answers separately; nil for all calls but
	// DeleteObjects of S3, BatchExecuteStatement of DynamoDB and BatchGetSecretValue of Secrets
	// Manager. See Without, Rewrite and WithDenied.
	Items []Item

	// Certificates are the ARNs of the server certificates of IAM that the request names:
	// they need no permission.
	Certificates []string

	// Set are headers to forward in place of the request's: they mean the same, in a spelling that
	// every server reads as this one did.
	Set map[string]string

	// Path is the escaped path to forward, with the bucket in place of the access point; "" for the
	// path of the request.
	Path string

	// Publishes says what the call makes public.
	Publishes Publishes

	// OtherOwner is a bucket of another account than the request expects, for which S3 refuses the
	// call; nil if there is none.
	OtherOwner *OtherOwner

	// UnknownPoint is the ARN of an access point whose bucket is not known, so the call cannot be
	// forwarded; "" if there is none.
	UnknownPoint string

	parts parts // of Items
}

// Resolution says whether the resource of a call is known.
type Resolution uint8

// The resolutions.
const (
	Exact      Resolution = iota // the needs name the resources
	Any                          // the action has no resource types, so it is decided on "*"
	Unresolved                   // the resource is not known, so it is decided on "*"
)

// Malformed is returned when the members of a request cannot be read.
type Malformed struct {
	Call   *Call
	Reason string
	Code   string // of the error; empty: the service's usual one
	Said   bool   // Reason is the message of the answer, in the service's own words if they are known
}

func (e *Malformed) Error() string {
	if e.Call == nil {
		return e.Reason
	}
	return fmt.Sprintf("the request for %s of %s cannot be read: %s", e.Call.Operation, e.Call.Service.Name, e.Reason)
}

// rule is written by hand for an operation. It overrides the table.
type rule struct {
	resolution Resolution // of its needs, if the request is complete
	needs      func(c *Call, r *Request) (*Needs, error)
}

// byHand returns the rules that are written by hand, by service and operation. They
// are made at the first call.
var byHand = sync.OnceValue(func() map[string]map[string]rule {
	dynamodb := dynamodbByHand()
	return map[string]map[string]rule{
		"dynamodb":        dynamodb,
		"dynamodbstreams": dynamodb,
		"events":          {"PutEvents": {Exact, putEvents}},
		"s3":              s3ByHand(),
		"sns":             snsByHand(),
		"sqs":             sqsByHand(),
	}
})

// handwritten applies a rule and adds the call to its *Malformed.
func handwritten(resolution Resolution, needs func(r *Request) (*Needs, error)) rule {
	return rule{resolution, func(c *Call, r *Request) (*Needs, error) {
		n, err := needs(r)
		if bad := (*Malformed)(nil); errors.As(err, &bad) {
			return nil, &Malformed{Call: c, Reason: bad.Reason, Code: bad.Code, Said: true}
		}
		return n, err
	}}
}

// Needs returns the permissions for the call that r was recognised as. The error is a *Malformed.
// All resources must be of the request's partition: an upstream that reads only the name in an ARN
// would use a resource of this one.
func (c *Call) Needs(r *Request) (*Needs, error) {
	needs, err := c.find(r)
	if err != nil {
		return nil, err
	}
	if err := onBehalf(&reader{call: c, request: r}, needs); err != nil {
		return nil, &Malformed{Call: c, Reason: err.Error()}
	}
	own := "arn:" + r.Partition + ":"
	for i := range needs.Needs {
		if resource := needs.Needs[i].Resource; isARN(resource) && !strings.HasPrefix(resource, own) {
			return nil, &Malformed{Call: c, Reason: errElsewhere.Error()}
		}
	}
	return needs, nil
}

// find returns the permissions from a rule or from the table.
func (c *Call) find(r *Request) (*Needs, error) {
	if rule, ok := byHand()[c.Service.Name][c.Operation]; ok {
		return rule.needs(c, r)
	}
	read := &reader{call: c, request: r}
	needs, err := c.tabled(read)
	if refine := refinements[c.Service.Name]; err == nil && refine != nil {
		err = refine(read, needs)
	}
	if err != nil {
		bad := (*Malformed)(nil)
		return nil, &Malformed{Call: c, Reason: err.Error(), Said: errors.As(err, &bad) && bad.Said}
	}
	return needs, nil
}

// tabled returns the needs from the table.
func (c *Call) tabled(r *reader) (*Needs, error) {
	list := c.operation.permissions()
	out := &Needs{Resolution: list[0].resolution()}
	for i := range list {
		asked, err := list[i].asked(r)
		if err != nil {
			return nil, err
		}
		if !asked {
			continue
		}
		needs, err := list[i].needs(r)
		if err != nil {
			return nil, err
		}
		out.Needs = append(out.Needs, needs...)
	}
	return out, nil
}
