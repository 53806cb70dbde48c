package webguard

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Origins says which web pages may call a server: its own, those of loopback
// origins, which this machine serves, and those that the user allows. The zero
// value allows no others.
type Origins struct {
	allowed []string // in the form of ParseOrigin
}

// NewOrigins makes an Origins that allows more origins; see ParseOrigin for their
// form.
func NewOrigins(allowed []string) (*Origins, error) {
	o := &Origins{}
	for _, given := range allowed {
		origin, err := ParseOrigin(given)
		if err != nil {
			return nil, err
		}
		o.allowed = append(o.allowed, origin)
	}
	return o, nil
}

// ParseOrigin reads the origin of pages as a user gives it and as browsers send
// it: a scheme, a host and a port, if it is not the default one. The result is in
// lower case and without a default port.
func ParseOrigin(given string) (string, error) {
	origin, _, err := parseOrigin(given)
	if err != nil {
		return "", fmt.Errorf("%s is not the origin of a page; give one such as https://app.example.com or http://192.0.2.1:8080, without a path", quoted(given))
	}
	return origin, nil
}

// parseOrigin returns the host too.
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func parseOrigin(given string) (string, Host, error) {
	u, err := url.Parse(given)
	if err != nil {
		return "", Host{}, err
	}
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	if u.Scheme == "" || origin != strings.ToLower(given) {
		return "", Host{}, fmt.Errorf("%s has more than a scheme, a host and a port", quoted(given))
	}
	host, err := ParseHost(u.Host)
	if err != nil {
		return "", Host{}, err
	}
	switch u.Scheme {
	case "http":
		origin = strings.TrimSuffix(origin, ":80")
	case "https":
		origin = strings.TrimSuffix(origin, ":443")
	}
	return origin, host, nil
}

// Check returns an ErrRefused for a request that a page of another origin sent, as
// its browser marks it. A request that no browser has marked is admitted, and so is
// a link of any site to the first page of the server, without a query. All other
// links are calls, since all AWS calls can be sent by GET, even those that change
// something. The Host header must have been checked before.
func (o *Origins) Check(r *http.Request) error {
	origins := r.Header.Values("Origin")
	for _, origin := range origins {
		if !o.admit(origin, r) {
			return foreign(origin)
		}
	}
	if len(origins) > 0 || isPlainLink(r) {
		return nil
	}
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if !isFromHere(r, site) {
			return refusal("a web page or a link made the browser send the request, and the browser does not say that the page may call; " +
				"send it from a program, or by fetch() from a page that does")
		}
	}
	return nil
}

func (o *Origins) admit(given string, r *http.Request) bool {
	origin, from, err := parseOrigin(given)
	if err != nil {
		return false
	}
	web := strings.HasPrefix(origin, "http://") || strings.HasPrefix(origin, "https://")
	return web && from.isLoopback() || isOwn(given, r) || slices.Contains(o.allowed, origin)
}

// foreign refuses an origin, and names the flag that admits it if one does.
func foreign(given string) error {
	origin, err := ParseOrigin(given)
	if err != nil {
		return refusal("a web page without an origin of its own (" + quoted(given) +
			"), such as a file or a sandboxed frame, sent the request; " +
			"serve the page from localhost, or send the request from a program")
	}
	return refusal(fmt.Sprintf("a web page of another origin (%q) sent the request; send it from a program, "+
		"or start the server with --allow-origin %[1]s if the page is yours", origin))
}

// isPlainLink reports whether a browser opens the server's first page in a tab. A
// query is not inspected, because code that reads it differently from the API would
// let a call pass.
func isPlainLink(r *http.Request) bool {
	dest := r.Header.Get("Sec-Fetch-Dest") // for a frame it is "iframe"
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && (dest == "document" || dest == "") &&
		(r.URL.Path == "/" || r.URL.Path == "") && r.URL.RawQuery == "" && r.Header.Get("Authorization") == ""
}

// isFromHere judges a request without an Origin. A page of the same site as a
// loopback host is a page of that host, while other hosts may share their site with
// the pages of others. "none" means that the user did it: they may have typed the
// address, or followed a link in a mail program.
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
func isFromHere(r *http.Request, site string) bool {
	switch site {
	case "same-origin":
		return true
	case "same-site":
		host, err := ParseHost(r.Host)
		return err == nil && host.isLoopback()
	case "none":
		return r.URL.RawQuery == ""
	}
	return false
}

// isLoopback reports whether a name or an address always means this machine; for
// names, by RFC 6761.
func (h Host) isLoopback() bool {
	if h.Name == "" {
		return h.Addr.IsLoopback()
	}
	return h.Name == "localhost" || strings.HasSuffix(h.Name, ".localhost")
}
