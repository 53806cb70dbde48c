// Package console serves the web pages of a server, at Path: what it holds, what it
// decides and why, for people. The pages are made here, from what the server's routes and
// AWS's operations answer to calls within the process: a page shows nothing that a
// program could not ask for, and changes nothing that a program could not change.
//
// Each browser acts as somebody: at first the root user of the server's account, later
// whoever its user chooses. Calls of AWS's operations are signed with the credentials of
// that identity, so that its policies decide what the pages show.
//
// It guarantees that a page of another origin cannot use it, that pages contain no script
// of their own and ask no other origin for anything, and that whoever reaches the server
// from another machine signs in with the root credentials first.
//
// # Caveats
//
// The routes of package management know no identity: what the pages show of them is the
// same for all who act. Sessions are kept in memory and end with the process.
package console

import (
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"github.com/understudy-iam/understudy/internal/webguard"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
	"github.com/understudy-iam/understudy/principal"
)

// Path is where the pages are.
const Path = management.ConsolePath

// Options configures a Console. Server is required.
type Options struct {
	Server http.Handler // answers the calls of the pages

	// Account is the server's own; RootAccessKeyID and RootSecretAccessKey are the
	// credentials of its root user, as which a browser acts first, and with which one
	// signs in from another machine.
	Account, RootAccessKeyID, RootSecretAccessKey string

	Partition  principal.Partition // of the accounts
	AllowHosts []string            // names by which browsers may call the server, see webguard.New
	Now        func() time.Time    // of sessions; nil: time.Now
	Logger     *slog.Logger        // for errors that are not the browser's; nil: nothing is logged
}

// Console answers the requests of browsers.
type Console struct {
	Options
	guard    *webguard.Guard
	client   *client.Client
	router   http.Handler
	sessions sessions
	pages    func() (*templates, error) // parsed when a page is first asked for
}

// New makes a Console. The error says that there is no server, or which name of AllowHosts is
// not valid.
func New(o Options) (*Console, error) {
	if o.Server == nil {
		return nil, errors.New("console: a server is required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	guard, err := webguard.New(o.AllowHosts)
	if err != nil {
		return nil, err
	}
	c := &Console{Options: o, guard: guard, pages: sync.OnceValues(parseTemplates)}
	if c.client, err = client.New(client.Options{URL: self, Transport: client.Within(o.Server)}); err != nil {
		return nil, err
	}
	c.sessions.init(o.Now)
	c.router = c.routes()
	return c, nil
}

// routes makes the router of all pages.
func (c *Console) routes() http.Handler {
	router := mux.NewRouter().UseEncodedPath().SkipClean(true)
	router.NotFoundHandler = c.serve((*request).notFound)
	router.MethodNotAllowedHandler = c.serve((*request).notFound)
	router.PathPrefix(Path+assetPath).Methods(http.MethodGet, http.MethodHead).HandlerFunc(serveAsset)
	for _, r := range pages() {
		methods := []string{r.method}
		if r.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		router.Handle(Path+r.path, c.serve(r.answer)).Methods(methods...)
	}
	return router
}

// ServeHTTP answers a request whose path begins with Path.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := c.check(r); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	c.router.ServeHTTP(w, r)
}

// check refuses what another origin's page sends, except that a link may lead here.
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Dest
func (c *Console) check(r *http.Request) error {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if reads && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document" {
		return c.guard.CheckHost(r)
	}
	return c.guard.Check(r)
}
