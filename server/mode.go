package server

import (
	"net/http"

	"github.com/understudy-iam/understudy/authz"
)

// enforcement is the body of GET and PUT /_understudy/enforcement.
type enforcement struct {
	Mode string `json:"mode"` // on, log or off
}

func (s *Server) showEnforcement(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, enforcement{s.authorizer.Mode().String()})
}

// setEnforcement changes the mode for the calls that begin afterwards, and
// answers the mode that is now in force.
func (s *Server) setEnforcement(w http.ResponseWriter, r *http.Request) {
	var body enforcement
	err := readJSON(w, r, &body)
	var mode authz.Mode
	if err == nil {
		mode, err = authz.ParseMode(body.Mode)
	}
	if err != nil {
		badRequest(w, err)
		return
	}
	before := s.authorizer.Mode()
	s.authorizer.SetMode(mode)
	s.options.Logger.Info("enforcement was changed", "from", before, "to", mode)
	s.showEnforcement(w, r)
}

// badRequest answers a management request that cannot be understood.
func badRequest(w http.ResponseWriter, err error) {
	writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
}
