package management

import (
	"net/http"
	"time"
)

// CredentialsRequest asks for credentials with which to call as a principal.
type CredentialsRequest struct {
	Principal       string `json:"principal"`                 // in one of the forms that Identity describes
	SessionName     string `json:"sessionName,omitempty"`     // of a role; empty: test
	DurationSeconds int    `json:"durationSeconds,omitempty"` // of a role's session, in seconds; 0: one hour

	// What follows makes a session of a user or role that has it, as AssumeRole and
	// GetSessionToken do.
	SessionPolicy  string            `json:"sessionPolicy,omitempty"` // a policy document
	PolicyARNs     []string          `json:"policyArns,omitempty"`    // managed session policies
	Tags           map[string]string `json:"tags,omitempty"`          // session tags
	SourceIdentity string            `json:"sourceIdentity,omitempty"`
	MFA            bool              `json:"mfa,omitempty"` // of a user: as if a code had been given
}

// IssuedCredentials has credentials and their owner.
type IssuedCredentials struct {
	ARN string `json:"arn"` // of the user or root user, or of the role's session
	Credentials
	Expiration *time.Time `json:"expiration,omitempty"` // nil: they belong to a user or root user, and do not expire
}

// issueCredentials answers with credentials, without checking a trust policy.
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

// MFACodes are two codes that an MFA device shows one after the other: the first is valid
// now, and both together enable or resynchronise the device.
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
