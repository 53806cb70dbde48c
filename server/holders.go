package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/understudy-iam/understudy/internal/mfa"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// IssueCredentials is Act, for whoever may use the management routes.
func (b backend) IssueCredentials(ctx context.Context, q *management.CredentialsRequest) (*management.IssuedCredentials, error) {
	found, err := b.FindPrincipal(ctx, q.Principal)
	if err != nil {
		return nil, err
	}
	name := found.ARN
	if found.Session != "" {
		name = found.Session
	}
	a, err := b.s.Act(ctx, name, Session{
		Name: q.SessionName, Duration: time.Duration(q.DurationSeconds) * time.Second, Policy: q.SessionPolicy, PolicyARNs: q.PolicyARNs,
		Tags: q.Tags, SourceIdentity: q.SourceIdentity, MFA: q.MFA,
	})
	if err != nil {
		return nil, management.Invalid(err)
	}
	issued := &management.IssuedCredentials{
		ARN: a.ARN, Credentials: management.Credentials{AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey,
			SessionToken: a.SessionToken},
	}
	if !a.Expiration.IsZero() {
		issued.Expiration = &a.Expiration
	}
	return issued, nil
}

// MFACodes are those of a device of any account, or of a virtual one of the server's
// own account, by its name.
func (b backend) MFACodes(ctx context.Context, device string) (codes [2]string, err error) {
	account, serials := b.s.options.Account, []string{device, b.s.in(b.s.options.Account).IAM("mfa/" + device)}
	if arn, ok := principal.ParseARN(device); ok {
		account, serials = arn.AccountID, serials[:1]
	}
	err = b.s.options.Store.View(ctx, func(tx persistence.Tx) error {
		for _, serial := range serials {
			d, err := persistence.MFADevices.Get(tx, account, serial)
			if errors.Is(err, persistence.ErrNotFound) {
				continue
			}
			if err == nil {
				codes, err = mfa.Codes(d, b.s.clock.Now())
			}
			return err
		}
		if where, here := b.s.options.Partition.Elsewhere(device); where != "" {
			return management.NotFound("there is no MFA device %q: %s; give %s", device, where, here)
		}
		return management.NotFound("account %s has no MFA device %q; aws iam list-virtual-mfa-devices shows the virtual ones",
			account, device)
	})
	if errors.Is(err, mfa.ErrNoCodes) || errors.Is(err, mfa.ErrAllUsed) {
		err = management.Invalid(fmt.Errorf("MFA device %q: %w", device, err))
	}
	return codes, err
}
