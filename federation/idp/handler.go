package idp

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
)

// maxBody bounds the bodies of requests, in bytes.
const maxBody = 1 << 20

// HandlerOptions configures a Handler. Provider and Path are required.
type HandlerOptions struct {
	Provider *Provider

	// Path is where the handler is mounted, with a slash at both ends. The handler
	// is given the whole path of a request, with Path before the paths of Routes.
	Path string

	// NotFound answers a request that no route takes; nil answers status 404 and
	// an error in JSON.
	NotFound http.Handler

	Logger *slog.Logger // gets the errors that are not the client's fault; nil: nothing is logged
}

// Handler serves a Provider over HTTP: discovery documents, keys, tokens, SAML
// metadata and assertions.
//
// It authenticates nobody, and it does not check which page a browser's request comes from. Mount
// it behind a guard that refuses requests of foreign pages, as package management does: otherwise
// such a page, once opened, could get tokens.
type Handler struct {
	options HandlerOptions
	mux     *http.ServeMux
}

// A Route is one of the requests that a Handler answers.
type Route struct {
	Method string
	Path   string // below HandlerOptions.Path, with variables in braces
}

// route is a Route with its handler.
type route struct {
	Route
	answer http.HandlerFunc
}

func (h *Handler) routes() []route {
	return []route{
		{Route{http.MethodGet, ".well-known/openid-configuration"}, h.showDiscovery},
		{Route{http.MethodGet, "jwks.json"}, h.showKeys},
		{Route{http.MethodGet, "issuers/{issuer}/.well-known/openid-configuration"}, h.showDiscovery},
		{Route{http.MethodPost, "token"}, unkept(h.signToken)},
		{Route{http.MethodGet, "saml/metadata"}, h.showMetadata},
		{Route{http.MethodPost, "saml/assertion"}, unkept(h.signAssertion)},
	}
}

// Routes lists the requests that a Handler answers.
func Routes() []Route {
	var list []Route
	for _, r := range (&Handler{}).routes() {
		list = append(list, r.Route)
	}
	return list
}

// NewHandler makes a Handler.
func NewHandler(o HandlerOptions) *Handler {
	if o.NotFound == nil {
		o.NotFound = http.HandlerFunc(notFound)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Handler{options: o, mux: http.NewServeMux()}
	for _, r := range h.routes() {
		h.mux.HandleFunc(r.Method+" "+o.Path+r.Path, r.answer)
	}
	h.mux.Handle("/", o.NotFound)
	return h
}

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// unkept forbids caches to keep the answer.
func unkept(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		answer(w, r)
	}
}

func notFound(w http.ResponseWriter, r *http.Request) {
	writeError(w, http.StatusNotFound, "the identity provider has no route "+r.Method+" "+r.URL.Path)
}

// refuse answers with what is wrong with a request, or that the error is not the client's fault.
func (h *Handler) refuse(w http.ResponseWriter, err error) {
	if errors.Is(err, ErrRequest) {
		writeError(w, http.StatusBadRequest, err.Error())
		return
	}
	if !errors.Is(err, context.Canceled) { // which is not an error here: the client has gone
		h.options.Logger.Error("identity provider", "error", err)
	}
	writeError(w, http.StatusInternalServerError, "an internal error")
}

// unreadable refuses a body that is not a valid request, or that cannot be read: the error may
// carry a status.
func unreadable(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	var known interface{ HTTPStatus() int }
	if errors.As(err, &known) {
		status = known.HTTPStatus()
	}
	writeError(w, status, err.Error())
}

func writeError(w http.ResponseWriter, status int, sentence string) {
	writeJSON(w, status, map[string]string{"error": sentence})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error means that the client has gone
}
