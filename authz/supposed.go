package authz

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// What would be if the state were another one: the Standing of a principal whose policies
// were changed, for questions of an Inquiry. Nothing is stored.

// With is the standing with further identity-based policies.
func (s *Standing) With(policies ...*evaluator.Policy) *Standing {
	changed := *s.held
	changed.identity = slices.Concat(s.held.identity, policies)
	return &Standing{&changed, s.trust}
}

// Without is the standing without the identity-based policies that gone reports.
func (s *Standing) Without(gone func(*evaluator.Policy) bool) *Standing {
	changed := *s.held
	changed.identity = slices.DeleteFunc(slices.Clone(s.held.identity), gone)
	return &Standing{&changed, s.trust}
}

// Unbounded is the standing without a permissions boundary.
func (s *Standing) Unbounded() *Standing {
	changed := *s.held
	changed.boundary, changed.holder.Boundary = nil, ""
	return &Standing{&changed, s.trust}
}

// Trusting is the standing of a role with another trust policy.
func (s *Standing) Trusting(document string) *Standing { return &Standing{s.held, document} }

// Identity are the identity-based policies: the principal's own, and of a user those of
// its groups. They must not be changed.
func (s *Standing) Identity() []*evaluator.Policy { return s.held.identity }

// Boundary is the permissions boundary, or nil.
func (s *Standing) Boundary() *evaluator.Policy { return s.held.boundary }

// ServiceMayAssume reports whether a service of AWS, such as "lambda.amazonaws.com", may
// assume the role on behalf of a resource in the role's account: by the trust policy and
// the resource control policies. Which resource that is can be chosen, so that a
// condition on aws:SourceArn is taken to be fulfilled where it allows.
func (q *Inquiry) ServiceMayAssume(service string, role *Standing) (bool, error) {
	h := role.Holder()
	f := Federation{Caller: &q.caller, Kind: evaluator.Service, Provider: service}
	var keys evaluator.Context
	k := Check{Need: Need{
		Action: "sts:AssumeRole", Resource: role.ARN(), Owner: h.Account, Tags: h.Tags, Trust: true, TrustPolicy: role.trust,
		Keys: []Key{String("aws:SourceAccount", h.Account)},
	}}
	k.Request.Context = &keys
	c := call{a: q.call.a, ctx: q.ctx, mode: On, federation: &f, maker: &q.caller, choose: q.chosenByService}
	c.caller = &principal.Caller{
		Principal: principal.Principal{Kind: principal.Anonymous, ARN: service, Name: service}, Request: q.caller.Request,
	}
	if err := c.evaluate(q.tx, nil, &k); err != nil {
		return false, err
	}
	return k.Result.Allowed(), nil
}

func (q *Inquiry) chosenByService(p *evaluator.Policy) *evaluator.Policy {
	if q.served == nil {
		q.served = map[chosenPolicy]*evaluator.Policy{}
	}
	return chosenPolicy{p, byService}.in(q.served)
}
