package management

import (
	"net/http"

	"github.com/understudy-iam/understudy/decisions"
)

// Identity is a user, role, group or root user. People can write it as an ARN; as
// "user/NAME", "role/NAME" or "group/NAME"; as only the name of a user or role; as
// "root"; or as an access key ID. Except for ARNs and access key IDs, it is in the
// server's own account. The access key ID of temporary credentials is known if a call
// with it is still recorded.
type Identity struct {
	Type    string `json:"type"` // user, role, group or root
	ARN     string `json:"arn"`
	Account string `json:"account"`
	Name    string `json:"name,omitempty"`    // empty for the root user
	Session string `json:"session,omitempty"` // the ARN of the session, if a session was named
}

// WhoCan asks which principals may perform an action, page by page.
type WhoCan struct {
	Access

	// Accounts are the accounts whose users, roles and root users are looked at. Empty:
	// the account of the resource, or the server's own if the ARN has none; all accounts
	// if the resource has a policy, which may admit others.
	Accounts []string `json:"accounts,omitempty"`

	After string `json:"after,omitempty"` // Next of the previous page
	Limit int    `json:"limit,omitempty"` // number of principals to look at, up to 10000; 0: 1000
}

// WhoCanAnswer is a page. A page without principals need not be the last.
type WhoCanAnswer struct {
	Allowed []Allowance `json:"allowed"`
	Seen    int         `json:"seen"`           // number of principals that were looked at
	Next    string      `json:"next,omitempty"` // After of the next page; empty: this is the last page
}

// Allowance is a principal that may perform the action, with the Allow statements that
// say so. Root users need none.
type Allowance struct {
	Identity
	Statements []decisions.Statement `json:"statements"`
}

// showPrincipal answers with the principal that is named.
func (h *handler) showPrincipal(w http.ResponseWriter, r *http.Request) error {
	found, err := h.Backend.FindPrincipal(r.Context(), variable(r, "principal"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, found)
}

// whoCan answers with a page. It ends when the client has gone.
func (h *handler) whoCan(w http.ResponseWriter, r *http.Request) error {
	var q WhoCan
	if err := readJSON(w, r, &q); err != nil {
		return err
	}
	answer, err := h.Backend.WhoCan(r.Context(), &q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, answer)
}
