package idp

import "net/http"

// showDiscovery answers with the discovery document of the provider's own issuer, or of the issuer
// in the path, without https:// and as one segment (a/b is a%2Fb): the provider signs for any
// issuer. The URLs in the document are this handler's, not the issuer's.
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
func (h *Handler) showDiscovery(w http.ResponseWriter, r *http.Request) {
	issuer := Issuer
	if name := r.PathValue("issuer"); name != "" {
		issuer = "https://" + name
	}
	base := h.base(r)
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": issuer, "jwks_uri": base + "jwks.json", "token_endpoint": base + "token",
		"grant_types_supported":    []string{ClientCredentials, TokenExchange},
		"response_types_supported": []string{"id_token"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": Algorithms(),
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post", "none"},
		"claims_supported":                      []string{"iss", "sub", "aud", "exp", "iat", "jti"},
	})
}

// base is the URL at which the client reached the handler.
func (h *Handler) base(r *http.Request) string { return "http://" + r.Host + h.options.Path }

// showKeys answers with the keys that verify the provider's tokens.
func (h *Handler) showKeys(w http.ResponseWriter, r *http.Request) {
	keys, err := h.options.Provider.KeySet(r.Context())
	if err != nil {
		h.refuse(w, err)
		return
	}
	writeJSON(w, http.StatusOK, keys)
}
