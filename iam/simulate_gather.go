package iam

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

// numberedPolicy names the policy of a list of the request, counted from 1.
func numberedPolicy(list string, i int) string { return fmt.Sprintf("%s.%d", list, i+1) }

// gather adds the policies from the state: those of the source and of the account's
// organization.
func (m *simulation) gather() error {
	if err := m.identify(); err != nil {
		return err
	}
	if m.in.source == nil {
		return nil
	}
	h, err := sourceEntity(m.tx, m.service.in(m.caller.AccountID), aws.ToString(m.in.source))
	if err != nil {
		return err
	}
	given := m.policies
	m.policies = evaluator.Policies{}
	if err := m.service.authz.Gather(m.tx, h, &m.policies); err != nil {
		return unreadablePolicy(err)
	}
	if err := m.organize(h); err != nil {
		return err
	}
	if err := m.exclude(h); err != nil {
		return err
	}
	m.policies.Identity = append(m.policies.Identity, given.Identity...)
	if given.Boundary != nil {
		m.policies.Boundary = given.Boundary
	}
	return nil
}

// identify finds the unique ID of the actor, by which stored policies name it.
// An actor need not exist.
func (m *simulation) identify() error {
	if !m.actor.known {
		return nil
	}
	h, err := m.actor.ref.holder(m.tx)
	if err == nil {
		m.actor.id = h.ID
	}
	if errors.Is(err, persistence.ErrNotFound) {
		return nil
	}
	return err
}

// unreadablePolicy returns PolicyEvaluation for a stored policy that cannot be read or is
// missing, and other errors, such as those of the store, unchanged.
func unreadablePolicy(err error) error {
	var syntax *evaluator.SyntaxError
	var malformed *evaluator.MalformedError
	if errors.As(err, &syntax) || errors.As(err, &malformed) || errors.Is(err, persistence.ErrDamaged) {
		return policyEvaluation(err)
	}
	return err
}
