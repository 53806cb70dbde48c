package server

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/principal"
)

// securityKey is the body of POST /_understudy/security-keys: the FIDO key that
// AWS's users register in its console, since its API cannot.
type securityKey struct {
	Account        string            `json:"account"`  // empty: the default account
	UserName       string            `json:"userName"` // empty: the root user
	Name           string            `json:"name"`
	Certifications map[string]string `json:"certifications"`
}

// maxManagementBody bounds the bodies of management requests, in bytes.
const maxManagementBody = 1 << 20

// registerSecurityKey answers with the serial number of the new MFA device.
func (s *Server) registerSecurityKey(w http.ResponseWriter, r *http.Request) {
	var k securityKey
	if err := readJSON(w, r, &k); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	if k.Account == "" {
		k.Account = s.options.Account
	}
	if !principal.ValidAccountID(k.Account) {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "account must have 12 digits"})
		return
	}
	serial, err := s.iam.RegisterSecurityKey(r.Context(), iam.SecurityKey(k))
	if err != nil {
		s.refuse(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, map[string]string{"serialNumber": serial})
}

// readJSON reads a body that must say that it is JSON: a page in a browser
// cannot send that to another origin without asking first.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errors.New("the body must be application/json")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxManagementBody))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// refuse answers a management request with an operation's error.
func (s *Server) refuse(w http.ResponseWriter, err error) {
	var known interface {
		ErrorCode() string
		ErrorMessage() string
	}
	if !errors.As(err, &known) {
		s.options.Logger.Error("management request", "error", err)
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": "an internal error"})
		return
	}
	writeJSON(w, http.StatusBadRequest, map[string]string{"code": known.ErrorCode(), "error": known.ErrorMessage()})
}
