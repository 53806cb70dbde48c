package server

import (
	"context"
	"errors"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

// RegisterSecurityKey registers a FIDO key and returns its serial number.
func (b backend) RegisterSecurityKey(ctx context.Context, k *management.SecurityKey) (string, error) {
	account, err := b.account(k.Account)
	if err != nil {
		return "", err
	}
	return b.s.iam.RegisterSecurityKey(ctx, iam.SecurityKey{
		Account: account, UserName: k.UserName, Name: k.Name, Certifications: k.Certifications,
	})
}

// account is the account that a request names; without one it is the default.
func (b backend) account(id string) (string, error) {
	if id == "" {
		return b.s.options.Account, nil
	}
	if !principal.ValidAccountID(id) {
		return "", management.Invalid(errors.New("account must have 12 digits"))
	}
	return id, nil
}
