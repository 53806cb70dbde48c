package seed

import (
	"bytes"
	"reflect"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// organization is always declared as a whole.
type organization struct { // the tags of these structs are for the reference in docs/seed.md
	line       int
	id         text                 `seed:"id"`
	management text                 `seed:"management,required"` // ID of the management account
	policies   []organizationPolicy `seed:"policies"`
	root       unit                 `seed:"root"`
	access
}

// organizationPolicy is an SCP or RCP.
type organizationPolicy struct {
	name        text `seed:"name,required"`
	description text `seed:"description"`
	kind        text `seed:"type,required"`     // SCP or RCP
	document    text `seed:"document,required"` // as other documents
}

// unit is an organizational unit, or the root, which has no name.
type unit struct {
	attached
	name     text     `seed:"name"`
	units    []unit   `seed:"units"`
	accounts []member `seed:"accounts"` // an account ID alone means an account with only an id
}

// member is an account of the organization.
type member struct {
	attached
	id text `seed:"id,required"`
}

// attached are the policies that are attached to a root, unit or account.
type attached struct {
	policies      []text `seed:"policies"`      // by name
	fullAWSAccess bool   `seed:"fullAWSAccess"` // true by default
}

// read reads the text of a file: YAML, or JSON of the same form, or the output of the AWS
// CLI about a real account. open reads the files that it refers to. A long text is read
// in parts and, if that fails, again as a whole, which finds the right lines of its
// faults.
func read(raw []byte, open func(name string) ([]byte, error)) (*file, error) {
	return readParts(raw, open, partSize)
}

func readParts(raw []byte, open func(name string) ([]byte, error), partSize int) (*file, error) {
	r := newReader(open, partSize)
	f := r.file(raw, len(raw) > partSize)
	if r.partial && len(raw) <= maxWhole {
		r = newReader(open, partSize)
		f = r.file(raw, false)
	}
	return f, r.err
}

func newReader(open func(name string) ([]byte, error), partSize int) *reader {
	return &reader{open: open, partSize: partSize, pending: map[*yaml.Node]*pending{}, forms: map[reflect.Type]*structForm{}}
}

func (r *reader) file(raw []byte, long bool) *file {
	f := &file{}
	switch nodes := r.documents(raw, long); {
	case r.err != nil, len(nodes) == 0:
		return f
	case areDetails(nodes):
		f = r.details(nodes)
	case len(nodes) > 1:
		r.fail(fault(nodes[1].Line, "a file has one document"))
	default:
		r.decode(nodes[0], reflect.ValueOf(f).Elem())
	}
	f.written = r.places
	r.distinct(reflect.ValueOf(f).Elem())
	if f.Organization != nil && r.err == nil {
		f.Organization.distinct(r)
	}
	return f
}

// byteOrderMark is the mark with which some editors begin files. YAML ignores it.
var byteOrderMark = []byte("\uFEFF")

// documents returns the nodes of a file. JSON is read as JSON: there may be several
// values, since the AWS CLI prints one for each page.
func (r *reader) documents(raw []byte, long bool) []*yaml.Node {
	if trimmed := bytes.TrimSpace(raw); len(trimmed) > 0 && trimmed[0] == '{' && utf8.Valid(raw) {
		if nodes, ok := r.outlinedJSON(raw); ok {
			return nodes
		}
	}
	raw = bytes.TrimPrefix(raw, byteOrderMark)
	if long {
		if n, ok := r.outlined(raw); ok {
			return []*yaml.Node{n}
		}
	}
	if len(raw) > maxWhole {
		r.fail(tooLong(span{end: len(raw), line: 1}))
		return nil
	}
	var top yaml.Node
	if err := yaml.Unmarshal(raw, &top); err != nil {
		r.fail(notYAML(raw, err))
		return nil
	}
	r.count(&top, 1)
	return top.Content
}

func (o *organization) read(m *mapping, n *yaml.Node, _ string) { *o = *m.organization(n) }

func (r *reader) organization(n *yaml.Node) *organization {
	m := r.mapping(n, "the organization")
	o := &organization{line: m.line, id: m.text("id"), management: m.accountID("management")}
	if o.id.given() && !organizationPattern.MatchString(o.id.value) {
		r.fail(fault(o.id.line, "id %q must be o- and 10 to 32 lower-case letters and digits", o.id.value))
	}
	for n := range m.list("policies").each {
		p := r.mapping(n, "a policy of the organization")
		x := organizationPolicy{name: p.required("name"), description: p.text("description"), kind: p.required("type"),
			document: p.documentOf("document")}
		r.oneOf("type", x.kind, "SCP", "RCP")
		o.policies = append(o.policies, x)
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

// maxUnitDepth is the maximum depth of nested units.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const maxUnitDepth = 5

func (r *reader) unit(n *yaml.Node, what string, depth int) unit {
	if depth > maxUnitDepth {
		r.fail(fault(n.Line, "units are nested more than %d deep", maxUnitDepth))
		return unit{}
	}
	m := r.mapping(n, what)
	u := unit{attached: m.attached()}
	if what != "the root" {
		u.name = m.required("name")
		m.bounded(u.name, 128)
	}
	for n := range m.list("units").each {
		u.units = append(u.units, r.unit(n, "a unit", depth+1))
	}
	for n := range m.list("accounts").each {
		u.accounts = append(u.accounts, r.member(n))
	}
	m.end()
	return u
}

// member reads an account's ID, or a mapping that has it.
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
