package server

import (
	"encoding/json"
	"net/http"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/principal"
)

// delegationTemplate is the body of POST /_understudy/delegation-templates: the
// policy template that a product provider registers with AWS.
type delegationTemplate struct {
	Account   string          `json:"account"` // empty: the default account
	Requestor string          `json:"requestor"`
	Name      string          `json:"name"`
	Policy    json.RawMessage `json:"policy"`
}

// registerDelegationTemplate answers with the ARN of the template.
func (s *Server) registerDelegationTemplate(w http.ResponseWriter, r *http.Request) {
	var t delegationTemplate
	if err := readJSON(w, r, &t); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	if t.Account == "" {
		t.Account = s.options.Account
	}
	if !principal.ValidAccountID(t.Account) {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "account must have 12 digits"})
		return
	}
	arn, err := s.iam.RegisterDelegationTemplate(r.Context(), iam.DelegationTemplate{
		Account: t.Account, Requestor: t.Requestor, Name: t.Name, Policy: string(t.Policy),
	})
	if err != nil {
		s.refuse(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, map[string]string{"policyTemplateArn": arn})
}

// listDelegationNotifications answers GET
// /_understudy/delegation-requests/{id}/notifications with the messages that AWS
// would have sent to the requestor's SNS topic, the exchange token among them.
func (s *Server) listDelegationNotifications(w http.ResponseWriter, r *http.Request) {
	list, err := s.iam.DelegationNotifications(r.Context(), r.PathValue("id"))
	if err != nil {
		s.refuse(w, err)
		return
	}
	writeJSON(w, http.StatusOK, list)
}
