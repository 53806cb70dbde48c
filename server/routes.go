package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/docs"
)

// ManagementPath is where the management routes begin; no AWS API uses it.
const ManagementPath = "/_understudy/"

// A route is a management route: how it is called, and who answers. The path is
// written as in OpenAPI, below ManagementPath, with its variables in braces.
type route struct {
	method, path string
	answer       http.HandlerFunc
}

// managementRoutes are all of them; docs/openapi.yaml describes each.
func (s *Server) managementRoutes() []route {
	return append(slices.Concat(s.stateRoutes(), s.idpRoutes()), []route{
		{http.MethodGet, "health", s.health},
		{http.MethodGet, "openapi.yaml", showOpenAPI},
		{http.MethodPost, "security-keys", s.registerSecurityKey},
		{http.MethodPost, "delegation-templates", s.registerDelegationTemplate},
		{http.MethodGet, "delegation-requests/{id}/notifications", s.listDelegationNotifications},
		{http.MethodGet, "enforcement", s.showEnforcement},
		{http.MethodPut, "enforcement", s.setEnforcement},
		{http.MethodGet, "clock", s.showClock},
		{http.MethodPost, "clock", s.moveClock},
		{http.MethodGet, "faults", s.listFaults},
		{http.MethodPost, "faults", s.addFault},
		{http.MethodDelete, "faults", ownOrigin(s.deleteFaults)},
		{http.MethodDelete, "faults/{id}", ownOrigin(s.deleteFault)},
		{http.MethodGet, "decisions", s.listDecisions},
		{http.MethodGet, "decisions/stream", s.streamDecisions},
		{http.MethodGet, "decisions/{requestId}", s.showDecision},
		{http.MethodPost, "authorize", s.authorize},
		{http.MethodGet, "issuers/{issuer}/.well-known/openid-configuration", s.showIssuer},
		{http.MethodGet, "issuers/{issuer}/.well-known/jwks.json", s.showIssuerKeys},
	}...)
}

// routes mounts the management routes beside the AWS endpoint.
func (s *Server) routes(api http.Handler) http.Handler {
	m := http.NewServeMux()
	for _, r := range s.managementRoutes() {
		m.HandleFunc(r.method+" "+ManagementPath+r.path, r.answer)
	}
	m.HandleFunc(ManagementPath, func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "there is no management route " + r.Method + " " + r.URL.Path})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, ManagementPath) {
			m.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// health answers that the server is up, with what one wants to know of it.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{
		"status": "ok", "version": s.options.Version, "account": s.options.Account,
		"enforcement": s.authorizer.Mode().String(),
	})
}

// showOpenAPI answers the description of the management routes.
func showOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(docs.OpenAPI) // the client has gone if it fails
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone if it fails
}
