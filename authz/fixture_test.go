package authz_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/teststore"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const (
	account = "111122223333"
	other   = "444455556666"

	anaID    = "AIDAANAANAANAANAANAAN"
	auditID  = "AROAAUDITAUDITAUDITAU"
	devsID   = "AGPADEVSDEVSDEVSDEVSD"
	anaARN   = "arn:aws:iam::111122223333:user/staff/ana"
	auditARN = "arn:aws:iam::111122223333:role/checks/audit"
	nightARN = "arn:aws:sts::111122223333:assumed-role/audit/night"

	readOnlyARN = "arn:aws:iam::aws:policy/ReadOnly"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// state is a store with the user ana, in the group devs, and the role audit.
type state struct {
	testing.TB
	persistence.Store
}

func newState(t testing.TB) state { return newStateOn(t, teststore.New(t)) }

func newStateOn(t testing.TB, store persistence.Store) state {
	s := state{t, store}
	t.Cleanup(func() { _ = s.Close() })
	s.update(func(tx persistence.Tx) error {
		return errors.Join(
			persistence.Users.Put(tx, account, &persistence.User{
				Name: "ana", Path: "/staff/", ID: anaID, Tags: []persistence.Tag{{Key: "team", Value: "red"}},
			}),
			persistence.Groups.Put(tx, account, &persistence.Group{Name: "devs", Path: "/", ID: devsID}),
			persistence.Memberships.Put(tx, account, &persistence.Membership{GroupID: devsID, UserID: anaID}),
			persistence.Roles.Put(tx, account, &persistence.Role{
				Name: "audit", Path: "/checks/", ID: auditID, MaxSessionDuration: 3600,
				Tags: []persistence.Tag{{Key: "team", Value: "blue"}, {Key: "site", Value: "north"}},
			}),
		)
	})
	return s
}

func (s state) update(f func(persistence.Tx) error) {
	s.Helper()
	if err := s.Update(s.Context(), f); err != nil {
		s.Fatal(err)
	}
}

func (s state) inline(entityID, name, document string) {
	s.Helper()
	s.update(func(tx persistence.Tx) error {
		return persistence.InlinePolicies.Put(tx, account, &persistence.InlinePolicy{EntityID: entityID, Name: name, Document: document})
	})
}

// managed puts a customer managed policy with the document as its only version
// and returns its ARN.
func (s state) managed(name, document string) string {
	s.Helper()
	arn := principal.AWS.IAM(account, "policy/own/"+name)
	s.update(func(tx persistence.Tx) error {
		return errors.Join(
			persistence.Policies.Put(tx, account, &persistence.Policy{Name: name, Path: "/own/", ID: "ANPA" + name, ARN: arn,
				DefaultVersion: 1, LastVersion: 1}),
			persistence.PolicyVersions.Put(tx, account, &persistence.PolicyVersion{PolicyID: "ANPA" + name, Number: 1, Document: document}),
		)
	})
	return arn
}

func (s state) attach(entityID, name, arn string) {
	s.Helper()
	s.update(func(tx persistence.Tx) error {
		return persistence.Attachments.Put(tx, account, &persistence.Attachment{EntityID: entityID, PolicyName: name, PolicyARN: arn})
	})
}

func (s state) boundary(arn string) {
	s.Helper()
	s.update(func(tx persistence.Tx) error {
		u, err := persistence.Users.Get(tx, account, "ana")
		if err != nil {
			return err
		}
		u.Boundary = arn
		return persistence.Users.Put(tx, account, u)
	})
}

// authorizer decides on the state, with rules for the operations below.
func (s state) authorizer(change ...func(*authz.Options)) *authz.Authorizer {
	o := authz.Options{
		Store: s, Rules: rules(), Now: func() time.Time { return noon },
		Managed: func(arn string) (string, bool) {
			return allow("iam:Get*"), arn == readOnlyARN
		},
	}
	for _, f := range change {
		f(&o)
	}
	return authz.New(o)
}

// rules are of operations that need one permission, several, the permission to assume a
// role, and none.
func rules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.GetUserInput) ([]authz.Need, error) {
			name := aws.ToString(in.UserName)
			return []authz.Need{{
				Action: "iam:GetUser", Resource: principal.AWS.IAM(q.Account(), "user/"+name), Label: "user " + name,
				Tags: []persistence.Tag{{Key: "Owner", Value: "me"}},
			}}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.CreateUserInput) ([]authz.Need, error) {
			arn := principal.AWS.IAM(q.Account(), "user/"+aws.ToString(in.UserName))
			keys := authz.RequestTags([]persistence.Tag{{Key: "Cost", Value: "42"}})
			return []authz.Need{
				{Action: "iam:CreateUser", Resource: arn, Keys: keys},
				{Action: "iam:TagUser", Resource: arn, Keys: keys},
			}, nil
		}),
		authz.For(func(_ *authz.Query, in *iam.DeleteUserInput) ([]authz.Need, error) {
			return nil, fmt.Errorf("bad name %s", aws.ToString(in.UserName))
		}),
		authz.For(func(_ *authz.Query, in *sts.AssumeRoleInput) ([]authz.Need, error) {
			arn, _ := principal.ParseARN(aws.ToString(in.RoleArn))
			return []authz.Need{{
				Action: "sts:AssumeRole", Resource: aws.ToString(in.RoleArn), Owner: arn.AccountID,
				Trust: true, TrustPolicy: aws.ToString(in.Policy), // the tests pass it here
			}}, nil
		}),
		authz.For(func(*authz.Query, *sts.GetCallerIdentityInput) ([]authz.Need, error) { return nil, nil }),
		authz.For(func(*authz.Query, *sts.GetSessionTokenInput) ([]authz.Need, error) { return nil, nil }),
		authz.For(func(*authz.Query, *sts.GetAccessKeyInfoInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "sts:GetAccessKeyInfo", Resource: "*"}}, nil
		}),
	}
}

// callers

func root() principal.Principal {
	return principal.Principal{Kind: principal.Root, AccountID: account, ARN: principal.AWS.IAM(account, "root"), UserID: account}
}

func ana() principal.Principal {
	return principal.Principal{Kind: principal.User, AccountID: account, ARN: anaARN, UserID: anaID, EntityID: anaID, Name: "ana"}
}

// anaSession has credentials of GetSessionToken, made with an MFA code or without.
func anaSession(mfa bool) principal.Principal {
	p := ana()
	p.Session = &principal.Session{Operation: "GetSessionToken", IssuedAt: noon.Add(-time.Hour), ExpiresAt: noon.Add(time.Hour)}
	if mfa {
		p.Session.MFAAt = noon.Add(-time.Hour)
	}
	return p
}

func audit() principal.Principal {
	return principal.Principal{
		Kind: principal.AssumedRole, AccountID: account, ARN: nightARN, UserID: auditID + ":night",
		EntityID: auditID, Name: "audit", SessionName: "night",
		Session: &principal.Session{Operation: "AssumeRole", IssuedAt: noon.Add(-time.Minute), ExpiresAt: noon.Add(time.Hour)},
	}
}

func federated() principal.Principal {
	return principal.Principal{
		Kind: principal.FederatedUser, AccountID: account, ARN: principal.AWS.STS(account, "federated-user/guest"),
		UserID: account + ":guest", EntityID: anaID, Name: "ana", SessionName: "guest",
		Session: &principal.Session{Operation: "GetFederationToken", IssuedAt: noon, ExpiresAt: noon.Add(time.Hour)},
	}
}

func as(p principal.Principal) context.Context {
	return principal.NewContext(context.Background(), &principal.Caller{Principal: p, Request: principal.Request{
		ID: "request-1", Time: noon, Region: "eu-west-1", SourceIP: netip.MustParseAddr("192.0.2.7"), UserAgent: "aws-cli/2",
	}})
}

func getBob() *iam.GetUserInput { return &iam.GetUserInput{UserName: aws.String("bob")} }

// documents

func allow(action string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`
}

func deny(action string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"` + action + `","Resource":"*"}]}`
}

func trust(effect, principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Principal":{"AWS":"` + principal +
		`"},"Action":"sts:AssumeRole"}]}`
}

func statement(effect, element, list, more string) string {
	return `{"Effect":"` + effect + `","` + element + `":` + list + `,"Resource":"*"` + more + `}`
}

func policy(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}
