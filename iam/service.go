// Package iam is AWS Identity and Access Management, API version 2010-05-08:
// one method for each operation, with the types and the errors of the AWS SDK,
// and one authorization rule for each, next to it.
//
// A method reads its input, runs one transaction and builds its output. It answers as AWS
// does: limits, uniqueness without regard to case, delete conflicts, defaults, and error
// texts to the letter. With the context of (*authz.Authorizer).Decide, permissions are
// checked in the same state in which the method reads or changes: see authz.Deciding.
//
// Caveats: methods expect an input whose members satisfy the constraints of the API model
// (awsapi checks them) and a caller who is authorized (authz decides). The package knows
// neither HTTP nor any particular store.
package iam

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Options configures a Service. Store is required; every other zero value works.
type Options struct {
	Store     persistence.Store
	Partition principal.Partition // of the accounts; "" is principal.AWS
	Now       func() time.Time    // nil: time.Now
	Random    io.Reader           // of IDs and secrets; nil: crypto/rand
	Quotas    Quotas              // zero fields: AWS's defaults

	// Authorizer decides for the simulation calls, as it does for enforcement.
	Authorizer *authz.Authorizer

	// Thumbprint finds the thumbprint of an OpenID Connect provider's host; nil:
	// DerivedThumbprint.
	Thumbprint Thumbprint

	// StrictSimulation makes the simulation calls answer what enforcement
	// would do, without the quirks of AWS's policy simulator.
	StrictSimulation bool
}

// Service holds the operations. It is safe for concurrent use.
type Service struct {
	store     persistence.Store
	partition principal.Partition
	clock     func() time.Time
	random    io.Reader
	uses      useLog
	quotas    Quotas
	kept      kept
	authz     *authz.Authorizer
	strict    bool // simulations

	thumbprint Thumbprint
}

// New makes a Service.
func New(o Options) *Service {
	s := &Service{
		store: authz.Deciding(o.Store), partition: o.Partition, clock: o.Now, random: o.Random,
		quotas: o.Quotas.withDefaults(), kept: usuallyKept, authz: o.Authorizer, strict: o.StrictSimulation,
	}
	s.uses.fresh = newUses()
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.thumbprint = o.Thumbprint; s.thumbprint == nil {
		s.thumbprint = DerivedThumbprint
	}
	return s
}

// Quotas returns the limits that the service applies.
func (s *Service) Quotas() Quotas { return s.quotas }

// now returns the time for records: AWS keeps and shows whole seconds.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Second) }

func (s *Service) newID(prefix string) (string, error) {
	return principal.NewUniqueID(s.random, prefix)
}

// answer returns the output of an operation, or only its error.
func answer[Out any](out *Out, err error) (*Out, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// in returns an account in the service's partition, which makes its ARNs.
func (s *Service) in(account string) principal.Account {
	return s.partition.In(account)
}

// account returns the account in which the caller acts.
func account(ctx context.Context) string { return principal.FromContext(ctx).AccountID }

// callerUser returns the name of the calling IAM user, for operations whose UserName may
// be left out, or AWS's error if the caller is not a user.
func callerUser(ctx context.Context) (string, error) {
	c := principal.FromContext(ctx)
	if c.Kind != principal.User {
		return "", mustSpecifyUserName()
	}
	return c.Name, nil
}
