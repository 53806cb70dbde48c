package management

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/mux"
)

// A Route is one kind of request to the server.
type Route struct {
	Name   string // operationId in docs/openapi.yaml
	Method string
	Path   string // below Path, as OpenAPI writes it, with its variables in braces
	Guard  Guard  // checked before the route is reached, after the check of pages
}

// Guard is a check before the routes of a concern. Before every guard comes the check
// that no web page has sent the request.
type Guard string

// The guards.
const (
	Open             Guard = ""                  // nothing more is checked
	KeepsDecisions   Guard = "keeps-decisions"   // the server keeps calls, with what was decided
	KeepsAlerts      Guard = "keeps-alerts"      // the server has rules for alerts
	IdentityProvider Guard = "identity-provider" // the local identity provider is on
)

// URL returns the path of the route with the values of its variables, in the order of the
// path, and a query.
func (r Route) URL(query url.Values, variables ...string) string {
	path := r.Path
	for _, value := range variables {
		head, rest, found := strings.Cut(path, "{")
		if !found {
			break
		}
		_, tail, _ := strings.Cut(rest, "}")
		path = head + url.PathEscape(value) + tail
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return Path + path
}

// Names of the routes.
const (
	ShowHealth  = "health"
	ShowOpenAPI = "openapi"

	ShowEnforcement = "showEnforcement"
	SetEnforcement  = "setEnforcement"

	ShowClock = "showClock"
	MoveClock = "moveClock"

	ListFaults   = "listFaults"
	AddFault     = "addFault"
	DeleteFaults = "deleteFaults"
	DeleteFault  = "deleteFault"

	Reset          = "reset"
	TakeSnapshot   = "takeSnapshot"
	Restore        = "restore"
	ListSnapshots  = "listSnapshots"
	DeleteSnapshot = "deleteSnapshot"
	ExportState    = "exportState"
	ImportSeed     = "importSeed"

	ListDecisions   = "listDecisions"
	StreamDecisions = "streamDecisions"
	ShowDecision    = "showDecision"
	ListNeeds       = "listNeeds"

	ListEvents   = "listEvents"
	StreamEvents = "streamEvents"

	ListAlerts   = "listAlerts"
	StreamAlerts = "streamAlerts"

	Authorize     = "authorize"
	AskWhoCan     = "whoCan"
	Audit         = "audit"
	ShowPrincipal = "showPrincipal"

	IssueCredentials = "issueCredentials"
	ShowMFACodes     = "showMFACodes"

	RegisterSecurityKey         = "registerSecurityKey"
	RegisterDelegationTemplate  = "registerDelegationTemplate"
	ListDelegationNotifications = "listDelegationNotifications"

	ShowIssuer     = "showIssuer"
	ShowIssuerKeys = "showIssuerKeys"

	ShowIDP          = "showIDP"
	ShowIDPOf        = "showIDPOf"
	ShowIDPKeys      = "showIDPKeys"
	SignToken        = "signToken"
	ShowSAMLMetadata = "showSAMLMetadata"
	SignAssertion    = "signAssertion"
)

// row is a Route with its handler. An error that the handler returns becomes the
// answer, see refuse.
type row struct {
	name, method, path string
	answer             func(*handler, http.ResponseWriter, *http.Request) error
}

// concern is a group of rows that share a guard.
type concern struct {
	guard Guard
	rows  []row
}

// concerns returns the table of all routes.
func concerns() []concern {
	return []concern{
		{Open, []row{
			{ShowHealth, http.MethodGet, "health", (*handler).showHealth},
			{ShowOpenAPI, http.MethodGet, "openapi.yaml", (*handler).showOpenAPI},
			{ShowEnforcement, http.MethodGet, "enforcement", (*handler).showEnforcement},
			{SetEnforcement, http.MethodPut, "enforcement", (*handler).setEnforcement},
		}},
		{Open, []row{
			{ShowClock, http.MethodGet, "clock", (*handler).showClock},
			{MoveClock, http.MethodPost, "clock", (*handler).moveClock},
		}},
		{Open, []row{
			{ListFaults, http.MethodGet, "faults", (*handler).listFaults},
			{AddFault, http.MethodPost, "faults", (*handler).addFault},
			{DeleteFaults, http.MethodDelete, "faults", (*handler).deleteFaults},
			{DeleteFault, http.MethodDelete, "faults/{id}", (*handler).deleteFault},
		}},
		{Open, []row{
			{Reset, http.MethodPost, "reset", (*handler).reset},
			{TakeSnapshot, http.MethodPost, "snapshot", (*handler).takeSnapshot},
			{Restore, http.MethodPost, "restore", (*handler).restore},
			{ListSnapshots, http.MethodGet, "snapshots", (*handler).listSnapshots},
			{DeleteSnapshot, http.MethodDelete, "snapshots/{id}", (*handler).deleteSnapshot},
			{ExportState, http.MethodGet, "export", (*handler).exportState},
			{ImportSeed, http.MethodPost, "seed", (*handler).importSeed},
		}},
		{KeepsDecisions, []row{
			{ListDecisions, http.MethodGet, "decisions", (*handler).listDecisions},
			{StreamDecisions, http.MethodGet, "decisions/stream", (*handler).streamDecisions},
			{ShowDecision, http.MethodGet, "decisions/{requestId}", (*handler).showDecision},
			{ListNeeds, http.MethodGet, "needs", (*handler).listNeeds},
		}},
		{KeepsDecisions, []row{
			{ListEvents, http.MethodGet, "events", (*handler).listEvents},
			{StreamEvents, http.MethodGet, "events/stream", (*handler).streamEvents},
		}},
		{KeepsAlerts, []row{
			{ListAlerts, http.MethodGet, "alerts", (*handler).listAlerts},
			{StreamAlerts, http.MethodGet, "alerts/stream", (*handler).streamAlerts},
		}},
		{Open, []row{
			{Authorize, http.MethodPost, "authorize", (*handler).authorize},
			{AskWhoCan, http.MethodPost, "who-can", (*handler).whoCan},
			{Audit, http.MethodGet, "audit", (*handler).audit},
			{ShowPrincipal, http.MethodGet, "principals/{principal}", (*handler).showPrincipal},
		}},
		{Open, []row{
			{IssueCredentials, http.MethodPost, "credentials", (*handler).issueCredentials},
			{ShowMFACodes, http.MethodGet, "mfa-devices/{serial}/codes", (*handler).showMFACodes},
		}},
		{Open, []row{
			{RegisterSecurityKey, http.MethodPost, "security-keys", (*handler).registerSecurityKey},
			{RegisterDelegationTemplate, http.MethodPost, "delegation-templates", (*handler).registerDelegationTemplate},
			{ListDelegationNotifications, http.MethodGet, "delegation-requests/{id}/notifications", (*handler).listDelegationNotifications},
		}},
		{Open, []row{
			{ShowIssuer, http.MethodGet, "issuers/{issuer}/.well-known/openid-configuration", (*handler).showIssuer},
			{ShowIssuerKeys, http.MethodGet, "issuers/{issuer}/.well-known/jwks.json", (*handler).showIssuerKeys},
		}},
		{IdentityProvider, []row{
			{ShowIDP, http.MethodGet, "idp/.well-known/openid-configuration", (*handler).serveIDP},
			{ShowIDPOf, http.MethodGet, "idp/issuers/{issuer}/.well-known/openid-configuration", (*handler).serveIDP},
			{ShowIDPKeys, http.MethodGet, "idp/jwks.json", (*handler).serveIDP},
			{SignToken, http.MethodPost, "idp/token", (*handler).serveIDP},
			{ShowSAMLMetadata, http.MethodGet, "idp/saml/metadata", (*handler).serveIDP},
			{SignAssertion, http.MethodPost, "idp/saml/assertion", (*handler).serveIDP},
		}},
	}
}

// Routes returns all routes.
func Routes() []Route {
	var list []Route
	for _, c := range concerns() {
		for _, r := range c.rows {
			list = append(list, Route{r.name, r.method, r.path, c.guard})
		}
	}
	return list
}

// variable returns a variable of the path, decoded. Paths are matched as they were sent,
// so that a variable may have a slash.
func variable(r *http.Request, name string) string {
	value, err := url.PathUnescape(mux.Vars(r)[name])
	if err != nil {
		return mux.Vars(r)[name]
	}
	return value
}
