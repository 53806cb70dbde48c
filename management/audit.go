package management

import (
	"fmt"
	"net/http"
	"net/url"
)

// AuditQuery says what is audited.
type AuditQuery struct {
	Account string // 12 digits; empty: the server's own

	// From and To are a user or role of the account, as people write it: see Identity. Only
	// ways from the one and only ways to the other are looked for then.
	From, To string
}

func (q *AuditQuery) parameters() []parameter {
	return []parameter{{"account", &q.Account}, {"from", &q.From}, {"to", &q.To}}
}

// Query returns the parameters for it.
func (q *AuditQuery) Query() url.Values { return writeQuery(q.parameters(), 0) }

// audit answers what an audit finds. A client that has gone ends it.
func (h *handler) audit(w http.ResponseWriter, r *http.Request) error {
	var q AuditQuery
	values := r.URL.Query()
	if values.Has(limitParameter) {
		return Invalid(fmt.Errorf("there is no parameter %q; there are account, from and to", limitParameter))
	}
	if _, err := readQuery(values, q.parameters()); err != nil {
		return Invalid(err)
	}
	report, err := h.Backend.Audit(r.Context(), &q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, report)
}
