package management

import "net/http"

// Health is how the server is.
type Health struct {
	Account     string `json:"account"`     // of the root credentials
	Enforcement string `json:"enforcement"` // on, log or off
	Partition   string `json:"partition"`   // aws, aws-cn or aws-us-gov
	Status      string `json:"status"`      // ok
	Version     string `json:"version"`

	// Upstreams are where calls of services other than IAM and STS are sent on to, and
	// UpstreamAccount is the account whose resources they hold, "caller" for the one
	// of whoever calls; both are empty if there are none.
	Upstreams       []Upstream `json:"upstreams"`
	UpstreamAccount string     `json:"upstreamAccount,omitempty"`
}

// Upstream is a server to which calls are sent on.
type Upstream struct {
	URL      string   `json:"url"`
	Services []string `json:"services"` // none: all that no other upstream has

	// Fault says why it does not answer now, and what to do; absent if it answers.
	Fault string `json:"fault,omitempty"`
}

func (h *handler) showHealth(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, http.StatusOK, h.Backend.Health(r.Context()))
}

// Enforcement is what happens to calls that policies do not allow.
type Enforcement struct {
	Mode string `json:"mode"` // on, log or off
}

func (h *handler) showEnforcement(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, Enforcement{h.Backend.Enforcement()})
}

// setEnforcement changes the mode for the calls that begin afterwards, and answers
// the mode that is now in force.
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
