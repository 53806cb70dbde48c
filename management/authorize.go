package management

import (
	"errors"
	"net/http"

	"github.com/understudy-iam/understudy/decisions"
)

// Question asks whether a caller may perform an action on a resource. Emulators of other
// services ask it, and so do people. Exactly one of Credentials, SignedRequest and
// Principal says who the caller is.
type Question struct {
	Credentials   *Credentials   `json:"credentials,omitempty"`
	SignedRequest *SignedRequest `json:"signedRequest,omitempty"`

	// Principal is a user, role, session or root user, in one of the forms that Identity describes.
	Principal string `json:"principal,omitempty"`

	// SessionPolicy is a policy document that limits the caller. For a role it is a
	// session policy of AssumeRole. For a user the decision is about a session of
	// GetFederationToken. A session that is named by its access key ID is narrowed, as by
	// GetScopedCredentials.
	SessionPolicy string `json:"sessionPolicy,omitempty"`

	// Enforce decides as if enforcement were on, whatever the mode is.
	Enforce bool `json:"enforce,omitempty"`

	Access
}

// Access is an action that somebody would perform, and its circumstances.
type Access struct {
	Action          string            `json:"action"`                    // s3:GetObject
	Resource        string            `json:"resource,omitempty"`        // an ARN; empty is "*"
	ResourceAccount string            `json:"resourceAccount,omitempty"` // empty: the account in the ARN, or the caller's
	ResourceTags    map[string]string `json:"resourceTags,omitempty"`    // empty: the stored tags, if it is a resource of IAM
	ResourcePolicy  string            `json:"resourcePolicy,omitempty"`  // a policy document

	// AskUpstream asks the upstream of the action's service for the policy and the tags of
	// the resource, as calls through the gateway do, unless they are given here. The
	// resource then belongs to the account of the upstream, unless its ARN or
	// ResourceAccount names another one.
	AskUpstream bool `json:"askUpstream,omitempty"`

	// Context has further condition keys, each with a string, or a list of strings for
	// multivalued keys. They replace what is known of the request.
	Context map[string]any `json:"context,omitempty"`

	SourceIP  string `json:"sourceIp,omitempty"`
	UserAgent string `json:"userAgent,omitempty"`
	Region    string `json:"region,omitempty"`

	// SecureTransport is aws:SecureTransport; nil: the value for calls to this server,
	// which is true unless it was started with --secure-transport=false.
	SecureTransport *bool `json:"secureTransport,omitempty"`
}

// Credentials are the credentials of a caller.
type Credentials struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken,omitempty"`
}

// SignedRequest is a request as an emulator received it.
type SignedRequest struct {
	Method  string            `json:"method"`
	Host    string            `json:"host,omitempty"` // empty: the Host header in Headers
	Target  string            `json:"target"`         // path and query
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body,omitempty"` // in base64
}

// Unauthenticated is the error for a Question whose caller is not who they claim
// to be. It is AWS's error, which the emulator returns to the caller.
type Unauthenticated struct {
	Code, Message string
}

// Error returns AWS's code and message.
func (e *Unauthenticated) Error() string { return e.Code + ": " + e.Message }

// refusedQuestion is the body for an Unauthenticated. It has the member "allowed", which
// decides for the emulator.
type refusedQuestion struct {
	Allowed bool            `json:"allowed"`
	Error   decisions.Error `json:"error"`
}

// undecided is the answer when enforcement is off.
type undecided struct {
	Allowed     bool   `json:"allowed"`
	Enforcement string `json:"enforcement"`
}

// authorize answers with the decision record, whose member "allowed" decides for the
// asking service. If the caller cannot be authenticated, the status is 403, with AWS's
// error; for an invalid question it is 400.
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
