package sigv4

import (
	"net/http"
	"strings"
)

// parseAuthorization reads a signature from an Authorization header:
//
//	AWS4-HMAC-SHA256 Credential=AKIA.../20260102/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, Signature=...
//
// Commas and blanks separate alike and may repeat, which is how AWS reads it:
// for an access key ID with a blank before it AWS complains of the rest
// (boto/boto3 issue 2280). Of a part given twice the last one counts.
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

// nextPart splits off what is before the first comma or blank.
func nextPart(s string) (part, rest string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == ',' || c == ' ' || c == '\t' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// readCredential takes the credential apart. Slashes at its end do not count,
// as DynamoDB's front end was seen to have it (dynalite). A SigV4A credential
// has no region; its regions are in X-Amz-Region-Set.
//
// The access key ID and the region outlive the request in records of it, so they
// are copies. What is cut from a header keeps the whole header in memory.
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

// copyOfRegion shares no memory with the name that it gets. The usual region needs
// no new memory either.
func copyOfRegion(name string) string {
	if name == GlobalRegion {
		return GlobalRegion
	}
	return strings.Clone(name)
}

// sessionToken is the token of temporary credentials in a request whose
// signature is in the Authorization header. AWS takes the token from the query
// as well, where it is signed with the rest of the query.
func sessionToken(r *http.Request) string {
	if values := r.Header["X-Amz-Security-Token"]; len(values) > 0 {
		return values[0]
	}
	token, _ := queryValue(r.URL.RawQuery, "X-Amz-Security-Token")
	return token
}

// signs reports whether a header, named in lower case, is among the signed
// ones. AWS compares without regard to case (dynalite).
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
