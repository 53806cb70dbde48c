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

	// ownPrefix is the prefix of this server's headers.
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

// overridePrefixes are the prefixes of headers that do the same: those of proxies, and those with
// which clients tell moto and LocalStack something that is not in the request.
var overridePrefixes = []string{ownPrefix, "X-Forwarded-", "X-Original-", "X-Moto-", "X-Localstack-"}

// passed returns the headers that are decided about and sent on. Headers that Connection names are
// not sent on, nor are those with an underscore, which servers that follow CGI confuse with a
// hyphen.
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

// parseQuery reads a query that every server reads in the same way. It reports false for a broken
// percent escape and for a semicolon, which some servers take for a separator.
func parseQuery(raw string) (url.Values, bool) {
	v, err := url.ParseQuery(raw)
	return v, err == nil
}

// parseForm reads the parameters of the query and ec2 protocols; it reports false for a form that
// has a name twice.
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

// isPlain reports whether the target of a request is a path, as usual.
func isPlain(r *http.Request) bool {
	return r.URL.Opaque == "" && strings.HasPrefix(r.URL.Path, "/") &&
		!slices.Contains([]string{http.MethodConnect, http.MethodTrace}, r.Method) &&
		!strings.ContainsAny(r.URL.Path, "\x00\r\n")
}
