package sts

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// CredentialsOptions configures Credentials. Store is required.
type CredentialsOptions struct {
	Store     persistence.Store
	Partition principal.Partition // of the accounts; "" is principal.AWS
	Now       func() time.Time    // nil: time.Now
	Random    io.Reader           // of sealing keys; nil: crypto/rand

	// RootAccessKeyID and RootSecretAccessKey are the credentials of the root
	// user of Account; without an ID there are none.
	Account             string
	RootAccessKeyID     string
	RootSecretAccessKey string

	// AccountKeys makes every 12-digit account ID, with the root secret, the
	// credentials of the root user of that account.
	AccountKeys bool

	// MaxAccounts is how many accounts there can be: with so many, the root user of another account
	// is not admitted. 0: there is no limit.
	MaxAccounts int
}

// Credentials finds the secret and the caller of an access key ID. It is safe for concurrent use,
// and what it caches is never out of date.
type Credentials struct {
	options  CredentialsOptions
	accounts *accounts
	found    persistence.StateCache[string, credential] // by long-term access key ID

	handedOut *handedOut
}

// NewCredentials makes Credentials.
func NewCredentials(o CredentialsOptions) *Credentials {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	c := &Credentials{
		options: o, accounts: &accounts{partition: o.Partition, store: o.Store, clock: o.Now, random: o.Random},
		handedOut: &handedOut{byID: map[string]*persistence.AccessKey{}, byUser: map[string]*persistence.AccessKey{}},
	}
	if o.MaxAccounts > 0 {
		c.accounts.room = &room{store: o.Store, most: o.MaxAccounts, turn: persistence.NewTurn()}
	}
	return c
}

// Lookup returns the secret access key and the principal of an access key ID. The session token
// that was sent with it is "" if there was none; the region is "" if it is not known. The checks
// are in AWS's order (recorded): the key exists and is active; the token can be opened, belongs to
// this key and is valid in the region; it has not expired; the user or role still exists.
//
// The error is AWS's: InvalidClientTokenId, or ExpiredToken. Lookup stores nothing;
// see Admit.
func (c *Credentials) Lookup(ctx context.Context,
	accessKeyID, sessionToken, region string) (secret string, p principal.Principal, err error) {
	if account, ok := c.rootAccount(accessKeyID); ok && sessionToken == "" {
		return c.options.RootSecretAccessKey, rootPrincipal(c.own(account), accessKeyID), nil
	}
	account, ok := principal.AccountOfAccessKey(accessKeyID)
	switch {
	case !ok:
		return "", p, invalidToken()
	case strings.HasPrefix(accessKeyID, principal.TemporaryKeyPrefix):
		return c.temporary(ctx, &presented{account, accessKeyID, sessionToken, region})
	case sessionToken != "": // a long-term key has none
		return "", p, invalidToken()
	}
	return c.longTerm(ctx, account, accessKeyID)
}

// rootAccount is the account whose root user the bootstrap key belongs to.
func (c *Credentials) rootAccount(accessKeyID string) (string, bool) {
	switch {
	case accessKeyID == "":
		return "", false
	case accessKeyID == c.options.RootAccessKeyID:
		return c.options.Account, true
	}
	return accessKeyID, c.options.AccountKeys && principal.ValidAccountID(accessKeyID)
}

// Admit makes the account of a root user who calls for the first time. Call it after the signature
// was verified, so that nothing is stored for a stranger. For other principals it does nothing:
// their accounts exist.
func (c *Credentials) Admit(ctx context.Context, p *principal.Principal) error {
	if p.Kind != principal.Root {
		return nil
	}
	_, err := c.accounts.open(ctx, p.AccountID)
	return err
}

// Valid returns nil if the credentials of a principal that Lookup has returned are valid in the
// state that tx shows, and AWS's InvalidClientTokenId if not. Temporary credentials become invalid
// only with their user or role, which the caller has to check.
func (c *Credentials) Valid(tx persistence.Tx, p *principal.Principal) error {
	if p.Session != nil || p.AccessKeyID == "" {
		return nil
	}
	if account, ok := c.rootAccount(p.AccessKeyID); ok && p.Kind == principal.Root && account == p.AccountID {
		return nil
	}
	found, err := c.stored(tx, p.AccountID, p.AccessKeyID)
	if err == nil && found.principal.UserID != p.UserID {
		err = persistence.ErrNotFound
	}
	return orInvalidToken(err)
}

// own returns an account of the partition.
func (c *Credentials) own(account string) principal.Account {
	return c.options.Partition.In(account)
}

func rootPrincipal(account principal.Account, accessKeyID string) principal.Principal {
	p := account.RootUser()
	p.AccessKeyID = accessKeyID
	return p
}

// longTerm looks up an access key of a user or of root.
func (c *Credentials) longTerm(ctx context.Context, account, accessKeyID string) (secret string, p principal.Principal, err error) {
	var found *credential
	err = c.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
		found, err = c.stored(tx, account, accessKeyID)
		return err
	})
	if err != nil {
		return "", principal.Principal{}, orInvalidToken(err)
	}
	return found.secret, found.principal, nil
}

// stored returns the credential of a long-term key that can be used. It is cached until the key or
// its owner changes, since a client sends the same key again and again.
func (c *Credentials) stored(tx persistence.Tx, account, accessKeyID string) (*credential, error) {
	if found := c.found.Get(tx, accessKeyID); found != nil {
		return found, nil
	}
	tx = persistence.Noting(tx)
	found, err := c.readLongTerm(tx, account, accessKeyID)
	if err == nil {
		c.found.Put(tx, accessKeyID, found)
	}
	return found, err
}

// credential is the secret and the caller of a long-term access key.
type credential struct {
	secret    string
	principal principal.Principal
}

func (c *Credentials) readLongTerm(tx persistence.Tx, account, accessKeyID string) (*credential, error) {
	k, err := persistence.AccessKeys.Get(tx, account, accessKeyID)
	if errors.Is(err, persistence.ErrNotFound) {
		k, err = c.handedOut.key(accessKeyID)
	}
	if err != nil {
		return nil, err
	}
	if k.Inactive {
		return nil, invalidToken()
	}
	p, err := c.ownerOf(tx, accessKeyID, k.UserID)
	if err != nil {
		return nil, err
	}
	return &credential{k.Secret, p}, nil
}

// Owner returns who has the long-term access key, even if it is inactive. It is for records of
// calls that were refused, not for decisions.
func (c *Credentials) Owner(ctx context.Context, accessKeyID string) (p principal.Principal, ok bool) {
	account, ok := principal.AccountOfAccessKey(accessKeyID)
	if !ok {
		return p, false
	}
	err := c.options.Store.View(ctx, func(tx persistence.Tx) error {
		k, err := persistence.AccessKeys.Get(tx, account, accessKeyID)
		if err != nil {
			return err
		}
		p, err = c.ownerOf(tx, accessKeyID, k.UserID)
		return err
	})
	return p, err == nil
}

// ownerOf returns the user, or the root user, who has the ID and calls with the key.
func (c *Credentials) ownerOf(tx persistence.Tx, accessKeyID, id string) (principal.Principal, error) {
	account, _ := principal.AccountOfAccessKey(accessKeyID)
	if id == account { // root's own key
		return rootPrincipal(c.own(account), accessKeyID), nil
	}
	u, err := persistence.UsersByID.First(tx, account, id)
	if err != nil {
		return principal.Principal{}, err
	}
	p := c.own(account).User(u.ID, u.Path, u.Name)
	p.AccessKeyID = accessKeyID
	return p, nil
}

// orInvalidToken answers a missing record with the error for an invalid token.
func orInvalidToken(err error) error {
	if errors.Is(err, persistence.ErrNotFound) {
		return invalidToken()
	}
	return err
}

// presented is a temporary credential as it was presented, and for which account
// and region.
type presented struct{ account, accessKeyID, sessionToken, region string }

func (c *Credentials) temporary(ctx context.Context, k *presented) (secret string, p principal.Principal, err error) {
	err = c.options.Store.View(ctx, func(tx persistence.Tx) error {
		t, s, err := c.opened(tx, k)
		if err != nil {
			return err
		}
		if t.V1 && !onByDefault(k.region) {
			return invalidTokenInRegion()
		}
		if c.options.Now().Unix() >= t.ExpiresAt {
			return expiredToken()
		}
		if p, err = sessionPrincipal(tx, c.own(k.account), t); err != nil {
			return err
		}
		secret = s.secret(k.accessKeyID, k.sessionToken)
		return nil
	})
	if err != nil {
		return "", principal.Principal{}, orInvalidToken(err)
	}
	p.AccessKeyID = k.accessKeyID
	return secret, p, nil
}

// opened opens a session token.
func (c *Credentials) opened(tx persistence.Tx, k *presented) (*token, *sealer, error) {
	key, err := c.accounts.sealingKey(tx, k.account)
	if err != nil {
		return nil, nil, err
	}
	if key == nil {
		return nil, nil, invalidToken()
	}
	s, err := c.accounts.sealerOf(key)
	if err != nil {
		return nil, nil, err
	}
	t, ok := s.open(k.accessKeyID, k.sessionToken)
	if !ok {
		return nil, nil, invalidToken()
	}
	return t, s, nil
}

// sessionPrincipal returns who the session acts as; persistence.ErrNotFound if the user or role was
// deleted, even if there is a new one of the same name.
func sessionPrincipal(tx persistence.Tx, account principal.Account, t *token) (p principal.Principal, err error) {
	switch t.Kind {
	case principal.AssumedRole:
		r, err := persistence.RolesByID.First(tx, account.ID, t.EntityID)
		if err != nil {
			return p, err
		}
		p = account.AssumedRole(r.ID, r.Name, t.SessionName)
		p.EntityPath = r.Path
	case principal.User:
		u, err := persistence.UsersByID.First(tx, account.ID, t.EntityID)
		if err != nil {
			return p, err
		}
		p = account.User(u.ID, u.Path, u.Name)
	case principal.Root:
		p = rootPrincipal(account, "")
	case principal.FederatedUser:
		p = federatedPrincipal(account, t.SessionName)
		if t.EntityID == "" { // root asked
			break
		}
		u, err := persistence.UsersByID.First(tx, account.ID, t.EntityID)
		if err != nil {
			return p, err
		}
		p.EntityID, p.EntityPath, p.Name = u.ID, u.Path, u.Name
	default:
		return p, persistence.ErrNotFound
	}
	p.Session = t.session()
	return p, nil
}
