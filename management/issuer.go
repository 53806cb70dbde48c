package management

import (
	"net/http"
	"net/url"
)

// Discovery is the discovery document of an issuer. Its keys are served here, not at the
// issuer's URL, which is AWS's.
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
type Discovery struct {
	Claims     []string `json:"claims_supported"`
	Algorithms []string `json:"id_token_signing_alg_values_supported"`
	Issuer     string   `json:"issuer"`
	KeysURL    string   `json:"jwks_uri"`
	Responses  []string `json:"response_types_supported"`
	Subjects   []string `json:"subject_types_supported"`
}

// KeySet is a JSON Web Key Set.
type KeySet struct {
	Keys any `json:"keys"`
}

func (h *handler) showIssuer(w http.ResponseWriter, r *http.Request) error {
	name := variable(r, "issuer")
	issuer, _, err := h.Backend.Issuer(r.Context(), name)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, Discovery{
		Issuer: issuer, KeysURL: "http://" + r.Host + Path + "issuers/" + url.PathEscape(name) + "/.well-known/jwks.json",
		Responses: []string{"id_token"}, Subjects: []string{"public"},
		Algorithms: []string{"RS256", "ES384"}, Claims: []string{"sub", "aud", "exp", "iat", "iss", "jti"},
	})
}

// showIssuerKeys answers with the keys with which the issuer's tokens are verified.
func (h *handler) showIssuerKeys(w http.ResponseWriter, r *http.Request) error {
	_, keys, err := h.Backend.Issuer(r.Context(), variable(r, "issuer"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, KeySet{keys})
}
