package services

import (
	"errors"
	"fmt"

	"github.com/understudy-iam/understudy/authz"
)

// Needs are the permissions that a call needs.
type Needs struct {
	Needs      []authz.Need // the primary action first; never empty
	Resolution Resolution

	// Items are the parts of the request that the service answers one by one; nil
	// for all calls but DeleteObjects of S3 and BatchExecuteStatement of DynamoDB.
	// Without, Rewrite and WithDenied do what they ask for.
	Items []Item

	// Set are headers to forward in place of the request's: they say the same, in a
	// spelling that every server reads as it was read here.
	Set map[string]string

	parts parts // of Items
}

// Resolution says how well the resource of a call is known.
type Resolution uint8

// The resolutions.
const (
	Exact      Resolution = iota // the needs name the resources
	Any                          // the action has no resource types: it is decided on "*"
	Unresolved                   // the resource is not known: it is decided on "*" nevertheless
)

// Malformed is returned when the members of a request cannot be read.
type Malformed struct {
	Call   *Call
	Reason string
	Said   bool // Reason is the sentence of an answer, in the service's own words where they are known
}

func (e *Malformed) Error() string {
	if e.Call == nil {
		return e.Reason
	}
	return fmt.Sprintf("the request for %s of %s cannot be read: %s", e.Call.Operation, e.Call.Service.Name, e.Reason)
}

// rule is what is written by hand about an operation. It goes before the table.
type rule struct {
	resolution Resolution // of its needs, if the request has what it must have
	needs      func(c *Call, r *Request) (*Needs, error)
}

// byHand are the rules that are written by hand, by service and operation.
var byHand = map[string]map[string]rule{
	"dynamodb":        dynamodbByHand(),
	"dynamodbstreams": dynamodbByHand(),
	"events":          {"PutEvents": {Exact, putEvents}},
	"s3":              s3ByHand(),
	"sns":             snsByHand(),
	"sqs":             sqsByHand(),
}

// handwritten is a rule whose *Malformed gets its call here.
func handwritten(resolution Resolution, needs func(r *Request) (*Needs, error)) rule {
	return rule{resolution, func(c *Call, r *Request) (*Needs, error) {
		n, err := needs(r)
		if bad := (*Malformed)(nil); errors.As(err, &bad) {
			return nil, &Malformed{Call: c, Reason: bad.Reason, Said: true}
		}
		return n, err
	}}
}

// Needs returns the permissions of the call that r was recognised as. The error
// is a *Malformed.
func (c *Call) Needs(r *Request) (*Needs, error) {
	if rule, ok := byHand[c.Service.Name][c.Operation]; ok {
		return rule.needs(c, r)
	}
	needs, err := c.tabled(&reader{call: c, request: r})
	if err != nil {
		return nil, &Malformed{Call: c, Reason: err.Error()}
	}
	return needs, nil
}

// tabled are the needs that the table says.
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
