package iam_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/internal/teststore"
	"github.com/understudy-iam/understudy/principal"
)

// A request expires after a day without an owner, and after a week in any
// other state.
func TestDelegationRequestsExpire(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		steps int // of: associate, forward, accept, send
		life  time.Duration
		state types.StateType
	}{
		"without an owner": {0, day, types.StateTypeUnassigned},
		"assigned":         {1, 7 * day, types.StateTypeAssigned},
		"forwarded":        {2, 7 * day, types.StateTypePendingApproval},
		"accepted":         {3, 7 * day, types.StateTypeAccepted},
		"finalized":        {4, 7 * day, types.StateTypeFinalized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := birth
			s := iamsvc.New(iamsvc.Options{Store: teststore.New(t), Now: func() time.Time { return now }})
			ctx := rootOf(account)
			id := delegation(t, s, ctx)
			steps := []func() error{
				func() error {
					return testkit.Refused(s.AssociateDelegationRequest(ctx, &iam.AssociateDelegationRequestInput{DelegationRequestId: id}))
				},
				func() error {
					return testkit.Refused(s.UpdateDelegationRequest(ctx, &iam.UpdateDelegationRequestInput{DelegationRequestId: id}))
				},
				func() error {
					return testkit.Refused(s.AcceptDelegationRequest(ctx, &iam.AcceptDelegationRequestInput{DelegationRequestId: id}))
				},
				func() error {
					return testkit.Refused(s.SendDelegationToken(ctx, &iam.SendDelegationTokenInput{DelegationRequestId: id}))
				},
			}
			for _, step := range steps[:c.steps] {
				now = now.Add(time.Hour)
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
			end := now.Add(c.life)
			for _, at := range []struct {
				now  time.Time
				want types.StateType
			}{{end.Add(-time.Second), c.state}, {end, types.StateTypeExpired}} {
				now = at.now
				got := testkit.Must(s.GetDelegationRequest(ctx,
					&iam.GetDelegationRequestInput{DelegationRequestId: id}))(t).DelegationRequest
				if got.State != at.want || !got.ExpirationTime.Equal(end) {
					t.Errorf("at %v: state %s, expires %v", at.now, got.State, got.ExpirationTime)
				}
			}
			notes, err := s.DelegationNotifications(ctx, *id)
			if err != nil || notes[len(notes)-1].State != "EXPIRED" {
				t.Errorf("notifications = %+v, %v", notes, err)
			}
			if c.steps < len(steps) {
				if err := steps[c.steps](); err == nil {
					t.Error("an expired request goes on")
				}
			}
		})
	}
}

func rootOf(account string) context.Context {
	return principal.NewContext(context.Background(), &principal.Caller{Principal: principal.Principal{
		Kind: principal.Root, AccountID: account, ARN: principal.AWS.IAM(account, "root"), UserID: account,
	}})
}

// delegation makes a request of the caller's account and returns its ID.
func delegation(t *testing.T, s *iamsvc.Service, ctx context.Context) *string {
	t.Helper()
	return delegationOf(t, s, ctx, "first")
}

func delegationOf(t *testing.T, s *iamsvc.Service, ctx context.Context, workflow string) *string {
	t.Helper()
	arn, err := s.RegisterDelegationTemplate(ctx, delegationTemplate)
	if err != nil {
		t.Fatal(err)
	}
	return testkit.Must(s.CreateDelegationRequest(ctx, delegationInput(arn, workflow)))(t).DelegationRequestId
}

var delegationTemplate = iamsvc.DelegationTemplate{
	Account: account, Requestor: "P", Name: "n",
	Policy: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`,
}

// delegationInput asks for what the template allows, for five minutes.
func delegationInput(template, workflow string) *iam.CreateDelegationRequestInput {
	return &iam.CreateDelegationRequestInput{
		Description: aws.String(""), RequestorWorkflowId: &workflow, SessionDuration: aws.Int32(300),
		NotificationChannel: aws.String("arn:aws:sns:us-east-1:" + account + ":t"),
		Permissions:         &types.DelegationPermission{PolicyTemplateArn: &template},
	}
}

// Without an authorizer the check of permissions fails, but the request is shown.
func TestPermissionCheckWithoutAnAuthorizer(t *testing.T) {
	t.Parallel()
	s := iamsvc.New(iamsvc.Options{Store: teststore.New(t)})
	ctx := rootOf(account)
	out := testkit.Must(s.GetDelegationRequest(ctx,
		&iam.GetDelegationRequestInput{DelegationRequestId: delegation(t, s, ctx), DelegationPermissionCheck: true}))(t)
	if diff := cmp.Diff(types.PermissionCheckStatusTypeFailed, out.PermissionCheckStatus); diff != "" || out.PermissionCheckResult != "" {
		t.Errorf("check = %s %s", out.PermissionCheckStatus, out.PermissionCheckResult)
	}
}
