package iam_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/teststore"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const account = "123456789012"

// birth is the time at which a fixture's account, and all in it, is made.
var birth = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// A fixture is a service on a store of its own, called by root.
type fixture struct {
	*iamsvc.Service
	t     *testing.T
	store persistence.Store
	authz *authz.Authorizer
	root  context.Context
}

func newFixture(t *testing.T) *fixture { return newFixtureWith(t, iamsvc.Quotas{}) }

func newFixtureWith(t *testing.T, quotas iamsvc.Quotas) *fixture {
	t.Helper()
	store := teststore.New(t)
	now := func() time.Time { return birth.Add(987 * time.Millisecond) }
	f := &fixture{
		Service: iamsvc.New(iamsvc.Options{Store: store, Now: now, Quotas: quotas}),
		t:       t, store: store,
		authz: newAuthorizer(store),
	}
	f.root = f.as(principal.Principal{Kind: principal.Root, ARN: principal.AWS.IAM(account, "root"), UserID: account})
	f.update(func(tx persistence.Tx) error {
		return persistence.Accounts.Put(tx, account, &persistence.Account{ID: account, CreateDate: birth})
	})
	return f
}

func newAuthorizer(store persistence.Store) *authz.Authorizer {
	return authz.New(authz.Options{Store: store, Rules: iamsvc.Rules(), Now: func() time.Time { return birth }})
}

func (f *fixture) update(change func(persistence.Tx) error) {
	f.t.Helper()
	if err := f.store.Update(f.t.Context(), change); err != nil {
		f.t.Fatal(err)
	}
}

// as returns the context of a call by the principal, in the fixture's account.
func (f *fixture) as(p principal.Principal) context.Context {
	p.AccountID = account
	return principal.NewContext(context.Background(), &principal.Caller{Principal: p})
}

// asRole returns the context of a call by a session of a role.
func (f *fixture) asRole() context.Context {
	return f.as(principal.Principal{
		Kind: principal.AssumedRole, ARN: principal.AWS.STS(account, "assumed-role/r/s"), EntityID: "AROAR", Name: "r", SessionName: "s",
	})
}

// user makes a user and returns the context of a call by it.
func (f *fixture) user(name string) context.Context {
	f.t.Helper()
	out, err := f.CreateUser(f.root, &iam.CreateUserInput{UserName: &name})
	if err != nil {
		f.t.Fatal(err)
	}
	return f.as(userPrincipal(out.User))
}

func userPrincipal(u *types.User) principal.Principal {
	return principal.Principal{Kind: principal.User, ARN: *u.Arn, UserID: *u.UserId, EntityID: *u.UserId, Name: *u.UserName}
}

func (f *fixture) group(name string) *types.Group {
	f.t.Helper()
	out, err := f.CreateGroup(f.root, &iam.CreateGroupInput{GroupName: &name})
	if err != nil {
		f.t.Fatal(err)
	}
	return out.Group
}

func numbered(prefix string, i int) *string { return aws.String(prefix + strconv.Itoa(i)) }
