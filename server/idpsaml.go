package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/federation/idp"
)

// idpSAMLRoutes are those of the local identity provider that speak SAML.
func (s *Server) idpSAMLRoutes() []route {
	return []route{
		{http.MethodGet, "idp/saml/metadata", s.withIDP(s.showSAMLMetadata)},
		{http.MethodPost, "idp/saml/assertion", s.withIDP(s.signAssertion)},
	}
}

// showSAMLMetadata is the document to make a SAML provider of: the provider's
// own, or with ?issuer= that of any other issuer, for whom it signs with the same
// key.
func (s *Server) showSAMLMetadata(w http.ResponseWriter, r *http.Request) {
	document, err := s.idp.SAMLMetadata(r.URL.Query().Get("issuer"), "http://"+r.Host+ManagementPath+"idp/saml/assertion")
	if err != nil {
		s.refuseIDP(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write([]byte(document)) // the client has gone if it fails
}

// signAssertion answers with the response that the request asks for.
func (s *Server) signAssertion(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if fromPage(r) {
		writeJSON(w, http.StatusForbidden, map[string]string{"error": "a page in a browser may not ask for assertions; ask from a program"})
		return
	}
	var q idp.SAMLRequest
	if err := readJSON(w, r, &q); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	response, err := s.idp.SignSAML(&q)
	if err != nil {
		s.refuseIDP(w, err)
		return
	}
	writeJSON(w, http.StatusOK, response)
}

// refuseIDP says what is wrong with a request to the identity provider.
func (s *Server) refuseIDP(w http.ResponseWriter, err error) {
	if errors.Is(err, idp.ErrRequest) {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": strings.TrimPrefix(err.Error(), "idp: ")})
		return
	}
	s.refuse(w, err)
}
