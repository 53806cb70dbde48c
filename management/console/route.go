package console

import "net/http"

// route is a page, or a change that a page makes.
type route struct {
	method, path string // below Path, with variables in braces
	answer       func(*request) error
}

// pages returns all routes, in the order of the menu.
func pages() []route {
	return []route{
		{http.MethodGet, "", (*request).showHome},

		{http.MethodGet, "act", (*request).showAct},
		{http.MethodPost, "act", (*request).act},
		{http.MethodPost, "editor/findings", (*request).listFindings},
		{http.MethodPost, "sign-in", (*request).signIn},
		{http.MethodPost, "sign-out", (*request).signOut},

		{http.MethodGet, "decisions", (*request).listDecisions},
		{http.MethodGet, "decisions/stream", (*request).streamDecisions},
		{http.MethodGet, "decisions/{requestId}", (*request).showDecision},

		{http.MethodGet, "principals", (*request).listPrincipals},
		{http.MethodGet, "principals/users/{name}", (*request).showUser},
		{http.MethodGet, "principals/groups/{name}", (*request).showGroup},
		{http.MethodGet, "principals/roles/{name}", (*request).showRole},
	}
}

// menu is what the navigation shows. A page is found by its path.
func menu() []menuItem {
	return []menuItem{
		{"", "Home"},
		{"decisions", "Decisions"},
		{"principals", "Principals"},
	}
}

// menuItem is an entry of the navigation.
type menuItem struct{ Path, Title string }
