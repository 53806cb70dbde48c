package seed

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-iam/understudy/principal"
)

// The patterns and lengths are those of the API model; a test compares them by names. In
// an alias no hyphen follows another.
var (
	namePattern         = regexp.MustCompile(`^[\w+=,.@-]+$`)
	pathPattern         = regexp.MustCompile("^(/|/[\x21-\x7f]+/)$")
	tagPattern          = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	aliasPattern        = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	samlNamePattern     = regexp.MustCompile(`^[\w._-]+$`)
	idPattern           = regexp.MustCompile(`^[A-Z0-9]{16,128}$`)
	organizationPattern = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
)

// Maximum lengths of names by kind, and of other members.
const (
	maxName     = 128
	maxUserName = 64 // of users and roles
	maxPath     = 512
	minAlias    = 3
	maxAlias    = 63
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	maxDocument = 131072

	sealingKeySize = 32
)

func (m *mapping) accountID(name string) text {
	t := m.required(name)
	m.validAccount(t)
	return t
}

func (r *reader) validAccount(t text) {
	if !principal.ValidAccountID(t.value) {
		r.fail(fault(t.line, "account ID %q must have 12 digits; put it in quotes", t.value))
	}
}

// name checks a name. Names of users and roles have a lower maximum than others.
func (m *mapping) name(t text, limit int) {
	if !namePattern.MatchString(t.value) {
		m.fail(fault(t.line, "name %q may have letters, digits and +=,.@_- only", t.value))
	}
	m.bounded(t, limit)
}

func (m *mapping) bounded(t text, limit int) {
	if utf8.RuneCountInString(t.value) > limit {
		m.fail(fault(t.line, "the string has more than %d characters; shorten it", limit))
	}
}

func (m *mapping) path(t text) {
	if t.given() && (!pathPattern.MatchString(t.value) || len(t.value) > maxPath) {
		m.fail(fault(t.line, "path %q must begin and end with a slash", t.value))
	}
}

func (m *mapping) tags(list texts) {
	if len(list) > maxTags {
		m.fail(fault(list[maxTags].name.line, "there are %d tags; AWS allows at most %d", len(list), maxTags))
		return
	}
	for _, t := range list {
		if t.name.value == "" || !tagPattern.MatchString(t.name.value) || !tagPattern.MatchString(t.value.value) {
			m.fail(fault(t.name.line, "tag %q has characters in its key or value that AWS does not accept", t.name.value))
		}
		m.bounded(t.name, maxTagKey)
		m.bounded(t.value, maxTagValue)
	}
}

// oneOf refuses a string that is not one of the words. It may be left out.
func (r *reader) oneOf(name string, t text, words ...string) {
	if t.given() && !slices.Contains(words, t.value) {
		r.fail(unknownWord(t, name, words))
	}
}

// uniqueID refuses an ID that does not have the form of AWS's IDs. It may be left out.
func (m *mapping) uniqueID(t text, prefix string) {
	if t.given() && (!strings.HasPrefix(t.value, prefix) || !idPattern.MatchString(t.value)) {
		m.fail(fault(t.line, "id %q must be %s and 12 to 124 capital letters and digits", t.value, prefix))
	}
}

// status refuses a status that a credential cannot have.
func (m *mapping) status(t text) { m.oneOf("status", t, "Active", "Inactive") }

func (a *account) check(m *mapping) {
	m.validAccount(a.ID)
	if a.Alias.given() && (!aliasPattern.MatchString(a.Alias.value) || len(a.Alias.value) < minAlias || len(a.Alias.value) > maxAlias) {
		m.fail(fault(a.Alias.line, "alias %q must have 3 to 63 lower-case letters, digits and single hyphens between them", a.Alias.value))
	}
	m.oneOf("globalEndpointTokenVersion", a.TokenVersion, "v1Token", "v2Token")
	if n := len(a.SealingKey.value); a.SealingKey.given() && n != sealingKeySize {
		m.fail(fault(a.SealingKey.line, "sealingKey has %d bytes, not %d", n, sealingKeySize))
	}
}

func (p *passwordPolicy) check(m *mapping) {
	for _, x := range []struct {
		name       string
		n          number
		least, max int64
	}{
		{"minimumPasswordLength", p.MinimumLength, 6, 128}, {"maxPasswordAge", p.MaxAge, 1, 1095},
		{"passwordReusePrevention", p.Reuse, 1, 24},
	} {
		if x.n.given() && (x.n.value < x.least || x.n.value > x.max) {
			m.fail(fault(x.n.line, "%s %d is not from %d to %d", x.name, x.n.value, x.least, x.max))
		}
	}
}

func (p *policy) check(m *mapping) {
	m.name(p.Name, maxName)
	m.path(p.Path)
	m.tags(p.Tags)
	m.uniqueID(p.ID, principal.PolicyIDPrefix)
	m.bounded(p.Description, 1000)
	switch {
	case !p.Document.given() && len(p.Versions) == 0:
		m.fail(fault(m.line, "a policy needs document"))
	case p.Document.given() && len(p.Versions) > 0:
		m.fail(fault(m.line, "a policy has document or versions, not both"))
	case len(p.Versions) > 0:
		m.versions(p)
	}
}

func (m *mapping) versions(p *policy) {
	defaults, last := 0, 0
	for _, v := range p.Versions {
		n := v.number()
		if n <= last {
			m.fail(fault(v.ID.line, "version %q is not v and a number that is greater than the one before", v.ID.value))
		}
		last = n
		if v.Default.value {
			defaults++
		}
	}
	if defaults != 1 {
		m.fail(fault(p.Line, "policy %s has %d default versions, not one", p.Name.value, defaults))
	}
	if p.LastVersion.given() && p.LastVersion.value < int64(last) {
		m.fail(fault(p.LastVersion.line, "lastVersion %d is less than %d", p.LastVersion.value, last))
	}
}

// checkIdentity checks the members that name a user, group or role. prefix begins its ID.
func (x *identity) checkIdentity(m *mapping, limit int, prefix string) {
	if x.Name.value == "" {
		m.fail(fault(m.line, "%s needs name", m.what))
		return
	}
	m.name(x.Name, limit)
	m.path(x.Path)
	m.uniqueID(x.ID, prefix)
}

func (p *permissions) checkInline(m *mapping) {
	for _, i := range p.Inline {
		m.name(i.name, maxName)
	}
}

func (g *group) check(m *mapping) {
	g.checkIdentity(m, maxName, principal.GroupIDPrefix)
	g.checkInline(m)
}

func (u *user) check(m *mapping) {
	u.checkIdentity(m, maxUserName, principal.UserIDPrefix)
	u.checkInline(m)
	m.tags(u.Tags)
}

func (r *role) check(m *mapping) {
	r.checkInline(m)
	m.tags(r.Tags)
	m.bounded(r.Description, 1000)
	if d := r.MaxSessionDuration; d.given() && (d.value < 3600 || d.value > 43200) {
		m.fail(fault(m.line, "maxSessionDuration %d is not from 3600 to 43200 seconds", d.value))
	}
	if !r.Trust.given() && (r.Service.given() || r.Template != nil) {
		if r.Name.given() || r.Path.given() {
			m.fail(fault(m.line, "service or template gives a role its name and path; leave name and path out"))
		}
		return
	}
	r.checkIdentity(m, maxUserName, principal.RoleIDPrefix)
	if !r.Trust.given() {
		m.fail(fault(m.line, "a role needs trust"))
	}
	if r.Service.given() || r.Suffix.given() {
		m.fail(fault(m.line, "a role has service or trust, not both"))
	}
}

func (k *accessKey) check(m *mapping) {
	m.bounded(k.Secret, 128)
	m.status(k.Status)
	if k.Secret.value == "" && !k.ID.given() {
		m.fail(fault(m.line, "an access key needs secret"))
	}
}

func (k *sshPublicKey) check(m *mapping) { m.status(k.Status) }

func (c *signingCertificate) check(m *mapping) { m.status(c.Status) }

func (c *serviceCredential) check(m *mapping) { m.status(c.Status) }

func (p *loginProfile) check(m *mapping) {
	m.bounded(p.Password, 128)
	if len(p.Hashes) > 0 != p.Salt.given() || p.Password.given() && p.Salt.given() {
		m.fail(fault(m.line, "a login profile has password, or salt and hashes"))
	}
}

func (p *instanceProfile) check(m *mapping) {
	p.checkIdentity(m, maxName, principal.ProfileIDPrefix)
	m.tags(p.Tags)
}

func (p *oidcProvider) check(m *mapping) {
	m.tags(p.Tags)
	for _, t := range p.Thumbprints {
		if len(t.value) != 40 {
			m.fail(fault(t.line, "thumbprint %q must have 40 hexadecimal digits", t.value))
		}
	}
}

// maxContextKeys is the maximum number of key definitions of a context provider, and
// maxContextKey the maximum number of characters of a key.
const maxContextKeys, maxContextKey = 10, 128

func (p *contextProvider) check(m *mapping) {
	for _, t := range []text{p.SubjectSource, p.SubjectTypeFrom, p.SubjectType} {
		m.bounded(t, maxContextKey)
	}
	if n := len(p.KeyDefinitions); n > maxContextKeys {
		m.fail(fault(p.Line, "contextProvider has %d key definitions, and may have %d", n, maxContextKeys))
	}
}

func (k *contextKey) check(m *mapping) {
	m.bounded(k.Source, maxContextKey)
	m.bounded(k.Target, maxContextKey)
}

func (p *samlProvider) check(m *mapping) {
	m.tags(p.Tags)
	if !samlNamePattern.MatchString(p.Name.value) {
		m.fail(fault(p.Name.line, "name %q may have letters, digits and ._- only", p.Name.value))
	}
	m.bounded(p.Name, maxName)
	m.oneOf("assertionEncryptionMode", p.Encryption, "Required", "Allowed")
}

func (c *serverCertificate) check(m *mapping) {
	named := identity{Name: c.Name, Path: c.Path, ID: c.ID}
	named.checkIdentity(m, maxName, principal.CertificateIDPrefix)
	m.tags(c.Tags)
}

func (d *mfaDevice) check(m *mapping) {
	m.tags(d.Tags)
	kinds := 0
	for _, t := range []text{d.Name, d.Serial, d.SecurityKey} {
		if t.given() {
			kinds++
		}
	}
	if kinds != 1 {
		m.fail(fault(m.line, "an MFA device has one of name, serial and securityKey"))
	}
	if d.Name.given() {
		m.name(d.Name, maxName)
		m.path(d.Path)
	}
	if d.User.given() && d.Root.value {
		m.fail(fault(m.line, "an MFA device belongs to a user or to root, not to both"))
	}
}
