package management

import (
	"encoding/json"
	"net/http"
)

// SecurityKey is a FIDO key that AWS's users register in its console, since its API
// cannot.
type SecurityKey struct {
	Account        string            `json:"account,omitempty"`  // empty: the default account
	UserName       string            `json:"userName,omitempty"` // empty: the root user
	Name           string            `json:"name"`
	Certifications map[string]string `json:"certifications,omitempty"` // such as FIDO: L1
}

// SecurityKeyAnswer names the new MFA device.
type SecurityKeyAnswer struct {
	SerialNumber string `json:"serialNumber"`
}

func (h *handler) registerSecurityKey(w http.ResponseWriter, r *http.Request) error {
	var key SecurityKey
	if err := readJSON(w, r, &key); err != nil {
		return err
	}
	serial, err := h.Backend.RegisterSecurityKey(r.Context(), &key)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, SecurityKeyAnswer{serial})
}

// DelegationTemplate is the policy template that a product provider registers with
// AWS.
type DelegationTemplate struct {
	Account   string          `json:"account,omitempty"` // empty: the default account
	Requestor string          `json:"requestor"`
	Name      string          `json:"name"`
	Policy    json.RawMessage `json:"policy"`
}

// DelegationTemplateAnswer names the template.
type DelegationTemplateAnswer struct {
	PolicyTemplateARN string `json:"policyTemplateArn"`
}

func (h *handler) registerDelegationTemplate(w http.ResponseWriter, r *http.Request) error {
	var t DelegationTemplate
	if err := readJSON(w, r, &t); err != nil {
		return err
	}
	arn, err := h.Backend.RegisterDelegationTemplate(r.Context(), &t)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, DelegationTemplateAnswer{arn})
}

// DelegationNotification is a message from AWS to the SNS topic of the requestor, with
// AWS's members.
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

func (h *handler) listDelegationNotifications(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Backend.DelegationNotifications(r.Context(), variable(r, "id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, list)
}
