package seed

import (
	"errors"

	"github.com/understudy-iam/understudy/evaluator"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

func (w *writer) delegationTemplate(x *delegationTemplate) error {
	_, err := w.RegisterDelegationTemplate(w.ctx, iamsvc.DelegationTemplate{
		Account: w.account, Requestor: x.Requestor.value, Name: x.Name.value, Policy: x.Policy.value,
	})
	return err
}

// delegationStates are the states that a request can have.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DelegationRequest.html
var delegationStates = []string{"UNASSIGNED", "ASSIGNED", "PENDING_APPROVAL", "ACCEPTED", "FINALIZED", "REJECTED", "EXPIRED"}

func (x *delegationRequest) check(m *mapping) {
	if len(x.Changes) == 0 {
		m.fail(fault(m.line, "a delegation request needs changes"))
	}
	for _, c := range x.Changes {
		m.oneOf("state", c.State, delegationStates...)
	}
	if x.OwnerAccount.given() && !principal.ValidAccountID(x.OwnerAccount.value) {
		m.validAccount(x.OwnerAccount)
	}
}

// delegations stores the delegation requests, whose owners may be other accounts. They
// have passed through states that no single call makes, so the records are written
// directly, after the things that they name.
func (w *writer) delegations() error {
	for i := range w.declared.DelegationRequests {
		if err := w.delegationRequest(&w.declared.DelegationRequests[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) delegationRequest(x *delegationRequest) error {
	known, err := persistence.DelegationTemplates.Has(w.tx, w.account, x.Template.value)
	if err != nil {
		return err
	}
	if !known {
		return fault(x.Template.line, "account %s has no delegation template %s", w.account, x.Template.value)
	}
	rules := evaluator.Validation{Partition: w.options.Partition.String()}
	if err := rules.Validate(x.Policy.value, evaluator.Identity); err != nil {
		return ofDocument(fault(x.Policy.line, "delegation request %s: %s", x.ID.value, err), err)
	}
	same, err := persistence.DelegationRequestsByWorkflow.First(w.tx, w.account, x.WorkflowID.value)
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return err
	}
	if err == nil && same.ID != x.ID.value {
		return fault(x.WorkflowID.line, "the workflow %s is that of request %s already", x.WorkflowID.value, same.ID)
	}
	r := x.record(w.account)
	if same != nil && r.Token == "" {
		r.Token = same.Token // an export without secrets
	}
	if err := persistence.DelegationRequests.Put(w.tx, w.account, r); err != nil || r.OwnerAccount == "" {
		return err
	}
	return persistence.OwnedDelegations.Put(w.tx, r.OwnerAccount, &persistence.OwnedDelegation{ID: r.ID, Requestor: w.account})
}

func (x *delegationRequest) record(account string) *persistence.DelegationRequest {
	r := &persistence.DelegationRequest{
		ID: x.ID.value, Requestor: account, RequestorName: x.RequestorName.value, WorkflowID: x.WorkflowID.value,
		Description: x.Description.value, Message: x.Message.value, RedirectURL: x.RedirectURL.value, Channel: x.Channel.value,
		SessionDuration: x.SessionDuration.int32(), OnlySendByOwner: x.OnlySendByOwner.value,
		TemplateARN: x.Template.value, Policy: x.Policy.value, OwnerAccount: x.OwnerAccount.value, OwnerID: x.Owner.value,
		ApproverID: x.Approver.value, Approver: x.ApproverEntity.value, ApproverSession: x.Session.record(),
		Notes: x.Notes.value, RejectionReason: x.RejectionReason.value, Token: x.Token.value,
	}
	for _, p := range x.Parameters {
		r.Parameters = append(r.Parameters, persistence.DelegationParameter{
			Name: p.Name.value, List: p.Type.value == "stringList", Values: textValues(p.Values),
		})
	}
	for _, c := range x.Changes {
		r.Changes = append(r.Changes, persistence.DelegationChange{State: c.State.value, Time: c.Time.value})
	}
	return r
}

func (s *approverSession) record() *persistence.ApproverSession {
	if s == nil {
		return nil
	}
	r := &persistence.ApproverSession{
		Name: s.Name.value, Policy: s.Policy.value, PolicyARNs: textValues(s.PolicyARNs), Limits: textValues(s.Limits),
		TransitiveTagKeys: textValues(s.TransitiveTagKeys), SourceIdentity: s.SourceIdentity.value,
		FederatedProvider: s.FederatedProvider.value,
	}
	for _, t := range s.Tags {
		r.Tags = append(r.Tags, persistence.Tag{Key: t.name.value, Value: t.value.value})
	}
	for _, k := range s.Keys {
		if r.Keys == nil {
			r.Keys = map[string][]string{}
		}
		r.Keys[k.name.value] = textValues(k.values)
	}
	return r
}
