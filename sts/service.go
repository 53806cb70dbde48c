// Package sts is the AWS Security Token Service, API version 2011-06-15: one
// method for each operation, with the types and the errors of the AWS SDK, and
// one authorization rule for each beside it. It also looks up credentials for
// whoever verifies signatures: long-term keys, the bootstrap keys of root users,
// and the temporary credentials that it issues.
//
// Temporary credentials are not stored. The session token carries the session, encrypted and
// authenticated with a key of the account that is in the store; the secret access key derives from
// the token. So issuing them writes nothing, they survive a restart, and every process on the same
// store accepts them.
//
// It guarantees that a token is accepted only with the access key ID that it was issued with, only
// until it expires, and not after its user or role is deleted.
//
// # Caveats
//
// Methods expect an input whose members satisfy the constraints of the API model (awsapi checks
// them) and a caller who is authorized (authz decides). A single token cannot be revoked, as in
// AWS. This package finds secret access keys but does not compare them.
package sts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Options configures a Service. Store and Authorizer are required.
type Options struct {
	Store persistence.Store

	// Partition is where the accounts are; "" is principal.AWS.
	Partition principal.Partition

	Now    func() time.Time // nil: time.Now
	Random io.Reader        // of keys and IDs; nil: crypto/rand

	// Authorizer knows the managed policies that sessions can be limited by.
	Authorizer *authz.Authorizer

	// IssuerKeys finds the keys of OpenID Connect issuers; nil: none are found.
	IssuerKeys IssuerKeys

	// Contexts finds, by its ID, the key that signs the local replacement of IAM Identity Center's
	// context assertions; it returns nil if there is none. If Contexts itself is nil, every
	// assertion is refused.
	Contexts func(ctx context.Context, keyID string) (*oidc.Keys, error)

	// StrictSAML refuses assertions that AWS accepts: see usedAssertions and checkAssertion.
	StrictSAML bool
}

// Service holds the operations. It is safe for concurrent use.
type Service struct {
	accounts  *accounts
	partition principal.Partition
	store     persistence.Store
	clock     func() time.Time
	random    io.Reader
	authz     *authz.Authorizer

	issuerKeys     IssuerKeys
	contexts       func(ctx context.Context, keyID string) (*oidc.Keys, error)
	usedAssertions *usedAssertions // nil: assertions may be used again, and so on
}

// New makes a Service.
func New(o Options) *Service {
	s := &Service{
		partition: o.Partition, store: authz.Deciding(o.Store), clock: o.Now, random: o.Random, authz: o.Authorizer,
		issuerKeys: o.IssuerKeys, contexts: o.Contexts,
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if o.StrictSAML {
		s.usedAssertions = &usedAssertions{until: map[[sha256.Size]byte]time.Time{}}
	}
	s.accounts = &accounts{partition: s.partition, store: s.store, clock: s.clock, random: s.random}
	return s
}

// now is the time of a request, in whole seconds: AWS's sessions begin and end
// on them.
func (s *Service) now(c *principal.Caller) time.Time {
	t := c.Request.Time
	if t.IsZero() {
		t = s.clock()
	}
	return t.UTC().Truncate(time.Second)
}

// order describes the temporary credentials to issue.
type order struct {
	account     string // in which they are valid
	token       *token
	minimumSize *int32 // of the session token, in characters
	code        code   // used up for them, if one was given

	content *content // of the token
}

// issue makes temporary credentials. Their token is v1 if the caller uses the
// global endpoint and the account has not asked for v2 there.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
//
// Call it last: the call takes effect in its transaction, and the credentials are valid if it
// succeeds, whether or not the client still waits.
func (s *Service) issue(ctx context.Context, o *order) (*types.Credentials, error) {
	id, err := principal.NewAccessKeyID(s.random, principal.TemporaryKeyPrefix, o.account)
	if err != nil {
		return nil, err
	}
	if o.content, err = o.token.content(); err != nil {
		return nil, err
	}
	a, err := s.fill(ctx, o)
	if err != nil {
		return nil, err
	}
	sealer, err := s.accounts.sealerOf(a.SealingKey)
	if err != nil {
		return nil, err
	}
	text, err := sealer.seal(s.random, id, o.content, int(aws.ToInt32(o.minimumSize)))
	if err != nil {
		return nil, err
	}
	return &types.Credentials{
		AccessKeyId: aws.String(id), SecretAccessKey: aws.String(sealer.secret(id, text)),
		SessionToken: aws.String(text), Expiration: aws.Time(time.Unix(o.token.ExpiresAt, 0).UTC()),
	}, nil
}

// fill runs the transaction of an order: it uses up the code, opens the account if nobody has used
// it, and returns the account. An order whose token would be too large is refused here, since the
// account says which version the token has.
func (s *Service) fill(ctx context.Context, o *order) (a *persistence.Account, err error) {
	spend := func(ctx context.Context, use func(persistence.Tx) error) error {
		return o.code.spend(ctx, s.store, use)
	}
	read, write := s.store.View, s.store.Update
	if o.code.given() {
		read, write = spend, spend
	}
	err = read(ctx, func(tx persistence.Tx) (err error) {
		if a, err = s.accounts.opened(tx, o.account); err != nil {
			return err
		}
		return o.check(ctx, a)
	})
	if !errors.Is(err, errNotOpened) {
		return a, err
	}
	fresh, err := s.accounts.fresh(o.account)
	if err != nil {
		return nil, err
	}
	err = write(ctx, func(tx persistence.Tx) (err error) {
		if a, err = openAs(tx, fresh); err != nil {
			return err
		}
		return o.check(ctx, a)
	})
	return a, err
}

// check sets the version of the order's token, and refuses a token that is too large.
func (o *order) check(ctx context.Context, a *persistence.Account) error {
	o.token.V1 = caller(ctx).Request.GlobalEndpoint && !a.GlobalTokenV2
	return o.content.checkSize(int(aws.ToInt32(o.minimumSize)))
}

// Rules returns the permissions of the package's operations, one row for each.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
func Rules() []authz.Rule {
	return []authz.Rule{
		assumeRoleRule(),
		assumeRoleWithSAMLRule(),
		assumeRoleWithWebIdentityRule(),
		assumeRootRule(),
		decodeAuthorizationMessageRule(),
		getAccessKeyInfoRule(),
		getCallerIdentityRule(),
		getDelegatedAccessTokenRule(),
		getFederationTokenRule(),
		getScopedCredentialsRule(),
		getSessionTokenRule(),
		getWebIdentityTokenRule(),
	}
}

// own is an account of the service's partition.
func (s *Service) own(account string) principal.Account {
	return s.partition.In(account)
}

// caller returns the principal who calls.
func caller(ctx context.Context) *principal.Caller { return principal.FromContext(ctx) }
