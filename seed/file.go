package seed

import (
	"regexp"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/principal"
)

// file is what a file declares.
type file struct {
	name         string // what errors call it
	accounts     []account
	organization *organization
}

type account struct {
	id       text
	alias    text
	policies []policy
	groups   []identity
	users    []identity
	roles    []identity
}

type policy struct {
	name, path, description, document text
	tags                              []named
}

// identity is a user, group or role.
type identity struct {
	kind       string // "user", "group" or "role"
	name, path text
	policies   []text // attached ones, by ARN or name
	inline     []named
	tags       []named // of users and roles
	boundary   text

	groups []text // of a user
	keys   []accessKey

	trust, description text // of a role
	duration           int32
	hasDuration        bool
}

type accessKey struct {
	line       int
	id, secret text
}

// organization is declared whole.
type organization struct {
	line       int
	id         text
	management text
	policies   []policy
	kinds      []text // of policies: SCP or RCP
	root       unit
	access
}

// unit is an organizational unit, or the root.
type unit struct {
	attached
	name     text
	units    []unit
	accounts []member
}

type member struct {
	attached
	id text
}

// attached are the policies of a root, unit or account.
type attached struct {
	policies      []text // by name
	fullAWSAccess bool
}

// read reads a file.
func read(raw []byte) (*file, error) {
	var top yaml.Node
	if err := yaml.Unmarshal(raw, &top); err != nil {
		return nil, notYAML(err)
	}
	f := &file{}
	if len(top.Content) == 0 {
		return f, nil
	}
	r := &reader{}
	m := r.mapping(top.Content[0], "the file")
	for _, n := range m.list("accounts") {
		f.accounts = append(f.accounts, r.account(n))
	}
	if n := m.member("organization"); n != nil {
		f.organization = r.organization(n)
	}
	m.end()
	r.distinct(f)
	return f, r.err
}

// distinct refuses an account that is declared twice.
func (r *reader) distinct(f *file) {
	seen := map[string]bool{}
	for _, a := range f.accounts {
		if seen[a.id.value] {
			r.fail(fault(a.id.line, "account %s is declared twice", a.id.value))
		}
		seen[a.id.value] = true
	}
}

func (r *reader) account(n *yaml.Node) account {
	m := r.mapping(n, "an account")
	a := account{id: m.accountID("id"), alias: m.text("alias")}
	if a.alias.given() && (!aliasPattern.MatchString(a.alias.value) || len(a.alias.value) > 63) {
		r.fail(fault(a.alias.line, "alias %q must have 3 to 63 lower-case letters, digits and hyphens", a.alias.value))
	}
	for _, n := range m.list("policies") {
		a.policies = append(a.policies, r.policy(n))
	}
	for _, n := range m.list("groups") {
		a.groups = append(a.groups, r.identity(n, "group"))
	}
	for _, n := range m.list("users") {
		a.users = append(a.users, r.identity(n, "user"))
	}
	for _, n := range m.list("roles") {
		a.roles = append(a.roles, r.identity(n, "role"))
	}
	m.end()
	return a
}

func (r *reader) policy(n *yaml.Node) policy {
	m := r.mapping(n, "a policy")
	p := policy{name: m.nameOf("name"), path: m.path(), description: m.text("description"), document: m.documentOf("document"), tags: m.tags()}
	if !p.document.given() {
		r.fail(fault(m.line, "a policy needs document"))
	}
	m.bounded(p.description, 1000)
	m.end()
	return p
}

func (r *reader) identity(n *yaml.Node, kind string) identity {
	m := r.mapping(n, "a "+kind)
	x := identity{kind: kind, name: m.nameOf("name"), path: m.path(), policies: m.texts("policies"), inline: m.pairs("inline", m.document)}
	for _, p := range x.inline {
		m.name(p.name)
	}
	if kind != "group" {
		x.tags, x.boundary = m.tags(), m.text("boundary")
	}
	switch kind {
	case "user":
		x.groups = m.texts("groups")
		for _, n := range m.list("accessKeys") {
			x.keys = append(x.keys, r.accessKey(n))
		}
	case "role":
		x.trust, x.description = m.documentOf("trust"), m.text("description")
		if !x.trust.given() {
			r.fail(fault(m.line, "a role needs trust"))
		}
		m.bounded(x.description, 1000)
		if x.duration, x.hasDuration = m.number("maxSessionDuration"); x.hasDuration && (x.duration < 3600 || x.duration > 43200) {
			r.fail(fault(m.line, "maxSessionDuration %d is not from 3600 to 43200 seconds", x.duration))
		}
	}
	m.end()
	return x
}

func (r *reader) accessKey(n *yaml.Node) accessKey {
	m := r.mapping(n, "an access key")
	k := accessKey{line: m.line, id: m.text("id"), secret: m.required("secret")}
	m.bounded(k.secret, 128)
	m.end()
	return k
}

func (r *reader) organization(n *yaml.Node) *organization {
	m := r.mapping(n, "the organization")
	o := &organization{line: m.line, id: m.text("id"), management: m.accountID("management")}
	if o.id.given() && !organizationPattern.MatchString(o.id.value) {
		r.fail(fault(o.id.line, "id %q must be o- and 10 to 32 lower-case letters and digits", o.id.value))
	}
	for _, n := range m.list("policies") {
		p := r.mapping(n, "a policy of the organization")
		o.policies = append(o.policies, policy{name: p.required("name"), description: p.text("description"), document: p.documentOf("document")})
		kind := p.required("type")
		if kind.value != "SCP" && kind.value != "RCP" {
			r.fail(fault(p.line, "type %q is neither SCP nor RCP", kind.value))
		}
		o.kinds = append(o.kinds, kind)
		p.end()
	}
	o.access = m.access()
	if n := m.member("root"); n != nil {
		o.root = r.unit(n, "the root", 0)
	} else {
		o.root.fullAWSAccess = true
	}
	m.end()
	return o
}

// maxUnitDepth is how deep units may stand in units.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const maxUnitDepth = 5

func (r *reader) unit(n *yaml.Node, what string, depth int) unit {
	if depth > maxUnitDepth {
		r.fail(fault(n.Line, "units stand in units more than %d deep", maxUnitDepth))
		return unit{}
	}
	m := r.mapping(n, what)
	u := unit{attached: m.attached()}
	if what != "the root" {
		u.name = m.required("name")
		m.bounded(u.name, 128)
	}
	for _, n := range m.list("units") {
		u.units = append(u.units, r.unit(n, "a unit", depth+1))
	}
	for _, n := range m.list("accounts") {
		u.accounts = append(u.accounts, r.member(n))
	}
	m.end()
	return u
}

// member is an account's ID, or a mapping with it.
func (r *reader) member(n *yaml.Node) member {
	if n = follow(n); n.Kind == yaml.ScalarNode {
		a := member{id: text{n.Value, n.Line}, attached: attached{fullAWSAccess: true}}
		r.validAccount(a.id)
		return a
	}
	m := r.mapping(n, "an account")
	a := member{attached: m.attached(), id: m.accountID("id")}
	m.end()
	return a
}

func (m *mapping) attached() attached {
	return attached{policies: m.texts("policies"), fullAWSAccess: m.yes("fullAWSAccess")}
}

// The patterns and lengths are those of the API's model, which a test compares.
var (
	namePattern         = regexp.MustCompile(`^[\w+=,.@-]+$`)
	pathPattern         = regexp.MustCompile("^(/|/[\x21-\x7f]+/)$")
	tagPattern          = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	aliasPattern        = regexp.MustCompile(`^[a-z0-9]([a-z0-9]|-[^-])*[a-z0-9]$`)
	organizationPattern = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
)

// Lengths of names by kind, and of what else has one.
const (
	maxName     = 128
	maxUserName = 64 // of users and roles
	maxPath     = 512
	maxTagKey   = 128
	maxTagValue = 256
	maxDocument = 131072
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

func (m *mapping) nameOf(member string) text {
	t := m.required(member)
	m.name(t)
	return t
}

func (m *mapping) name(t text) {
	limit := maxName
	if m.what == "a user" || m.what == "a role" {
		limit = maxUserName
	}
	if !namePattern.MatchString(t.value) {
		m.fail(fault(t.line, "name %q may have letters, digits and +=,.@_- only", t.value))
	}
	m.bounded(t, limit)
}

func (m *mapping) bounded(t text, limit int) {
	if utf8.RuneCountInString(t.value) > limit {
		m.fail(fault(t.line, "a text of more than %d characters", limit))
	}
}

func (m *mapping) path() text {
	t := m.text("path")
	if t.given() && (!pathPattern.MatchString(t.value) || len(t.value) > maxPath) {
		m.fail(fault(t.line, "path %q must begin and end with a slash", t.value))
	}
	return t
}

func (m *mapping) tags() []named {
	list := m.pairs("tags", m.scalar)
	for _, t := range list {
		if t.name.value == "" || !tagPattern.MatchString(t.name.value) || !tagPattern.MatchString(t.value.value) {
			m.fail(fault(t.name.line, "tag %q has a key or a value with characters that AWS does not take", t.name.value))
		}
		m.bounded(t.name, maxTagKey)
		m.bounded(t.value, maxTagValue)
	}
	return list
}
