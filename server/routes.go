package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/understudy-iam/understudy/awsapi"
)

// ManagementPath is where the management routes begin; no AWS API uses it.
const ManagementPath = "/_understudy/"

// routes mounts the management routes beside the AWS endpoint.
func (s *Server) routes(api http.Handler) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET "+ManagementPath+"health", s.health)
	m.HandleFunc("POST "+ManagementPath+"security-keys", s.registerSecurityKey)
	m.HandleFunc("POST "+ManagementPath+"delegation-templates", s.registerDelegationTemplate)
	m.HandleFunc("GET "+ManagementPath+"delegation-requests/{id}/notifications", s.listDelegationNotifications)
	m.HandleFunc("GET "+ManagementPath+"enforcement", s.showEnforcement)
	m.HandleFunc("PUT "+ManagementPath+"enforcement", s.setEnforcement)
	m.HandleFunc("GET "+ManagementPath+"decisions", s.listDecisions)
	m.HandleFunc("GET "+ManagementPath+"decisions/stream", s.streamDecisions)
	m.HandleFunc("GET "+ManagementPath+"decisions/{requestID}", s.showDecision)
	m.HandleFunc("POST "+ManagementPath+"authorize", s.authorize)
	m.HandleFunc("GET "+ManagementPath+"issuers/{issuer}/.well-known/openid-configuration", s.showIssuer)
	m.HandleFunc("GET "+ManagementPath+"issuers/{issuer}/.well-known/jwks.json", s.showIssuerKeys)
	m.HandleFunc(ManagementPath, func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "there is no management route " + r.Method + " " + r.URL.Path})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) >= len(ManagementPath) && r.URL.Path[:len(ManagementPath)] == ManagementPath {
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

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone if it fails
}

// logExchange logs a line for each request, without parameters: they may be secrets.
func logExchange(l *slog.Logger) func(*awsapi.Exchange) {
	return func(x *awsapi.Exchange) {
		level := slog.LevelInfo
		if x.Status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		ctx := context.Background()
		if !l.Enabled(ctx, level) {
			return
		}
		l.Log(ctx, level, "request",
			"service", x.Service, "operation", x.Operation, "principal", x.Caller.ARN,
			"status", x.Status, "code", x.Code, "duration", x.Duration, "request_id", x.Caller.Request.ID)
	}
}
