package sigv4

import (
	"net/http"
	"net/url"
	"strings"
)

// parsePresigned reads a signature from the query of a presigned request, GET or POST. AWS reads
// the first of several values of a parameter ("AWS Auth Error Ordering", rule 7c), and names all
// that are missing in one answer.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
func parsePresigned(r *http.Request, algorithm string) (*Signature, error) {
	if algorithm != algorithmV4 && algorithm != algorithmV4A {
		return nil, &Error{Reason: ErrAlgorithm, Presigned: true, Given: algorithm}
	}
	s := &Signature{request: r, presigned: true, algorithm: algorithm}
	var date string
	var lacking []string
	for _, p := range []struct {
		name  string
		value *string
	}{
		{"X-Amz-Credential", &s.credential},
		{"X-Amz-Signature", &s.given},
		{"X-Amz-SignedHeaders", &s.signedHeaders},
		{"X-Amz-Date", &date},
	} {
		if *p.value, _ = queryValue(r.URL.RawQuery, p.name); *p.value == "" {
			lacking = append(lacking, p.name)
		}
	}
	if lacking != nil {
		return nil, &Error{Reason: ErrMissing, Presigned: true, Missing: lacking}
	}
	s.SessionToken, s.queryToken = queryValue(r.URL.RawQuery, "X-Amz-Security-Token")
	if !s.queryToken {
		s.SessionToken = r.Header.Get("X-Amz-Security-Token")
	}
	return s.complete(date)
}

// queryValue finds the first value of a parameter in a raw query and decodes it; an invalid escape
// is kept. The name must have no characters that a signer would escape.
func queryValue(query, name string) (value string, found bool) {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		if !strings.HasPrefix(pair, name) {
			continue
		}
		rest := pair[len(name):]
		if rest == "" {
			return "", true
		}
		if rest[0] != '=' {
			continue
		}
		decoded, err := url.QueryUnescape(rest[1:])
		if err != nil {
			return rest[1:], true
		}
		return decoded, true
	}
	return "", false
}
