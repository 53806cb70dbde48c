package management

import (
	"net/http"
	"time"
)

// CredentialsRequest asks for credentials with which to call as somebody.
type CredentialsRequest struct {
	Principal       string `json:"principal"`                 // as people write it: see Identity
	SessionName     string `json:"sessionName,omitempty"`     // of a role; empty: test
	DurationSeconds int    `json:"durationSeconds,omitempty"` // of a role's session; 0: an hour
}

// IssuedCredentials are credentials and whose they are.
type IssuedCredentials struct {
	ARN string `json:"arn"` // of the user or root, or of the role's session
	Credentials
	Expiration *time.Time `json:"expiration,omitempty"` // nil: they are a user's or root's, and do not expire
}

// issueCredentials answers credentials, without asking a trust policy.
func (h *handler) issueCredentials(w http.ResponseWriter, r *http.Request) error {
	var q CredentialsRequest
	if err := readJSON(w, r, &q); err != nil {
		return err
	}
	issued, err := h.Backend.IssueCredentials(r.Context(), &q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, issued)
}

// MFACodes are two codes that an MFA device shows one after the other: the first is
// good now, and both together enable or resynchronise the device.
type MFACodes struct {
	Codes []string `json:"codes"` // two
}

func (h *handler) showMFACodes(w http.ResponseWriter, r *http.Request) error {
	codes, err := h.Backend.MFACodes(r.Context(), variable(r, "serial"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, MFACodes{codes[:]})
}
