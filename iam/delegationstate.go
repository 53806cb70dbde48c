package iam

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// AssociateDelegationRequest makes the caller the owner of a request that has none, in
// the caller's account.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AssociateDelegationRequest.html
func (s *Service) AssociateDelegationRequest(ctx context.Context,
	in *iam.AssociateDelegationRequestInput) (*iam.AssociateDelegationRequestOutput, error) {
	err := s.moveDelegation(ctx, in.DelegationRequestId, delegationMove{
		from: []types.StateType{types.StateTypeUnassigned}, to: types.StateTypeAssigned, refuse: badDelegationState,
		change: func(tx persistence.Tx, r *persistence.DelegationRequest) error {
			r.OwnerAccount, r.OwnerID = account(ctx), principal.FromContext(ctx).ARN
			return persistence.OwnedDelegations.Put(tx, account(ctx), &persistence.OwnedDelegation{ID: r.ID, Requestor: r.Requestor})
		},
	})
	return answer(&iam.AssociateDelegationRequestOutput{}, err)
}

// UpdateDelegationRequest forwards a request to somebody who may approve it,
// with notes.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateDelegationRequest.html
func (s *Service) UpdateDelegationRequest(ctx context.Context,
	in *iam.UpdateDelegationRequestInput) (*iam.UpdateDelegationRequestOutput, error) {
	err := s.moveDelegation(ctx, in.DelegationRequestId, delegationMove{
		from: []types.StateType{types.StateTypeAssigned, types.StateTypePendingApproval}, to: types.StateTypePendingApproval,
		refuse: badDelegationState,
		change: func(_ persistence.Tx, r *persistence.DelegationRequest) error {
			if in.Notes != nil {
				r.Notes = *in.Notes
			}
			return nil
		},
	})
	return answer(&iam.UpdateDelegationRequestOutput{}, err)
}

// maxRootDelegation is for how many seconds a root user may delegate.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-temporary-delegation.html
const maxRootDelegation = 4 * 60 * 60

// AcceptDelegationRequest approves a request. The caller becomes the identity
// whose permissions the requestor will have.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AcceptDelegationRequest.html
func (s *Service) AcceptDelegationRequest(ctx context.Context,
	in *iam.AcceptDelegationRequestInput) (*iam.AcceptDelegationRequestOutput, error) {
	err := s.moveDelegation(ctx, in.DelegationRequestId, delegationMove{
		from: []types.StateType{types.StateTypeAssigned, types.StateTypePendingApproval}, to: types.StateTypeAccepted,
		refuse: unacceptableState,
		change: func(_ persistence.Tx, r *persistence.DelegationRequest) error {
			c := principal.FromContext(ctx)
			if c.Kind == principal.Root && r.SessionDuration > maxRootDelegation {
				return rootApproval()
			}
			r.ApproverID, r.Approver, r.ApproverSession = c.ARN, c.EntityID, approverSession(c)
			return nil
		},
	})
	return answer(&iam.AcceptDelegationRequestOutput{}, err)
}

// approverSession returns the parts of the approver's session that count for the
// delegated credentials: AWS keeps the state of the identity that accepts.
func approverSession(c *principal.Caller) *persistence.ApproverSession {
	s := c.Session
	if s == nil {
		return nil
	}
	kept := &persistence.ApproverSession{
		Name: c.SessionName, Policy: s.Policy, PolicyARNs: s.PolicyARNs, Limits: slices.Concat(s.Limits, s.ScopeDown),
		TransitiveTagKeys: s.TransitiveTagKeys, SourceIdentity: s.SourceIdentity, FederatedProvider: s.FederatedProvider, Keys: s.Keys,
	}
	for _, t := range s.Tags {
		kept.Tags = append(kept.Tags, persistence.Tag{Key: t.Key, Value: t.Value})
	}
	return kept
}

// RejectDelegationRequest refuses a request, or takes back an approval whose
// token was not sent yet.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_RejectDelegationRequest.html
func (s *Service) RejectDelegationRequest(ctx context.Context,
	in *iam.RejectDelegationRequestInput) (*iam.RejectDelegationRequestOutput, error) {
	err := s.moveDelegation(ctx, in.DelegationRequestId, delegationMove{
		from: []types.StateType{types.StateTypeAssigned, types.StateTypePendingApproval, types.StateTypeAccepted},
		to:   types.StateTypeRejected, refuse: badDelegationState,
		change: func(_ persistence.Tx, r *persistence.DelegationRequest) error {
			r.RejectionReason = aws.ToString(in.Notes)
			return nil
		},
	})
	return answer(&iam.RejectDelegationRequestOutput{}, err)
}

// SendDelegationToken sends the requestor the token to exchange for credentials. It
// cannot be taken back. If the requestor asked for that, only the owner may do it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SendDelegationToken.html
func (s *Service) SendDelegationToken(ctx context.Context, in *iam.SendDelegationTokenInput) (*iam.SendDelegationTokenOutput, error) {
	var random [sha256.Size]byte
	if _, err := io.ReadFull(s.random, random[:]); err != nil {
		return nil, fmt.Errorf("iam: delegation token: %w", err)
	}
	err := s.moveDelegation(ctx, in.DelegationRequestId, delegationMove{
		from: []types.StateType{types.StateTypeAccepted}, to: types.StateTypeFinalized, refuse: badDelegationState,
		change: func(_ persistence.Tx, r *persistence.DelegationRequest) error {
			if r.OnlySendByOwner && principal.FromContext(ctx).ARN != r.OwnerID {
				return notSender()
			}
			r.Token = base64.RawURLEncoding.EncodeToString(random[:])
			return nil
		},
	})
	return answer(&iam.SendDelegationTokenOutput{}, err)
}

// A delegationMove brings a request from one of several states into another.
type delegationMove struct {
	from   []types.StateType
	to     types.StateType
	refuse func(id string, state types.StateType) error // in any other state
	change func(persistence.Tx, *persistence.DelegationRequest) error
}

func (s *Service) moveDelegation(ctx context.Context, id *string, m delegationMove) error {
	now := s.now()
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := findDelegation(tx, account(ctx), aws.ToString(id))
		if err != nil {
			return err
		}
		if state, _, _ := delegationState(r, now); !slices.Contains(m.from, state) {
			return m.refuse(r.ID, state)
		}
		if err := m.change(tx, r); err != nil {
			return err
		}
		r.Changes = append(r.Changes, persistence.DelegationChange{State: string(m.to), Time: now})
		return persistence.DelegationRequests.Put(tx, r.Requestor, r)
	})
}

// A DelegationNotification is a message as AWS sends it to a requestor's SNS topic.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-building-integration.html
type DelegationNotification struct {
	Type                string // StateChange or ExchangeToken
	RequestID           string `json:"RequestId"`
	RequestorWorkflowID string `json:"RequestorWorkflowId"`
	State               string
	OwnerAccountID      string `json:"OwnerAccountId"`
	ExchangeToken       string `json:",omitempty"`
	ExpiresAt           string `json:",omitempty"`
	UpdatedAt           string
}

// DelegationNotifications returns the messages about a request so far, oldest first. It
// is not an operation of AWS's API: AWS sends the messages.
func (s *Service) DelegationNotifications(ctx context.Context, id string) ([]DelegationNotification, error) {
	list := []DelegationNotification{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		r, err := persistence.FindDelegationRequest(tx, account(ctx), id)
		if err != nil {
			return orMissing(err, noSuchDelegationRequest(id))
		}
		note := func(kind, state string, at time.Time) *DelegationNotification {
			list = append(list, DelegationNotification{
				Type: kind, RequestID: r.ID, RequestorWorkflowID: r.WorkflowID, State: state,
				OwnerAccountID: r.OwnerAccount, UpdatedAt: at.Format(time.RFC3339),
			})
			return &list[len(list)-1]
		}
		for _, c := range r.Changes[1:] {
			note("StateChange", c.State, c.Time)
			if c.State == string(types.StateTypeFinalized) {
				n := note("ExchangeToken", c.State, c.Time)
				n.ExchangeToken, n.ExpiresAt = r.Token, c.Time.Add(time.Duration(r.SessionDuration)*time.Second).Format(time.RFC3339)
			}
		}
		if state, since, _ := delegationState(r, s.now()); state == types.StateTypeExpired {
			note("StateChange", string(state), since)
		}
		return nil
	})
	return list, err
}
