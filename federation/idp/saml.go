package idp

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/federation/saml"
)

// Entity is the entity ID in the metadata, and the issuer of assertions if the request names no
// other.
const Entity = Issuer + "/saml"

const (
	assertionLife   = 300    // seconds; AWS takes an assertion for that long
	maxResponseText = 100000 // characters: what AssumeRoleWithSAML takes
)

// SAMLRequest describes an assertion. It must name a subject; everything else has a default or is
// left out.
type SAMLRequest struct {
	// Issuer is the issuer of the assertion; the default is Entity.
	Issuer string `json:"issuer,omitempty"`

	Subject       string `json:"subject"`
	SubjectFormat string `json:"subjectFormat,omitempty"` // a URI; persistent by default

	// Roles are the roles that may be assumed.
	Roles []SAMLRole `json:"roles,omitempty"`

	SessionName       string            `json:"sessionName,omitempty"`     // the subject by default
	SessionDuration   int64             `json:"sessionDuration,omitempty"` // seconds
	Tags              map[string]string `json:"tags,omitempty"`
	TransitiveTagKeys []string          `json:"transitiveTagKeys,omitempty"`
	SourceIdentity    string            `json:"sourceIdentity,omitempty"`

	// Attributes, by their names, are set last and override all others; an attribute without values
	// is left out.
	Attributes map[string]Texts `json:"attributes,omitempty"`

	Recipient string `json:"recipient,omitempty"` // AWS's sign-in URL by default, as is
	Audience  string `json:"audience,omitempty"`

	// ExpiresIn is the remaining life of the assertion in seconds, negative for an assertion that
	// has expired. 0 is five minutes.
	ExpiresIn int64 `json:"expiresIn,omitempty"`

	// IssuedAgo is the age of the assertion in seconds; negative for an assertion that will be
	// issued in the future.
	IssuedAgo int64 `json:"issuedAgo,omitempty"`

	// ValidIn is the number of seconds until the assertion becomes valid; 0 makes it valid when it is issued.
	ValidIn int64 `json:"validIn,omitempty"`

	// SessionExpiresIn is the number of seconds until the session must end; 0 sets no end.
	SessionExpiresIn int64 `json:"sessionExpiresIn,omitempty"`

	// Certificate, in PEM, encrypts the assertion for whoever has its RSA key.
	Certificate string `json:"certificate,omitempty"`
}

// SAMLRole is a role and the SAML provider through which it is assumed.
type SAMLRole struct {
	Role     string `json:"role"`     // an ARN, as
	Provider string `json:"provider"` // this is
}

// SAMLResponse is a response with a signed assertion, and what it says.
type SAMLResponse struct {
	Response    string           `json:"samlResponse"` // base64, as AssumeRoleWithSAML takes it
	AssertionID string           `json:"assertionId"`
	Issuer      string           `json:"issuer"`
	Subject     string           `json:"subject"`
	IssuedAt    time.Time        `json:"issuedAt"`
	ExpiresAt   time.Time        `json:"expiresAt"`
	Attributes  []saml.Attribute `json:"attributes"`
}

// SAMLMetadata returns the metadata from which a SAML provider is created, for the issuer, or for
// Entity if that is empty. signOn is the URL where the provider is asked for assertions.
func (p *Provider) SAMLMetadata(ctx context.Context, issuer, signOn string) (string, error) {
	i, err := p.samlIssuer(ctx, issuer)
	if err != nil {
		return "", err
	}
	if u, err := url.Parse(i.EntityID); err != nil || !u.IsAbs() || len(i.EntityID) > 1024 {
		return "", refused("the issuer %q is not a URI of at most 1024 characters", i.EntityID)
	}
	i.SignOnURL = signOn
	return i.Metadata()
}

func (p *Provider) samlIssuer(ctx context.Context, name string) (*saml.Issuer, error) {
	certificate, key, err := p.Certificate(ctx)
	if err != nil {
		return nil, err
	}
	return &saml.Issuer{EntityID: or(name, Entity), Key: key, Certificate: certificate.Raw, Random: p.options.Random}, nil
}

// SignSAML makes the response that the request asks for. The error is ErrRequest
// if it does not make sense.
func (p *Provider) SignSAML(ctx context.Context, r *SAMLRequest) (*SAMLResponse, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	i, err := p.samlIssuer(ctx, r.Issuer)
	if err != nil {
		return nil, err
	}
	c := r.claims("https://"+p.options.Partition.SignIn()+"/saml", p.options.Now().UTC())
	text, err := i.Respond(c)
	if err != nil {
		return nil, err
	}
	a, err := readAgain(i, c, text)
	if err != nil {
		return nil, err
	}
	if r.Certificate != "" {
		if text, err = r.encrypted(i, c); err != nil {
			return nil, err
		}
	}
	if len(text) > maxResponseText {
		return nil, refused("the response has %d characters; AWS accepts at most %d", len(text), maxResponseText)
	}
	return &SAMLResponse{
		Response: text, AssertionID: a.ID, Issuer: a.Issuer, Subject: a.Subject, IssuedAt: a.IssuedAt, ExpiresAt: a.Expiry,
		Attributes: a.Attributes,
	}, nil
}

// readAgain checks that the receiver can read the response: XML cannot hold all characters that
// JSON can, and there are limits.
func readAgain(i *saml.Issuer, c *saml.Claims, text string) (*saml.Assertion, error) {
	certificate, err := x509.ParseCertificate(i.Certificate)
	if err != nil {
		return nil, fmt.Errorf("idp: %w", err)
	}
	reader := saml.Provider{Metadata: &saml.Metadata{EntityID: i.EntityID, Certificates: []*x509.Certificate{certificate}}}
	a, err := reader.Verify(text)
	if err != nil {
		return nil, refused("such a response could not be read (%v)", err)
	}
	if a.Subject != strings.TrimSpace(c.Subject) || !slices.EqualFunc(a.Attributes, c.Attributes, sameAttribute) {
		return nil, refused("the response would be read differently; leave out the characters that XML cannot hold")
	}
	return a, nil
}

// sameAttribute compares an attribute as it was read, without the spaces around
// its values.
func sameAttribute(read, claimed saml.Attribute) bool {
	return read.Name == claimed.Name && slices.EqualFunc(read.Values, claimed.Values,
		func(a, b string) bool { return a == strings.TrimSpace(b) })
}

func (r *SAMLRequest) check() error {
	if r.Subject == "" {
		return refused("the assertion has no subject; name one in subject")
	}
	if err := checkSeconds(map[string]int64{
		"expiresIn": r.ExpiresIn, "issuedAgo": r.IssuedAgo, "validIn": r.ValidIn, "sessionExpiresIn": r.SessionExpiresIn,
		"sessionDuration": r.SessionDuration,
	}); err != nil {
		return err
	}
	for _, pair := range r.Roles {
		if pair.Role == "" || pair.Provider == "" {
			return refused("a role comes with its provider; give the ARNs of both")
		}
	}
	return checkTransitiveTags(r.Tags, r.TransitiveTagKeys)
}

func (r *SAMLRequest) claims(signIn string, now time.Time) *saml.Claims {
	in := func(seconds int64) time.Time { return now.Add(time.Duration(seconds) * time.Second) }
	c := &saml.Claims{
		Subject: r.Subject, SubjectFormat: or(r.SubjectFormat, saml.Persistent), Recipient: or(r.Recipient, signIn),
		Audience: or(r.Audience, signIn), IssuedAt: in(-r.IssuedAgo), Expiry: in(assertionLife), Attributes: r.attributes(),
	}
	if r.ExpiresIn != 0 {
		c.Expiry = in(r.ExpiresIn)
	}
	if c.NotBefore = c.IssuedAt; r.ValidIn != 0 {
		c.NotBefore = in(r.ValidIn)
	}
	if r.SessionExpiresIn != 0 {
		c.SessionExpiry = in(r.SessionExpiresIn)
	}
	return c
}

// attributes returns the attributes that AWS reads and then the others, in the order of their
// names.
func (r *SAMLRequest) attributes() []saml.Attribute {
	all := map[string]Texts{}
	for _, pair := range r.Roles {
		all[saml.AttributeRole] = append(all[saml.AttributeRole], pair.Role+","+pair.Provider)
	}
	all[saml.AttributeSessionName] = Texts{or(r.SessionName, r.Subject)}
	if r.SessionDuration != 0 {
		all[saml.AttributeSessionDuration] = Texts{strconv.FormatInt(r.SessionDuration, 10)}
	}
	for key, value := range r.Tags {
		all[saml.AttributePrincipalTag+key] = Texts{value}
	}
	if len(r.TransitiveTagKeys) > 0 {
		all[saml.AttributeTransitiveTagKeys] = r.TransitiveTagKeys
	}
	if r.SourceIdentity != "" {
		all[saml.AttributeSourceIdentity] = Texts{r.SourceIdentity}
	}
	maps.Copy(all, r.Attributes)
	list := []saml.Attribute{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if len(all[name]) > 0 {
			list = append(list, saml.Attribute{Name: name, Values: all[name]})
		}
	}
	return list
}

// encrypted makes a response with the same claims, encrypted for the holder of a key.
func (r *SAMLRequest) encrypted(i *saml.Issuer, c *saml.Claims) (string, error) {
	block, _ := pem.Decode([]byte(r.Certificate))
	if block == nil {
		return "", refused("the certificate is not in PEM")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", refused("the certificate cannot be read: %v", err)
	}
	text, err := i.RespondEncrypted(c, certificate)
	if err != nil {
		return "", refused("the certificate cannot be used for encryption: %v", err)
	}
	return text, nil
}
