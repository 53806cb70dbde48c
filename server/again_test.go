package server

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
)

// revoking is a server with the user ana, an access key of the user, and the role app,
// which ana may assume.
type revoking struct {
	*Server
	t     *testing.T
	store persistence.Store
	key   string
}

const revokingSeed = `
accounts:
  - id: "000000000000"
    users:
      - name: ana
        inline: {own: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
        accessKeys: [{id: AKIAQAAAAAAAAAAAAAAA, secret: abcdefghijklmnopqrstuvwxyz0123456789ABCD}]
    roles:
      - name: app
        trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "000000000000"}, Action: "sts:AssumeRole"}]}
`

func newRevoking(t *testing.T) *revoking {
	t.Helper()
	store := memstore.New()
	if err := seed.Apply(t.Context(), seed.Options{Store: store}, "seed.yaml", []byte(revokingSeed)); err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	return &revoking{Server: s, t: t, store: store, key: "AKIAQAAAAAAAAAAAAAAA"}
}

func (s *revoking) update(f func(persistence.Tx) error) {
	s.t.Helper()
	if err := s.store.Update(s.t.Context(), f); err != nil {
		s.t.Fatal(err)
	}
}

// ana is the context of a call that she signs now.
func (s *revoking) ana() context.Context {
	s.t.Helper()
	found, err := s.credentials.Lookup(s.t.Context(), s.key, "", "us-east-1")
	if err != nil {
		s.t.Fatal(err)
	}
	return principal.NewContext(s.t.Context(),
		&principal.Caller{Principal: found.Principal, Request: principal.Request{Time: s.clock.Now()}})
}

// revocations take a permission away, and give it back.
func (s *revoking) revocations() map[string]revocation {
	var policy *persistence.InlinePolicy
	u := testkit.Must(s.iam.GetUser(s.ana(), &iam.GetUserInput{UserName: aws.String("ana")}))(s.t).User
	inactive := func(is bool) func(persistence.Tx) error {
		return func(tx persistence.Tx) error {
			k, err := persistence.AccessKeys.Get(tx, DefaultAccount, s.key)
			if err != nil {
				return err
			}
			k.Inactive = is
			return persistence.AccessKeys.Put(tx, DefaultAccount, k)
		}
	}
	return map[string]revocation{
		"AccessDenied": {
			func(tx persistence.Tx) (err error) {
				if policy, err = persistence.InlinePolicies.Get(tx, DefaultAccount, *u.UserId, "own"); err != nil {
					return err
				}
				return persistence.InlinePolicies.Delete(tx, DefaultAccount, *u.UserId, "own")
			},
			func(tx persistence.Tx) error { return persistence.InlinePolicies.Put(tx, DefaultAccount, policy) },
		},
		"InvalidClientTokenId": {inactive(true), inactive(false)},
	}
}

type revocation struct{ end, restore func(persistence.Tx) error }

// A call is decided, then the permission or the key ends, then the call goes on: it
// must do nothing. A thousand times each; package conformance has all operations.
func TestRevocationsBehindTheDecision(t *testing.T) {
	t.Parallel()
	const times = 1000
	for name, c := range map[string]struct {
		input any
		call  func(*revoking, context.Context, any) error
		open  bool // no permission is needed
	}{
		"CreateAccessKey": {&iam.CreateAccessKeyInput{}, func(s *revoking, ctx context.Context, in any) error {
			return testkit.Refused(s.iam.CreateAccessKey(ctx, in.(*iam.CreateAccessKeyInput)))
		}, false},
		"CreateUser": {&iam.CreateUserInput{UserName: aws.String("eve")}, func(s *revoking, ctx context.Context, in any) error {
			return testkit.Refused(s.iam.CreateUser(ctx, in.(*iam.CreateUserInput)))
		}, false},
		"PutUserPolicy": {
			&iam.PutUserPolicyInput{UserName: aws.String("ana"), PolicyName: aws.String("back"), PolicyDocument: aws.String(allowAll)},
			func(s *revoking, ctx context.Context, in any) error {
				return testkit.Refused(s.iam.PutUserPolicy(ctx, in.(*iam.PutUserPolicyInput)))
			}, false,
		},
		"UpdateAssumeRolePolicy": {
			&iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("app"), PolicyDocument: aws.String(trustAll)},
			func(s *revoking, ctx context.Context, in any) error {
				return testkit.Refused(s.iam.UpdateAssumeRolePolicy(ctx, in.(*iam.UpdateAssumeRolePolicyInput)))
			}, false,
		},
		"GetAccountAuthorizationDetails": {&iam.GetAccountAuthorizationDetailsInput{},
			func(s *revoking, ctx context.Context, in any) error {
				return testkit.Refused(s.iam.GetAccountAuthorizationDetails(ctx, in.(*iam.GetAccountAuthorizationDetailsInput)))
			}, false},
		"AssumeRole": {
			&sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::000000000000:role/app"), RoleSessionName: aws.String("s1")},
			func(s *revoking, ctx context.Context, in any) error {
				return testkit.Refused(s.sts.AssumeRole(ctx, in.(*sts.AssumeRoleInput)))
			}, false,
		},
		"GetFederationToken": {&sts.GetFederationTokenInput{Name: aws.String("guest")},
			func(s *revoking, ctx context.Context, in any) error {
				return testkit.Refused(s.sts.GetFederationToken(ctx, in.(*sts.GetFederationTokenInput)))
			}, false},
		"GetSessionToken": {&sts.GetSessionTokenInput{}, func(s *revoking, ctx context.Context, in any) error {
			return testkit.Refused(s.sts.GetSessionToken(ctx, in.(*sts.GetSessionTokenInput)))
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRevoking(t)
			for code, r := range s.revocations() {
				if c.open && code == "AccessDenied" {
					continue
				}
				for range times {
					ctx, err := s.authorizer.Decide(s.ana(), name, c.input)
					if err != nil {
						t.Fatal(err)
					}
					s.update(r.end)
					before := testkit.Pairs(t, s.store)
					if err := c.call(s, ctx, c.input); testkit.Code(err) != code {
						t.Fatalf("%v; want %s", err, code)
					}
					if diff := cmp.Diff(before, testkit.Pairs(t, s.store)); diff != "" {
						t.Fatalf("the store changed (-before +after):\n%s", diff)
					}
					s.update(r.restore)
				}
			}
			ctx, err := s.authorizer.Decide(s.ana(), name, c.input)
			if err == nil {
				err = c.call(s, ctx, c.input)
			}
			if err != nil {
				t.Errorf("without a revocation: %v", err)
			}
		})
	}
}
