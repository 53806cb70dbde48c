package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/understudy-iam/understudy/persistence"
)

// issuerHead is the URL of an account's issuer of web identity tokens, around
// the name that is the account's own.
const (
	issuerHead = "https://"
	issuerTail = ".tokens.sts.global.api.aws"
)

// showIssuer is the discovery document of an issuer, whose keys are found here
// and not at the URL that its tokens name, which is AWS's.
func (s *Server) showIssuer(w http.ResponseWriter, r *http.Request) {
	issuer := issuerHead + r.PathValue("issuer") + issuerTail
	if _, ok := s.issuerKeys(r.Context(), w, issuer); !ok {
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": issuer, "jwks_uri": "http://" + r.Host + ManagementPath + "issuers/" + r.PathValue("issuer") + "/.well-known/jwks.json",
		"response_types_supported": []string{"id_token"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256", "ES384"}, "claims_supported": []string{"sub", "aud", "exp", "iat", "iss", "jti"},
	})
}

// showIssuerKeys are the keys with which the issuer's tokens are verified.
func (s *Server) showIssuerKeys(w http.ResponseWriter, r *http.Request) {
	if keys, ok := s.issuerKeys(r.Context(), w, issuerHead+r.PathValue("issuer")+issuerTail); ok {
		writeJSON(w, http.StatusOK, map[string]any{"keys": keys})
	}
}

// issuerKeys finds the keys, or answers that there are none.
func (s *Server) issuerKeys(ctx context.Context, w http.ResponseWriter, issuer string) (keys any, ok bool) {
	keys, err := s.sts.IssuerKeySet(ctx, issuer)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "no account has the issuer " + issuer})
		return nil, false
	case err != nil:
		s.options.Logger.Error("keys of an issuer", "error", err)
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": "the keys cannot be read"})
		return nil, false
	}
	return keys, true
}
