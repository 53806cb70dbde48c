package sts_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/teststore"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	stssvc "github.com/understudy-iam/understudy/sts"
)

const (
	account = "111122223333"
	other   = "444455556666"

	anaID   = "AIDAANAANAANAANAANAAN"
	anaARN  = "arn:aws:iam::111122223333:user/staff/ana"
	auditID = "AROAAUDITAUDITAUDITAU"
	audit   = "arn:aws:iam::111122223333:role/checks/audit"
	vaultID = "AROAVAULTVAULTVAULTVA"
	vault   = "arn:aws:iam::444455556666:role/vault"

	anaSecret = "abcdefghijklmnopqrstuvwxyz0123456789ABCD"

	invalid = "InvalidClientTokenId: The security token included in the request is invalid."
)

// world is a service with its credentials and a clock, on a store with the user
// ana and the role audit in one account and the role vault in another.
type world struct {
	testing.TB
	store       persistence.Store
	now         time.Time
	authorizer  *authz.Authorizer
	credentials *stssvc.Credentials
	service     *stssvc.Service
	anaKey      string
}

func newWorld(t testing.TB) *world { return newWorldOn(t, teststore.New(t)) }

func newWorldOn(t testing.TB, store persistence.Store) *world {
	w := &world{TB: t, store: store, now: time.Date(2026, 3, 1, 12, 0, 0, 700e6, time.UTC)}
	t.Cleanup(func() { _ = store.Close() })
	clock := func() time.Time { return w.now }
	w.authorizer = authz.New(authz.Options{
		Store: store, Now: clock, RootAssumeRole: true, Rules: append(stssvc.Rules(), listUsersRule()),
		Managed: func(arn string) (string, bool) {
			return allow("iam:Get*"), arn == "arn:aws:iam::aws:policy/ReadOnly"
		},
	})
	w.service = stssvc.New(stssvc.Options{Store: store, Now: clock, Authorizer: w.authorizer})
	w.credentials = stssvc.NewCredentials(stssvc.CredentialsOptions{
		Store: store, Now: clock, Account: account, RootAccessKeyID: "test", RootSecretAccessKey: "secret", AccountKeys: true,
	})
	w.anaKey = w.newKey()
	w.update(func(tx persistence.Tx) error {
		return errors.Join(
			persistence.Users.Put(tx, account, &persistence.User{Name: "ana", Path: "/staff/", ID: anaID}),
			persistence.AccessKeys.Put(tx, account, &persistence.AccessKey{ID: w.anaKey, Secret: anaSecret, UserID: anaID}),
		)
	})
	w.role(account, persistence.Role{Name: "audit", Path: "/checks/", ID: auditID, TrustPolicy: trust(anaID), MaxSessionDuration: 7200})
	w.role(other, persistence.Role{Name: "vault", Path: "/", ID: vaultID, TrustPolicy: trust(account), MaxSessionDuration: 43200})
	return w
}

// listUsersRule stands for the operations of IAM.
func listUsersRule() authz.Rule {
	return authz.For(func(q *authz.Query, _ *iam.ListUsersInput) ([]authz.Need, error) {
		return []authz.Need{{Action: "iam:ListUsers", Resource: principal.AWS.IAM(q.Account(), "user/")}}, nil
	})
}

func (w *world) newKey() string {
	w.Helper()
	id, err := principal.NewAccessKeyID(rand.Reader, principal.LongTermKeyPrefix, account)
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func (w *world) update(f func(persistence.Tx) error) {
	w.Helper()
	if err := w.store.Update(w.Context(), f); err != nil {
		w.Fatal(err)
	}
}

func (w *world) role(account string, r persistence.Role) {
	w.Helper()
	w.update(func(tx persistence.Tx) error { return persistence.Roles.Put(tx, account, &r) })
}

func (w *world) inline(account, entityID, document string) {
	w.Helper()
	w.update(func(tx persistence.Tx) error {
		return persistence.InlinePolicies.Put(tx, account, &persistence.InlinePolicy{EntityID: entityID, Name: "p", Document: document})
	})
}

// as looks credentials up, as a server does for each request, and returns the
// context of a request with them.
func (w *world) as(accessKeyID, token string) context.Context {
	w.Helper()
	_, p, err := w.credentials.Lookup(w.Context(), accessKeyID, token, "")
	if err == nil {
		err = w.credentials.Admit(w.Context(), &p)
	}
	if err != nil {
		w.Fatalf("looking up %s: %v", accessKeyID, err)
	}
	return principal.NewContext(w.Context(), &principal.Caller{Principal: p, Request: principal.Request{Time: w.now}})
}

func (w *world) ana() context.Context { w.Helper(); return w.as(w.anaKey, "") }

func (w *world) with(c *types.Credentials) context.Context {
	w.Helper()
	return w.as(*c.AccessKeyId, *c.SessionToken)
}

// assume authorizes and performs AssumeRole, as the server does.
func (w *world) assume(ctx context.Context, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	if in.RoleSessionName == nil {
		in.RoleSessionName = aws.String("night")
	}
	ctx, err := w.authorizer.Decide(ctx, "AssumeRole", in)
	if err != nil {
		return nil, err
	}
	return w.service.AssumeRole(ctx, in)
}

// mustAssume is assume where it has to succeed.
func (w *world) mustAssume(ctx context.Context, in *sts.AssumeRoleInput) *sts.AssumeRoleOutput {
	w.Helper()
	out, err := w.assume(ctx, in)
	if err != nil {
		w.Fatalf("AssumeRole: %v", err)
	}
	return out
}

func toAudit() *sts.AssumeRoleInput { return &sts.AssumeRoleInput{RoleArn: aws.String(audit)} }

// failing is a source of randomness that has none.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// documents

func allow(action string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`
}

func deny(action string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"` + action + `","Resource":"*"}]}`
}

func trust(principals ...string) string { return trustIf("", principals...) }

// trustIf trusts the principals, which may tag the session and set its source
// identity too, under the condition.
func trustIf(condition string, principals ...string) string {
	list := ""
	for i, p := range principals {
		if i > 0 {
			list += ","
		}
		list += `"` + p + `"`
	}
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":[` + list + `]},` +
		`"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]` + condition + `}]}`
}

func tags(pairs ...string) []types.Tag {
	var list []types.Tag
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, types.Tag{Key: aws.String(pairs[i]), Value: aws.String(pairs[i+1])})
	}
	return list
}
