package management

import "net/http"

// Health is the state of the server.
type Health struct {
	Account     string `json:"account"`     // account of the root credentials
	Enforcement string `json:"enforcement"` // on, log or off
	Partition   string `json:"partition"`   // aws, aws-cn or aws-us-gov
	Status      string `json:"status"`      // ok
	Version     string `json:"version"`

	// Upstreams are the servers to which calls of services other than IAM and STS are
	// sent on. UpstreamAccount is the account that owns their resources; "caller" means
	// the account of each caller. Both are empty if there are no upstreams.
	Upstreams       []Upstream `json:"upstreams"`
	UpstreamAccount string     `json:"upstreamAccount,omitempty"`
}

// Upstream is a server to which calls are sent on.
type Upstream struct {
	URL      string   `json:"url"`
	Services []string `json:"services"` // empty: all that no other upstream has

	// Fault says why the upstream does not answer, and what to do; empty if it answers.
	Fault string `json:"fault,omitempty"`
}

func (h *handler) showHealth(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, http.StatusOK, h.Backend.Health(r.Context()))
}

// Enforcement says what happens to calls that policies do not allow.
type Enforcement struct {
	Mode string `json:"mode"` // on, log or off
}

func (h *handler) showEnforcement(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, Enforcement{h.Backend.Enforcement()})
}

// setEnforcement changes the mode for the calls that begin afterwards, and answers with
// the new mode.
func (h *handler) setEnforcement(w http.ResponseWriter, r *http.Request) error {
	var body Enforcement
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	if err := h.Backend.SetEnforcement(body.Mode); err != nil {
		return err
	}
	return h.showEnforcement(w, r)
}
