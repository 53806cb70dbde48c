package services

import (
	"fmt"

	"github.com/understudy-iam/understudy/authz"
)

// Needs are the permissions that a call needs.
type Needs struct {
	Needs      []authz.Need // the primary action first; never empty
	Resolution Resolution
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
}

func (e *Malformed) Error() string {
	return fmt.Sprintf("the request for %s of %s cannot be read: %s", e.Call.Operation, e.Call.Service.Name, e.Reason)
}

// rule is what is written by hand about an operation. It goes before the table.
type rule struct {
	resolution Resolution // of its needs, if the request has what it must have
	needs      func(c *Call, r *Request) (*Needs, error)
}

// byHand are the rules that are written by hand, by service and operation.
var byHand = map[string]map[string]rule{}

// Needs returns the permissions of the call that r was recognised as. The error
// is a *Malformed.
func (c *Call) Needs(r *Request) (*Needs, error) {
	if rule, ok := byHand[c.Service.Name][c.Operation]; ok {
		return rule.needs(c, r)
	}
	need := authz.Need{Action: c.Service.Prefix + ":" + c.Operation, Resource: "*"}
	return &Needs{Needs: []authz.Need{need}, Resolution: Unresolved}, nil
}
