package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// LeftOut replaces, in a shown request, a value that may be a secret.
const LeftOut = "LEFT-OUT"

// maxShown is how much of a string is shown, in bytes.
const maxShown = 8 << 10

// shownHeaders are the headers whose values are not secrets. Those of any other header may be.
var shownHeaders = []string{
	"accept", "accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "content-length", "content-md5", "content-type", "date",
	"host", "range", "user-agent", "x-amz-content-sha256", "x-amz-date", "x-amz-region-set", "x-amz-target", "x-amz-user-agent",
	"transfer-encoding", ":authority",
}

// shownParameters are the query parameters whose values are not secrets.
var shownParameters = []string{
	"Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
}

// Shown returns the canonical request and the string to sign that the server makes of the request,
// to be compared with what the client made. payload is what is signed for the body. Values that may
// be secrets, such as a session token, are replaced by LeftOut in the canonical request; the hash
// in the string to sign is that of the complete one.
func (s *Signature) Shown(payload string) (canonical, toSign string) {
	x := scratches.Get().(*scratch)
	defer x.release()
	whole, ok := x.canonical(s, form{}, []byte(payload))
	if ok {
		toSign = shorten(string(x.stringToSign(s, whole)))
	}
	shown, ok := x.canonical(s.withoutSecrets(), form{}, []byte(payload))
	if !ok {
		return "", toSign
	}
	return shorten(string(shown)), toSign
}

func shorten(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + "..."
}

// withoutSecrets returns the signature for the request without values that may be secret.
func (s *Signature) withoutSecrets() *Signature {
	return s.of(func(r *http.Request) {
		for name, values := range r.Header {
			if !slices.Contains(shownHeaders, strings.ToLower(name)) {
				r.Header[name] = slices.Repeat([]string{LeftOut}, len(values))
			}
		}
		if r.URL.RawQuery == "" {
			return
		}
		pairs := strings.Split(r.URL.RawQuery, "&")
		for i, pair := range pairs {
			name, _, hasValue := strings.Cut(pair, "=")
			if decoded, err := url.QueryUnescape(name); hasValue && (err != nil || !slices.Contains(shownParameters, decoded)) &&
				decoded != "X-Amz-Signature" {
				pairs[i] = name + "=" + LeftOut
			}
		}
		r.URL.RawQuery = strings.Join(pairs, "&")
	})
}

// of returns the signature as if the change had been made to the request.
func (s *Signature) of(change func(*http.Request)) *Signature {
	r := *s.request
	target := *r.URL
	r.URL, r.Header = &target, r.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	change(&r)
	changed := *s
	changed.request = &r
	return &changed
}

// Absent returns the names of headers that the request names as signed but does not have: something
// removed them on the way.
func (s *Signature) Absent() []string {
	var list []string
	for _, name := range strings.Split(s.signedHeaders, ";") {
		if _, ok := appendHeader(nil, s.request, name, form{}); !ok && len(list) < maxSignedHeaders {
			list = append(list, name)
		}
	}
	return list
}
