package iamtest

import (
	"fmt"
	"slices"
	"strings"
)

// Layer is a layer of policies, as decisions call it.
type Layer string

// The layers that can deny a call.
const (
	Identity    Layer = "identity"     // policies of the user, its groups, or the role
	Boundary    Layer = "boundary"     // the permissions boundary
	Session     Layer = "session"      // session policies
	Trust       Layer = "trust"        // the trust policy of the role to assume
	Resource    Layer = "resource"     // the policy of another service's resource
	SCP         Layer = "scp"          // service control policies
	RCP         Layer = "rcp"          // resource control policies
	VPCEndpoint Layer = "vpc-endpoint" // VPC endpoint policies
)

// An Expectation is a condition that a denial must meet.
type Expectation struct {
	sentence string
	holds    func(*Denial) bool
}

// By expects that this layer denies the call.
func By(l Layer) Expectation {
	return Expectation{fmt.Sprintf("denied by %s", l), func(d *Denial) bool { return d.Layer == l }}
}

// ExplicitDeny expects that a Deny statement applies. With a name it must be the
// statement with that Sid, or a statement of the policy with that name.
func ExplicitDeny(name ...string) Expectation {
	sentence := "denied by a Deny statement"
	if len(name) > 0 {
		sentence += " " + strings.Join(name, " or ")
	}
	return Expectation{sentence, func(d *Denial) bool {
		return d.Explicit && (len(name) == 0 || d.Statement != nil &&
			(slices.Contains(name, d.Statement.Sid) || slices.Contains(name, d.Statement.Policy.ID)))
	}}
}

// ImplicitDeny expects that no Allow statement applies, and no Deny statement
// either.
func ImplicitDeny() Expectation {
	return Expectation{"denied because nothing allows it", func(d *Denial) bool { return !d.Explicit }}
}

// Action expects that this permission is missing.
func Action(name string) Expectation {
	return Expectation{"lacking the permission " + name, func(d *Denial) bool { return strings.EqualFold(d.Action, name) }}
}

// OnResource expects that the permission is missing for this resource.
func OnResource(arn string) Expectation {
	return Expectation{"on " + arn, func(d *Denial) bool { return d.Resource == arn }}
}

// Missing expects that policies mention the condition key and the request lacks
// it.
func Missing(key string) Expectation {
	return Expectation{"with the condition key " + key + " missing", func(d *Denial) bool {
		return slices.ContainsFunc(d.MissingKeys, func(k string) bool { return strings.EqualFold(k, key) })
	}}
}

// AssertDenied fails the test unless the error comes from a denied call and the
// reasons are as expected:
//
//	_, err := srv.As("ana").IAM().DeleteUser(ctx, in)
//	srv.AssertDenied(t, err, iamtest.Action("iam:DeleteUser"), iamtest.By(iamtest.Boundary))
func (s *Server) AssertDenied(t TB, err error, expected ...Expectation) {
	t.Helper()
	d := s.WhyDenied(err)
	if !d.Denied() {
		t.Fatalf("want a denial; %v", d)
		return
	}
	var wrong []string
	for _, e := range expected {
		if !e.holds(d) {
			wrong = append(wrong, e.sentence)
		}
	}
	if len(wrong) > 0 {
		t.Fatalf("denied for another reason; want it %s\n%v", strings.Join(wrong, ", "), d)
	}
}

// AssertAllowed fails the test if the call failed, and says why it was denied and
// what would allow it.
func (s *Server) AssertAllowed(t TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("want no error; %v", s.WhyDenied(err))
	}
}
