package sigv4

import (
	"net/http"
	"strings"
)

// parseAuthorization reads a signature from an Authorization header:
//
//	AWS4-HMAC-SHA256 Credential=AKIA.../20260102/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, Signature=...
//
// Commas and spaces both separate, and may be repeated, as AWS reads it: if there is a space before
// the access key ID, AWS complains about the rest (boto/boto3 issue 2280). If a part is given
// twice, the last one counts.
func parseAuthorization(r *http.Request, header string) (*Signature, error) {
	trimmed := strings.TrimSpace(header)
	if !strings.HasPrefix(trimmed, anyAlgorithm) {
		return nil, reason(ErrScheme)
	}
	s := &Signature{request: r, SessionToken: sessionToken(r)}
	rest := ""
	s.algorithm, rest = nextPart(trimmed)
	if s.algorithm != algorithmV4 && s.algorithm != algorithmV4A {
		return nil, &Error{Reason: ErrAlgorithm, Given: s.algorithm}
	}
	hasSignedHeaders := false
	for rest != "" {
		var part string
		if part, rest = nextPart(rest); part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, &Error{Reason: ErrPart, Given: part, Header: header}
		}
		switch name {
		case "Credential":
			s.credential = value
		case "SignedHeaders":
			s.signedHeaders, hasSignedHeaders = value, true
		case "Signature":
			s.given = value
		}
	}
	date := headerDate(r)
	if s.credential == "" || s.given == "" || !hasSignedHeaders || date == "" {
		return nil, missingParts(header, []part{
			{"Credential", s.credential != ""}, {"Signature", s.given != ""}, {"SignedHeaders", hasSignedHeaders}, {Date, date != ""},
		})
	}
	return s.complete(date)
}

// part is a part that an Authorization header needs, and whether it is there.
type part struct {
	name  string
	given bool
}

func missingParts(header string, parts []part) error {
	e := &Error{Reason: ErrMissing, Header: header}
	for _, p := range parts {
		if !p.given {
			e.Missing = append(e.Missing, p.name)
		}
	}
	return e
}

// nextPart splits off what is before the first comma or space.
func nextPart(s string) (part, rest string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == ',' || c == ' ' || c == '\t' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// readCredential splits the credential. Slashes at its end are ignored, as was seen at DynamoDB's
// front end (dynalite). A SigV4A credential has no region; its regions are in X-Amz-Region-Set.
//
// The access key ID and the region are copied, since they outlive the request in records of it: a
// substring would keep the whole header in memory.
func (s *Signature) readCredential() {
	rest := strings.TrimRight(s.credential, "/")
	asymmetric := s.algorithm == algorithmV4A
	slashes := 4
	if asymmetric {
		slashes = 3
	}
	if strings.Count(rest, "/") != slashes {
		return
	}
	s.scoped = true
	accessKeyID, rest, _ := strings.Cut(rest, "/")
	s.AccessKeyID = strings.Clone(accessKeyID)
	s.Date, rest, _ = strings.Cut(rest, "/")
	if asymmetric {
		s.regions = s.regionSet()
		s.Region = copyOfRegion(regionOf(s.regions))
	} else {
		var region string
		region, rest, _ = strings.Cut(rest, "/")
		s.Region = copyOfRegion(region)
	}
	s.Service, s.terminator, _ = strings.Cut(rest, "/")
}

// copyOfRegion returns a copy that shares no memory with the name. The usual region needs no new
// memory.
func copyOfRegion(name string) string {
	if name == GlobalRegion {
		return GlobalRegion
	}
	return strings.Clone(name)
}

// sessionToken returns the token of temporary credentials in a request whose signature is in the
// Authorization header. AWS accepts the token in the query as well, where it is signed with the
// rest of the query.
func sessionToken(r *http.Request) string {
	if values := r.Header["X-Amz-Security-Token"]; len(values) > 0 {
		return values[0]
	}
	token, _ := queryValue(r.URL.RawQuery, "X-Amz-Security-Token")
	return token
}

// signs reports whether a header, named in lower case, is among the signed headers. AWS ignores
// case (dynalite).
func (s *Signature) signs(header string) bool {
	names := s.signedHeaders
	for names != "" {
		var name string
		name, names, _ = strings.Cut(names, ";")
		if strings.EqualFold(name, header) {
			return true
		}
	}
	return false
}
