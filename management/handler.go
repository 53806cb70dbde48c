package management

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/understudy-iam/understudy/docs"
	"github.com/understudy-iam/understudy/internal/webguard"
)

// Options configures a Handler. Backend is required.
type Options struct {
	Backend Backend

	// IdentityProvider serves the routes below idp/. It gets full paths; nil: it is off.
	IdentityProvider http.Handler

	// AllowHosts are names by which clients may call the server, besides addresses, local
	// names and AWS's. A name that begins with a dot means all names below it.
	AllowHosts []string

	Logger *slog.Logger // for errors that are not the client's; nil: nothing is logged
}

// handler answers requests.
type handler struct {
	Options
	guard  *webguard.Guard
	router *mux.Router
}

// NewHandler makes the handler of all routes. It needs full paths, which begin with Path.
// The error says which name of AllowHosts is not valid.
func NewHandler(o Options) (http.Handler, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	guard, err := webguard.New(o.AllowHosts)
	if err != nil {
		return nil, err
	}
	h := &handler{Options: o, guard: guard, router: mux.NewRouter().UseEncodedPath().SkipClean(true)}
	h.router.NotFoundHandler = h.noPages(h.serve((*handler).notFound))
	h.router.MethodNotAllowedHandler = h.noPages(h.serve((*handler).methodNotAllowed))
	h.router.Use(h.noPages)
	for _, c := range concerns() {
		h.mount(c)
	}
	return h.router, nil
}

// mount gives a concern a sub-router with its guard.
func (h *handler) mount(c concern) {
	sub := h.router.NewRoute().Subrouter()
	sub.Use(h.guarded(c.guard))
	for _, r := range c.rows {
		sub.Handle(Path+r.path, h.serve(r.answer)).Methods(methods(r.method)...).Name(r.name)
	}
}

// methods returns the methods of a route: a route with GET has HEAD too.
func methods(method string) []string {
	if method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{method}
}

// serve calls a handler and answers with its error, if there is one.
func (h *handler) serve(answer func(*handler, http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := answer(h, w, r); err != nil {
			h.refuse(w, r, err)
		}
	})
}

// noPages is the guard of all routes.
func (h *handler) noPages(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.guard.Check(r); err != nil {
			h.refuse(w, r, &Fault{Status: http.StatusForbidden, Text: err.Error()})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// guarded is the guard of a concern.
func (h *handler) guarded(g Guard) mux.MiddlewareFunc {
	return func(next http.Handler) http.Handler {
		switch {
		case g == KeepsDecisions && !h.Backend.KeepsDecisions():
			return h.serve(off("no calls are kept; start the server with --events N"))
		case g == KeepsAlerts && !h.Backend.KeepsAlerts():
			return h.serve(off("there are no rules for alerts; start the server with --alerts FILE or --alerts builtin"))
		case g == IdentityProvider && h.IdentityProvider == nil:
			return h.serve(off("the local identity provider is off; start the server with --idp"))
		}
		return next
	}
}

// off answers for routes whose feature the server was started without.
func off(sentence string) func(*handler, http.ResponseWriter, *http.Request) error {
	return func(*handler, http.ResponseWriter, *http.Request) error { return NotFound("%s", sentence) }
}

func (h *handler) notFound(_ http.ResponseWriter, r *http.Request) error {
	return NotFound("there is no management route %s %s", r.Method, r.URL.Path)
}

// methodNotAllowed answers a request to a path that has only other methods.
func (h *handler) methodNotAllowed(w http.ResponseWriter, r *http.Request) error {
	allowed := h.allowed(r)
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return &Fault{Status: http.StatusMethodNotAllowed,
		Text: "there is no management route " + r.Method + " " + r.URL.Path + "; the path has " + strings.Join(allowed, ", ")}
}

// allowed returns the methods of the request's path.
func (h *handler) allowed(r *http.Request) []string {
	all := []string{http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut}
	return slices.DeleteFunc(all, func(method string) bool {
		other := *r
		other.Method = method
		var match mux.RouteMatch
		return !h.router.Match(&other, &match) || match.MatchErr != nil || match.Route == nil
	})
}

// showOpenAPI answers with the description of the routes.
func (h *handler) showOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(docs.OpenAPI) // it fails only if the client has gone
	return nil
}

// serveIDP passes a request to the identity provider.
func (h *handler) serveIDP(w http.ResponseWriter, r *http.Request) error {
	h.IdentityProvider.ServeHTTP(w, r)
	return nil
}
