package idp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/principal"
)

// Claims of AWS in the tokens of any issuer.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
const (
	tagsClaim           = "https://aws.amazon.com/tags"
	sourceIdentityClaim = "https://aws.amazon.com/source_identity"
	rolesClaim          = "https://aws.amazon.com/roles"
)

const (
	defaultAudience = "sts.amazonaws.com"
	defaultLife     = 3600                  // seconds
	maxOffset       = 100 * 365 * 24 * 3600 // seconds that a date may be away from now
	maxTokenSize    = 20000                 // characters: what AssumeRoleWithWebIdentity takes
)

// ErrRequest is returned when a request does not make sense. The message of the error that matches
// it is a sentence for the client, and says what to change.
var ErrRequest = errors.New("idp: the request does not make sense")

// requestError is an ErrRequest.
type requestError struct{ sentence string }

func (e *requestError) Error() string { return e.sentence }

// Is reports that every requestError is an ErrRequest.
func (e *requestError) Is(target error) bool { return target == ErrRequest }

func refused(format string, args ...any) error {
	return &requestError{fmt.Sprintf(format, args...)}
}

// Request describes a token. It must name a subject, or a shape that has one; everything else has a
// default.
type Request struct {
	// Issuer is the issuer of the token, which for AWS must begin with https://. The default is
	// that of the shape, or else Issuer of this package.
	Issuer   string `json:"issuer,omitempty"`
	Subject  string `json:"subject,omitempty"`
	Audience Texts  `json:"audience,omitempty"` // sts.amazonaws.com by default

	// ExpiresIn is the remaining life of the token in seconds, negative for a token that has
	// expired. 0 is the shape's default, or an hour.
	ExpiresIn int64 `json:"expiresIn,omitempty"`

	// IssuedAgo is the age of the token in seconds; negative for a token that will be issued in the
	// future.
	IssuedAgo int64 `json:"issuedAgo,omitempty"`

	Algorithm string `json:"algorithm,omitempty"` // one of Algorithms; RS256 by default

	// Tags are session tags, TransitiveTagKeys the keys of those that are transitive.
	Tags              map[string]string `json:"tags,omitempty"`
	TransitiveTagKeys []string          `json:"transitiveTagKeys,omitempty"`
	SourceIdentity    string            `json:"sourceIdentity,omitempty"`
	Roles             []string          `json:"roles,omitempty"` // the ARNs of the roles that may be assumed

	// Claims are set last and override all others; a claim whose value is nil is left out of the token.
	Claims Claims `json:"claims,omitempty"`

	// At most one shape, which fills in what another issuer's tokens say.
	GitHub  *GitHub  `json:"github,omitempty"`
	EKS     *EKS     `json:"eks,omitempty"`
	Cognito *Cognito `json:"cognito,omitempty"`

	// IdentityCenter makes the token a context assertion for AssumeRole.
	IdentityCenter *IdentityCenter `json:"identityCenter,omitempty"`
}

// Claims are the claims of a token, by name.
type Claims map[string]any

// UnmarshalJSON keeps numbers as they are written.
func (c *Claims) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		return err
	}
	*c = m
	return nil
}

// Texts is one string or a list of them, in JSON as in Go.
type Texts []string

// MarshalJSON writes a single string as a string.
func (t Texts) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// UnmarshalJSON reads either form.
func (t *Texts) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = Texts{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(t))
}

// shape is what a shape says about a token.
type shape struct {
	issuer, subject, algorithm string
	audience                   any  // the default
	list                       bool // the audience is a list even if there is only one
	life                       int64
	early                      int64 // seconds by which nbf is before iat; negative for none
	claims                     Claims
}

// shaped returns the shape of the request.
func (r *Request) shaped(p principal.Partition) (*shape, error) {
	var found []interface {
		shape(principal.Partition) (*shape, error)
	}
	if r.GitHub != nil {
		found = append(found, r.GitHub)
	}
	if r.EKS != nil {
		found = append(found, r.EKS)
	}
	if r.Cognito != nil {
		found = append(found, r.Cognito)
	}
	if r.IdentityCenter != nil {
		found = append(found, r.IdentityCenter)
	}
	switch len(found) {
	case 0:
		return &shape{early: -1}, nil
	case 1:
		return found[0].shape(p)
	}
	return nil, refused("a token has only one shape; ask for one of github, eks, cognito and identityCenter")
}

// claims makes the claims of the token and returns the algorithm that signs it.
func (r *Request) claims(p principal.Partition, now time.Time, id string) (Claims, string, error) {
	s, err := r.shaped(p)
	if err != nil {
		return nil, "", err
	}
	issued := now.Unix() - r.IssuedAgo
	c := Claims{
		"iss": or(r.Issuer, s.issuer, Issuer), "sub": or(r.Subject, s.subject), "aud": r.audience(s), "jti": id,
		"iat": issued, "exp": now.Unix() + r.life(s),
	}
	if s.early >= 0 {
		c["nbf"] = issued - s.early
	}
	if err := r.check(c); err != nil {
		return nil, "", err
	}
	maps.Copy(c, s.claims)
	if r.IdentityCenter != nil {
		c["identitycenter:CredentialId"] = id
	}
	r.forAWS(c)
	maps.Copy(c, r.Claims)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c, or(r.Algorithm, s.algorithm, Algorithms()[0]), nil
}

func (r *Request) check(c Claims) error {
	if _, given := r.Claims["sub"]; c["sub"] == "" && !given {
		return refused("the token has no subject; name one in subject")
	}
	if err := checkSeconds(map[string]int64{"expiresIn": r.ExpiresIn, "issuedAgo": r.IssuedAgo}); err != nil {
		return err
	}
	if _, ok := kindOf(r.Algorithm); !ok && r.Algorithm != "" {
		return refused("there is no algorithm %q; use one of %s", r.Algorithm, strings.Join(Algorithms(), ", "))
	}
	return checkTransitiveTags(r.Tags, r.TransitiveTagKeys)
}

// checkSeconds refuses members that are too many seconds.
func checkSeconds(members map[string]int64) error {
	for name, seconds := range members {
		if seconds > maxOffset || seconds < -maxOffset {
			return refused("%s is more than a hundred years; give seconds", name)
		}
	}
	return nil
}

// checkTransitiveTags refuses a transitive tag that is not among the tags.
func checkTransitiveTags(tags map[string]string, transitive []string) error {
	for _, key := range transitive {
		if _, ok := tags[key]; !ok {
			return refused("the transitive tag %q is not among the tags; add it to tags", key)
		}
	}
	return nil
}

// forAWS sets the claims that AWS reads.
func (r *Request) forAWS(c Claims) {
	if len(r.Tags) > 0 {
		tags := map[string]any{}
		for key, value := range r.Tags {
			tags[key] = []string{value}
		}
		claim := map[string]any{"principal_tags": tags}
		if len(r.TransitiveTagKeys) > 0 {
			claim["transitive_tag_keys"] = slices.Clone(r.TransitiveTagKeys)
		}
		c[tagsClaim] = claim
	}
	if r.SourceIdentity != "" {
		c[sourceIdentityClaim] = r.SourceIdentity
	}
	if len(r.Roles) > 0 {
		c[rolesClaim] = slices.Clone(r.Roles)
	}
}

func (r *Request) audience(s *shape) any {
	list := []string(r.Audience)
	if len(list) == 0 {
		if s.audience != nil {
			return s.audience
		}
		list = []string{defaultAudience}
	}
	if s.list {
		return list
	}
	return Texts(list)
}

func (r *Request) life(s *shape) int64 {
	switch {
	case r.ExpiresIn != 0:
		return r.ExpiresIn
	case s.life != 0:
		return s.life
	}
	return defaultLife
}

// or returns the first string that is not empty.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
