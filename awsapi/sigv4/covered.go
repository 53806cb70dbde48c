package sigv4

import (
	"slices"
	"strings"
)

// SignedPath is the path that the signature covers, escaped. A request to S3 is
// signed with its path as it was sent. The signature of a request to any other
// service is the same for all spellings of the path that differ in empty and dot
// segments only; this is the one without them. Whoever decides by the path, and
// sends the request on, does both by this one: then no two spellings are told
// apart that the signature does not tell apart.
func (s *Signature) SignedPath() string {
	sent := s.request.URL.EscapedPath()
	if singleEncoded(s.Service) {
		return sent
	}
	return string(appendNormal(nil, sent, appendAsItIs))
}

// UnsignedHeaders are the names of the x-amz- headers that the request has and its
// signature does not cover, in lower case. S3 refuses a request that has any. The
// hash of the payload and the date are covered, wherever they are named.
func (s *Signature) UnsignedHeaders() (names []string) {
	for name := range s.request.Header {
		lower := strings.ToLower(name)
		covered := lower == "x-amz-content-sha256" || lower == "x-amz-date" && !s.presigned
		if strings.HasPrefix(lower, "x-amz-") && !covered && !s.signs(lower) {
			names = append(names, lower)
		}
	}
	slices.Sort(names)
	return names
}
