package server

import (
	"context"
	"crypto/x509"
	"errors"
	"mime"
	"net"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/iam"
)

// idpRoutes are those of the local identity provider.
func (s *Server) idpRoutes() []route {
	return []route{
		{http.MethodGet, "idp/.well-known/openid-configuration", s.withIDP(s.showIDP)},
		{http.MethodGet, "idp/jwks.json", s.withIDP(s.showIDPKeys)},
		{http.MethodGet, "idp/issuers/{issuer}/.well-known/openid-configuration", s.withIDP(s.showIDP)},
		{http.MethodPost, "idp/token", s.withIDP(s.signToken)},
	}
}

// withIDP answers only if the local identity provider is on.
func (s *Server) withIDP(answer http.HandlerFunc) http.HandlerFunc {
	if s.idp != nil {
		return answer
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "the local identity provider is off; start the server with --idp"})
	}
}

// showIDP is the discovery document of the provider's own issuer, or of the one
// that the path names without https:// and in one piece (a/b is a%2Fb): the
// provider signs for any. What the document names is found here, and not at the
// issuer's URL.
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
func (s *Server) showIDP(w http.ResponseWriter, r *http.Request) {
	issuer := idp.Issuer
	if name := r.PathValue("issuer"); name != "" {
		issuer = "https://" + name
	}
	base := "http://" + r.Host + ManagementPath + "idp/"
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": issuer, "jwks_uri": base + "jwks.json", "token_endpoint": base + "token",
		"grant_types_supported":    []string{idp.ClientCredentials, idp.TokenExchange},
		"response_types_supported": []string{"id_token"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": idp.Algorithms(),
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post", "none"},
		"claims_supported":                      []string{"iss", "sub", "aud", "exp", "iat", "jti"},
	})
}

// showIDPKeys are the keys with which the provider's tokens are verified.
func (s *Server) showIDPKeys(w http.ResponseWriter, _ *http.Request) {
	keys, err := s.idp.KeySet()
	if err != nil {
		s.refuse(w, err)
		return
	}
	writeJSON(w, http.StatusOK, keys)
}

// signToken answers with the token that the request asks for, in JSON or as a
// form of OAuth. A page in a browser may not ask: a form can be sent from any
// page to any server.
func (s *Server) signToken(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if fromPage(r) {
		writeJSON(w, http.StatusForbidden, map[string]string{"error": "a page in a browser may not ask for tokens; ask from a program"})
		return
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/x-www-form-urlencoded" {
		s.signForm(w, r)
		return
	}
	var q idp.Request
	if err := readJSON(w, r, &q); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	t, err := s.idp.Sign(&q)
	switch {
	case errors.Is(err, idp.ErrRequest):
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": strings.TrimPrefix(err.Error(), "idp: ")})
	case err != nil:
		s.refuse(w, err)
	default:
		writeJSON(w, http.StatusOK, t)
	}
}

// fromPage reports whether a browser sends the request for a page: it says so in
// one of these, whatever the page wants. There is no page of ours.
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
func fromPage(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return r.Header.Get("Origin") != "" || site != "" && site != "none"
}

// signForm answers a client of OAuth, in OAuth's manner.
// https://www.rfc-editor.org/rfc/rfc6749#section-5
func (s *Server) signForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxManagementBody)
	fault := func(code, text string) {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": text})
	}
	if err := r.ParseForm(); err != nil {
		fault("invalid_request", "the form cannot be read")
		return
	}
	client, _, _ := r.BasicAuth()
	q, err := idp.FromForm(r.PostForm, client)
	var unfit *idp.FormError
	if errors.As(err, &unfit) {
		fault(unfit.Code, unfit.Description)
		return
	}
	t, err := s.idp.Sign(q)
	switch {
	case errors.Is(err, idp.ErrRequest):
		fault("invalid_request", strings.TrimPrefix(err.Error(), "idp: "))
	case err != nil:
		s.refuse(w, err)
	default:
		writeJSON(w, http.StatusOK, t.ForOAuth())
	}
}

// idpCertificates asks the hosts of identity providers for their certificates
// over the network, but the local provider for its own.
func idpCertificates(p *idp.Provider) iam.FetchCertificates {
	return func(ctx context.Context, host string) ([]*x509.Certificate, error) {
		name, _, err := net.SplitHostPort(host)
		if err != nil {
			name = host
		}
		if !strings.EqualFold(name, idp.Host) {
			return iam.DialCertificates(ctx, host)
		}
		c, _, err := p.Certificate()
		return []*x509.Certificate{c}, err
	}
}
