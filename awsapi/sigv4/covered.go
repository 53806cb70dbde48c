package sigv4

import (
	"slices"
	"strings"
)

// SignedPath returns the path that the signature covers, escaped. A request to S3 is signed with
// its path as it was sent. For any other service the signature is the same for all spellings of the
// path that differ only in empty and dot segments; this is the spelling without them. Use it both
// to decide about the path and to send the request on, so that no difference matters that the
// signature does not cover.
func (s *Signature) SignedPath() string {
	sent := s.request.URL.EscapedPath()
	if singleEncoded(s.Service) {
		return sent
	}
	return string(appendNormal(nil, sent, appendAsItIs))
}

// UnsignedHeaders returns the names, in lower case, of the x-amz- headers that the request has but
// its signature does not cover. S3 refuses a request that has any. The hash of the payload and the
// date are always covered.
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
