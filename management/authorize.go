package management

import (
	"errors"
	"net/http"

	"github.com/understudy-iam/understudy/decisions"
)

// Question asks whether a caller may do something to a resource. Emulators of
// other services ask it, and people do. Exactly one of Credentials, SignedRequest and
// Principal says who the caller is.
type Question struct {
	Credentials   *Credentials   `json:"credentials,omitempty"`
	SignedRequest *SignedRequest `json:"signedRequest,omitempty"`

	// Principal is a user, role, session or root user, as people write it: see Identity.
	Principal string `json:"principal,omitempty"`

	// SessionPolicy is a policy document that limits the caller. A role has it as a
	// session policy of AssumeRole; a user who passes one gets a session of
	// GetFederationToken, which is what is decided about then; and a session that was
	// named by its access key ID is narrowed, as by GetScopedCredentials.
	SessionPolicy string `json:"sessionPolicy,omitempty"`

	// Enforce decides as if enforcement were on, whatever it is.
	Enforce bool `json:"enforce,omitempty"`

	Access
}

// Access is what somebody would do, and how.
type Access struct {
	Action          string            `json:"action"`                    // s3:GetObject
	Resource        string            `json:"resource,omitempty"`        // an ARN; empty is "*"
	ResourceAccount string            `json:"resourceAccount,omitempty"` // empty: the one in the ARN, or the caller's
	ResourceTags    map[string]string `json:"resourceTags,omitempty"`    // empty: what the state holds of a resource of IAM
	ResourcePolicy  string            `json:"resourcePolicy,omitempty"`  // a policy document

	// AskUpstream lets the upstream of the action's service be asked for the policy and the
	// tags of the resource, as calls through the gateway do; those that are given here go
	// before. The resource is of the account of the upstream then, unless its ARN or
	// ResourceAccount says another one.
	AskUpstream bool `json:"askUpstream,omitempty"`

	// Context holds further condition keys: a string, or a list of strings for keys
	// that are multivalued. They go before what is known of the request.
	Context map[string]any `json:"context,omitempty"`

	SourceIP  string `json:"sourceIp,omitempty"`
	UserAgent string `json:"userAgent,omitempty"`
	Region    string `json:"region,omitempty"`

	// SecureTransport is aws:SecureTransport; nil is what calls have here: true, unless
	// the server was started with --secure-transport=false.
	SecureTransport *bool `json:"secureTransport,omitempty"`
}

// Credentials are those that a caller holds.
type Credentials struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken,omitempty"`
}

// SignedRequest is what an emulator received.
type SignedRequest struct {
	Method  string            `json:"method"`
	Host    string            `json:"host,omitempty"` // empty: the one in Headers
	Target  string            `json:"target"`         // path and query
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body,omitempty"` // in base64
}

// Unauthenticated is the error for a Question whose caller is not who they claim
// to be. It is AWS's error, for the emulator to give to the caller.
type Unauthenticated struct {
	Code, Message string
}

// Error returns AWS's code and message.
func (e *Unauthenticated) Error() string { return e.Code + ": " + e.Message }

// refusedQuestion is the body for an Unauthenticated. It has the member that the
// emulator goes by.
type refusedQuestion struct {
	Allowed bool            `json:"allowed"`
	Error   decisions.Error `json:"error"`
}

// undecided is the answer when enforcement is off.
type undecided struct {
	Allowed     bool   `json:"allowed"`
	Enforcement string `json:"enforcement"`
}

// authorize answers with the decision record, whose member "allowed" is what
// the asking service goes by. A caller who cannot be authenticated is answered
// 403 with AWS's error, a question that makes no sense 400.
func (h *handler) authorize(w http.ResponseWriter, r *http.Request) error {
	var q Question
	if err := readJSON(w, r, &q); err != nil {
		return err
	}
	record, err := h.Backend.Authorize(r.Context(), &q)
	var refused *Unauthenticated
	switch {
	case errors.As(err, &refused):
		return writeJSON(w, http.StatusForbidden, refusedQuestion{Error: decisions.Error(*refused)})
	case err != nil:
		return err
	case record == nil:
		return writeJSON(w, http.StatusOK, undecided{Allowed: true, Enforcement: "off"})
	}
	return writeJSON(w, http.StatusOK, record)
}
