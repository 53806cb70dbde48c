package console

import (
	"net/url"
	"strings"
)

// view is what the layout needs.
type view struct {
	Title    string
	Path     string // of the page, below Path
	Query    string // of the page, with its question mark; empty: none
	Menu     []menuItem
	Me       *Identity
	Notices  []string
	Problem  *Problem
	Form     url.Values // what was entered
	Nonce    string
	SignedIn bool // there is a session to end
	Data     any  // the page's own
}

// Current reports whether a path is that of the page's entry in the menu.
func (v *view) Current(path string) bool {
	first, _, _ := strings.Cut(v.Path, "/")
	return first == path
}

// view makes what the layout shows. A part of a page leaves the notices for a whole one.
func (q *request) view(title string, data any) *view {
	v := &view{
		Title: title, Path: strings.TrimPrefix(q.r.URL.EscapedPath(), Path), Menu: menu(), Problem: q.problem,
		Form: q.r.Form, Nonce: q.nonce, Data: data,
	}
	if q.r.URL.RawQuery != "" {
		v.Query = "?" + q.r.URL.RawQuery
	}
	if q.session == nil {
		return v
	}
	v.Me, v.SignedIn = q.session.identity(), q.session.signedIn()
	if !q.isPart() {
		v.Notices = q.session.take()
	}
	return v
}
