package gateway

import (
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

const (
	targetHeader = "X-Amz-Target"

	// ownPrefix begins the headers of this server.
	ownPrefix = "X-Understudy-"

	formType = "application/x-www-form-urlencoded"
)

// hopHeaders end at this server.
// https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
var hopHeaders = []string{
	"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding",
	"Upgrade", "Expect",
}

// overrides are headers by which some servers read another method, path, host or
// account than the request has. They would let a call be decided as one and served as another.
var overrides = []string{
	"X-Http-Method-Override", "X-Http-Method", "X-Method-Override", "X-Rewrite-Url",
	"X-Host", "X-Http-Host-Override", "X-Real-Ip", "X-Script-Name", "Forwarded",
}

// overridePrefixes begin headers that do the same: those of proxies, and those by which
// clients say something to moto and LocalStack that is not in the request.
var overridePrefixes = []string{ownPrefix, "X-Forwarded-", "X-Original-", "X-Moto-", "X-Localstack-"}

// passed are the headers that are decided about and sent on. Those that the header
// Connection names end here, and so do those with an underscore, which servers that
// follow CGI take for another one.
func passed(h http.Header) http.Header {
	out := h.Clone()
	for _, list := range h["Connection"] {
		for name := range strings.SplitSeq(list, ",") {
			out.Del(textproto.TrimString(name))
		}
	}
	for _, name := range hopHeaders {
		delete(out, name)
	}
	for _, name := range overrides {
		delete(out, name)
	}
	for name := range out {
		override := slices.ContainsFunc(overridePrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if override || strings.Contains(name, "_") || name != http.CanonicalHeaderKey(name) {
			delete(out, name)
		}
	}
	return out
}

// repeated returns the name of a header that is there several times and that servers
// could read in different ways; "" if there is none.
func repeated(h http.Header) string {
	for name, values := range h {
		if len(values) > 1 && (strings.HasPrefix(name, "X-Amz") || strings.HasPrefix(name, "Content-") || name == "Smithy-Protocol" ||
			name == "Range") {
			return name
		}
	}
	return ""
}

// parseQuery reads a query that every server reads alike. It reports false for a
// broken percent-triplet and for a semicolon, which some take for a separator.
func parseQuery(raw string) (url.Values, bool) {
	v, err := url.ParseQuery(raw)
	return v, err == nil
}

// parseForm reads the parameters of the query and ec2 protocols, which have each
// name once: it reports false for a form that has one twice.
func parseForm(body string, query url.Values) (url.Values, bool) {
	form, err := url.ParseQuery(body)
	if err != nil {
		return nil, false
	}
	for name, values := range query {
		if !strings.HasPrefix(name, "X-Amz-") {
			form[name] = append(form[name], values...)
		}
	}
	for _, values := range form {
		if len(values) > 1 {
			return nil, false
		}
	}
	return form, true
}

func isForm(h http.Header) bool {
	t, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(t), formType)
}

// isPlain reports whether a request has the usual form of target: a path.
func isPlain(r *http.Request) bool {
	return r.URL.Opaque == "" && strings.HasPrefix(r.URL.Path, "/") &&
		!slices.Contains([]string{http.MethodConnect, http.MethodTrace}, r.Method) &&
		!strings.ContainsAny(r.URL.Path, "\x00\r\n")
}
