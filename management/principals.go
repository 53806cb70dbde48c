package management

import (
	"net/http"

	"github.com/understudy-iam/understudy/decisions"
)

// Identity is a user, role, group or root user. People write it as an ARN; as
// "user/NAME", "role/NAME" or "group/NAME"; as the name alone of a user or role; as
// "root"; or as an access key ID. What is not an ARN or an access key ID is of the
// server's own account. The access key ID of temporary credentials is known if a
// call was made with it that is still recorded.
type Identity struct {
	Type    string `json:"type"` // user, role, group or root
	ARN     string `json:"arn"`
	Account string `json:"account"`
	Name    string `json:"name,omitempty"`    // not of root
	Session string `json:"session,omitempty"` // the ARN of the session that was written
}

// WhoCan asks who may do something, page by page.
type WhoCan struct {
	Access

	// Accounts are those whose users, roles and root users are asked about. Empty: the
	// account of the resource, or the server's own if the ARN does not say; all accounts
	// if the resource has a policy, which may let in others.
	Accounts []string `json:"accounts,omitempty"`

	After string `json:"after,omitempty"` // Next of the page before
	Limit int    `json:"limit,omitempty"` // how many principals are looked at, up to 10000; 0: 1000
}

// WhoCanAnswer is a page. It may hold nobody and not be the last.
type WhoCanAnswer struct {
	Allowed []Allowance `json:"allowed"`
	Seen    int         `json:"seen"`           // how many principals were looked at
	Next    string      `json:"next,omitempty"` // After of the next page; empty: this is the last
}

// Allowance is somebody who may, and the Allow statements that say so. Root users
// need none.
type Allowance struct {
	Identity
	Statements []decisions.Statement `json:"statements"`
}

// showPrincipal answers who is meant.
func (h *handler) showPrincipal(w http.ResponseWriter, r *http.Request) error {
	found, err := h.Backend.FindPrincipal(r.Context(), variable(r, "principal"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, found)
}

// whoCan answers a page. A client that has gone ends it.
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
