package server

import (
	"context"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/management"
)

// RegisterDelegationTemplate registers a policy template and returns its ARN.
func (b backend) RegisterDelegationTemplate(ctx context.Context, t *management.DelegationTemplate) (string, error) {
	account, err := b.account(t.Account)
	if err != nil {
		return "", err
	}
	return b.s.iam.RegisterDelegationTemplate(ctx, iam.DelegationTemplate{
		Account: account, Requestor: t.Requestor, Name: t.Name, Policy: string(t.Policy),
	})
}

// DelegationNotifications are the messages about a request.
func (b backend) DelegationNotifications(ctx context.Context, requestID string) ([]management.DelegationNotification, error) {
	found, err := b.s.iam.DelegationNotifications(ctx, requestID)
	list := make([]management.DelegationNotification, len(found))
	for i, n := range found {
		list[i] = management.DelegationNotification(n)
	}
	return list, err
}
