package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/internal/webguard"
	"github.com/understudy-iam/understudy/management"
)

// idpPath is where the local identity provider is.
const idpPath = management.Path + "idp/"

// routes mounts the management routes next to the AWS endpoint. Each has its guard
// against web pages.
func (s *Server) routes(api http.Handler) (http.Handler, error) {
	o := management.Options{Backend: backend{s}, AllowHosts: s.options.AllowHosts, Logger: s.options.Logger}
	if s.idp != nil {
		o.IdentityProvider = idp.NewHandler(idp.HandlerOptions{Provider: s.idp, Path: idpPath, Logger: s.options.Logger})
	}
	m, err := management.NewHandler(o)
	if err != nil {
		return nil, fmt.Errorf("server: AllowHosts: %w", err)
	}
	hosts, err := webguard.New(s.options.AllowHosts)
	if err != nil {
		return nil, err
	}
	origins, err := webguard.NewOrigins(s.options.AllowOrigins)
	if err != nil {
		return nil, fmt.Errorf("server: AllowOrigins: %w", err)
	}
	guarded := &pages{hosts: hosts, origins: origins, api: api, methods: "GET, POST"}
	if len(s.options.Gateway.Upstreams) > 0 { // which other services have
		guarded.methods += ", HEAD, PUT, PATCH, DELETE"
	}
	console, err := s.console()
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case console != nil && strings.HasPrefix(r.URL.Path, management.ConsolePath):
			console.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, management.Path):
			m.ServeHTTP(w, r)
		case console != nil && isVisit(r) && hosts.CheckHost(r) == nil:
			http.Redirect(w, r, management.ConsolePath, http.StatusFound)
		default:
			guarded.ServeHTTP(w, r)
		}
	}), nil
}

// console makes the web pages, if they are wanted.
func (s *Server) console() (http.Handler, error) {
	if s.options.Console == nil {
		return nil, nil
	}
	return s.options.Console(s)
}

// isVisit reports whether a person opens the server's address in a browser. AWS sends
// everybody who makes no call to a page about IAM.
func isVisit(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == "/" && r.URL.RawQuery == "" && r.Header.Get("Authorization") == "" &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}

// backend shows the server to package management. Its methods are in the files
// of what they are about.
type backend struct{ s *Server }

var _ management.Backend = backend{}

// Health is the state of the server.
func (b backend) Health(ctx context.Context) management.Health {
	return management.Health{
		Account: b.s.options.Account, Enforcement: b.Enforcement(), Partition: b.s.options.Partition.String(), Status: "ok",
		Version: b.s.options.Version, Upstreams: b.s.upstreams(ctx), UpstreamAccount: b.s.upstreamAccount(),
	}
}
