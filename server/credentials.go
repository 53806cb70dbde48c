package server

import (
	"context"
	"time"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/sts"
)

// credentials shows the credentials of sts to awsapi.
type credentials struct{ *sts.Credentials }

func newCredentials(o Options, now func() time.Time) credentials {
	return credentials{sts.NewCredentials(sts.CredentialsOptions{
		Store: o.Store, Partition: o.Partition, Now: now, Random: o.Random,
		Account: o.Account, RootAccessKeyID: o.RootAccessKeyID, RootSecretAccessKey: o.RootSecretAccessKey,
		AccountKeys: !o.NoAccountKeys, MaxAccounts: o.Limits.Accounts,
	})}
}

// Lookup finds the credential of an access key ID.
func (c credentials) Lookup(ctx context.Context, accessKeyID, sessionToken, region string) (awsapi.Credential, error) {
	secret, p, err := c.Credentials.Lookup(ctx, accessKeyID, sessionToken, region)
	if err != nil {
		return awsapi.Credential{}, err
	}
	found := awsapi.Credential{Secret: secret, Principal: p}
	if p.Kind == principal.Root { // all others have an account
		root := p
		found.Admit = func(ctx context.Context) error { return c.Credentials.Admit(ctx, &root) }
	}
	return found, nil
}
