package iam

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/uuid"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const delegationResource = "delegation-request/"

// delegationConsole begins the address at which an owner looks at a request. There is no
// such page here, and the form of AWS's address is not confirmed.
const delegationConsole = "https://console.aws.amazon.com/iam/home#/temporary-delegation-requests/"

// CreateDelegationRequest asks somebody for temporary permissions in their
// account: those of a policy template that the requestor has registered.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateDelegationRequest.html
//
// The requestor's own ID for the request must be new. Notifications go to an SNS topic of
// the requestor.
func (s *Service) CreateDelegationRequest(ctx context.Context,
	in *iam.CreateDelegationRequestInput) (*iam.CreateDelegationRequestOutput, error) {
	channel := aws.ToString(in.NotificationChannel)
	if arn, ok := principal.ParseARN(channel); !ok || !s.partition.Is(arn) || arn.Service != "sns" || arn.AccountID != account(ctx) {
		return nil, foreignChannel(channel)
	}
	id, err := uuid.NewRandomFromReader(s.random)
	if err != nil {
		return nil, err
	}
	r := &persistence.DelegationRequest{
		ID: "dr-" + id.String(), Requestor: account(ctx), WorkflowID: aws.ToString(in.RequestorWorkflowId),
		Description: aws.ToString(in.Description), Message: aws.ToString(in.RequestMessage), RedirectURL: aws.ToString(in.RedirectUrl),
		Channel: channel, SessionDuration: aws.ToInt32(in.SessionDuration), OnlySendByOwner: in.OnlySendByOwner,
		OwnerAccount: aws.ToString(in.OwnerAccountId),
		Changes:      []persistence.DelegationChange{{State: string(types.StateTypeUnassigned), Time: s.now()}},
	}
	if p := in.Permissions; p != nil {
		r.TemplateARN, r.Parameters = aws.ToString(p.PolicyTemplateArn), delegationParameters(p.Parameters)
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error { return s.insertDelegation(tx, r) })
	if err != nil {
		return nil, err
	}
	return &iam.CreateDelegationRequestOutput{DelegationRequestId: &r.ID, ConsoleDeepLink: aws.String(delegationConsole + r.ID)}, nil
}

func (s *Service) insertDelegation(tx persistence.Tx, r *persistence.DelegationRequest) error {
	t, err := persistence.DelegationTemplates.Get(tx, r.Requestor, r.TemplateARN)
	if err != nil {
		return orMissing(err, noDelegationTemplate(r.TemplateARN))
	}
	r.RequestorName = t.Requestor
	if r.Policy, err = s.renderDelegation(t.Document, r.Parameters); err != nil {
		return err
	}
	taken, err := persistence.DelegationRequestsByWorkflow.Any(tx, r.Requestor, r.WorkflowID)
	if err != nil {
		return err
	}
	if taken {
		return workflowExists(r.WorkflowID)
	}
	return s.keepDelegationRequest(tx, r)
}

// GetDelegationRequest describes a request and, if asked, says whether the caller has the
// permissions that it asks for.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetDelegationRequest.html
//
// A request without an owner can be seen by the account that it names, or by every
// account if it names none; a request with an owner by the owner's account.
func (s *Service) GetDelegationRequest(ctx context.Context, in *iam.GetDelegationRequestInput) (*iam.GetDelegationRequestOutput, error) {
	r, err := s.delegation(ctx, aws.ToString(in.DelegationRequestId))
	if err != nil {
		return nil, err
	}
	out := &iam.GetDelegationRequestOutput{DelegationRequest: delegationOut(r, s.now())}
	if in.DelegationPermissionCheck {
		out.PermissionCheckStatus, out.PermissionCheckResult = s.checkDelegable(ctx, r.Policy)
	}
	return out, nil
}

// delegation returns a request that the caller's account can see.
func (s *Service) delegation(ctx context.Context, id string) (r *persistence.DelegationRequest, err error) {
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		r, err = findDelegation(tx, account(ctx), id)
		return err
	})
	return r, err
}

func findDelegation(tx persistence.Tx, account, id string) (*persistence.DelegationRequest, error) {
	r, err := persistence.FindDelegationRequest(tx, account, id)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && r.OwnerAccount != "" && r.OwnerAccount != account {
		return nil, noSuchDelegationRequest(id)
	}
	return r, err
}

// ListDelegationRequests lists the requests that the account owns, or those
// that one of its identities does, by ID. A request without an owner is in no
// list.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListDelegationRequests.html
func (s *Service) ListDelegationRequests(ctx context.Context,
	in *iam.ListDelegationRequestsInput) (*iam.ListDelegationRequestsOutput, error) {
	now := s.now()
	out := &iam.ListDelegationRequestsOutput{DelegationRequests: []types.DelegationRequest{}}
	asked := listing{"ListDelegationRequests/" + aws.ToString(in.OwnerId), in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		owned := persistence.OwnedDelegations.Scan(tx, account(ctx), nil, p.after)
		requests, err := fill(p, func(yield func(*persistence.DelegationRequest, error) bool) {
			for o, err := range owned {
				if err != nil {
					yield(nil, err)
					return
				}
				if r, err := persistence.DelegationRequests.Get(tx, o.Requestor, o.ID); !yield(r, err) || err != nil {
					return
				}
			}
		}, persistence.DelegationRequests.Key, func(r *persistence.DelegationRequest) bool {
			return in.OwnerId == nil || r.OwnerID == *in.OwnerId
		})
		for _, r := range requests {
			out.DelegationRequests = append(out.DelegationRequests, *delegationOut(r, now))
		}
		return err
	}))
}

// How long a request stays in a state before it expires.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-building-integration.html
const (
	unassignedLife = 24 * time.Hour
	delegationLife = 7 * 24 * time.Hour
)

// delegationState returns the state of a request, since when it is in that state, and
// when it expires or expired.
func delegationState(r *persistence.DelegationRequest, now time.Time) (state types.StateType, since, expires time.Time) {
	last := r.Changes[len(r.Changes)-1]
	state, since = types.StateType(last.State), last.Time
	life := delegationLife
	if state == types.StateTypeUnassigned {
		life = unassignedLife
	}
	expires = since.Add(life)
	if !now.Before(expires) {
		return types.StateTypeExpired, expires, expires
	}
	return state, since, expires
}

func delegationOut(r *persistence.DelegationRequest, now time.Time) *types.DelegationRequest {
	state, since, expires := delegationState(r, now)
	permissions := &types.DelegationPermission{PolicyTemplateArn: &r.TemplateARN}
	for _, p := range r.Parameters {
		kind := types.PolicyParameterTypeEnumString
		if p.List {
			kind = types.PolicyParameterTypeEnumStringList
		}
		permissions.Parameters = append(permissions.Parameters, types.PolicyParameter{Name: &p.Name, Type: kind, Values: p.Values})
	}
	return &types.DelegationRequest{
		DelegationRequestId: &r.ID, OwnerAccountId: descriptionOut(r.OwnerAccount), OwnerId: descriptionOut(r.OwnerID),
		Description: &r.Description, RequestMessage: descriptionOut(r.Message), Permissions: permissions,
		PermissionPolicy: &r.Policy, RolePermissionRestrictionArns: restrictions(r.Policy),
		ApproverId: descriptionOut(r.ApproverID), State: state, ExpirationTime: &expires,
		RequestorId: &r.Requestor, RequestorName: &r.RequestorName, CreateDate: &r.Changes[0].Time, UpdatedTime: &since,
		SessionDuration: &r.SessionDuration, RedirectUrl: descriptionOut(r.RedirectURL),
		Notes: descriptionOut(r.Notes), RejectionReason: descriptionOut(r.RejectionReason), OnlySendByOwner: r.OnlySendByOwner,
	}
}

// delegationID returns the ID in the ARN of a delegation request.
func delegationID(arn string) (string, error) {
	parts, ok := principal.ParseARN(arn)
	if !ok {
		return "", malformedARN(arn)
	}
	id, ok := strings.CutPrefix(parts.Resource, delegationResource)
	if !ok || parts.Service != "iam" || id == "" {
		return "", notDelegationARN(arn)
	}
	return id, nil
}
