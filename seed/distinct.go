package seed

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/persistence"
)

// keyed is implemented by elements of lists that have names. No two elements of a list
// may have the same name; a name that is left out does not count.
type keyed interface{ keys() []text }

func (a account) keys() []text             { return []text{a.ID} }
func (k tokenKey) keys() []text            { return []text{k.ID} }
func (k idpKey) keys() []text              { return []text{k.Kind} }
func (p policy) keys() []text              { return []text{folded(p.Name)} }
func (v version) keys() []text             { return []text{v.ID} }
func (x identity) keys() []text            { return []text{folded(x.Name)} }
func (k accessKey) keys() []text           { return []text{k.ID} }
func (k sshPublicKey) keys() []text        { return []text{k.ID} }
func (c serviceCredential) keys() []text   { return []text{c.ID} }
func (p oidcProvider) keys() []text        { return []text{p.URL} }
func (p samlProvider) keys() []text        { return []text{p.Name} }
func (k samlKey) keys() []text             { return []text{k.ID} }
func (c serverCertificate) keys() []text   { return []text{folded(c.Name)} }
func (t delegationTemplate) keys() []text  { return []text{t.Name} }
func (x delegationRequest) keys() []text   { return []text{x.ID, x.WorkflowID} }
func (p delegationParameter) keys() []text { return []text{p.Name} }

// folded is a name of IAM, compared without regard to case.
func folded(t text) text { return text{persistence.Fold(t.value), t.line} }

// keys of a role: a file names the role of a service only by the service.
func (r role) keys() []text {
	if r.Name.given() || !r.Service.given() {
		return r.identity.keys()
	}
	return []text{{r.Service.value + " " + r.Suffix.value, r.Service.line}}
}

// keys of a device: virtual devices of the same name can have different paths.
func (d mfaDevice) keys() []text {
	name := d.Name
	if name.given() && d.Path.given() {
		name.value = d.Path.value + name.value
	} else if name.given() {
		name.value = "/" + name.value
	}
	return []text{name, d.Serial, d.SecurityKey}
}

// declared are the names of a list's elements that have been read.
type declared map[declaredKey]int // the line of the first

type declaredKey struct {
	name string
	kind int // its place among the keys of an element
}

// add notes the names of an element, and refuses one that another element has. what is
// the element's kind, such as "a user".
func (d declared) add(r *reader, what string, names ...text) {
	for kind, n := range names {
		if n.value == "" {
			continue
		}
		key := declaredKey{n.value, kind}
		if first, again := d[key]; again {
			_, noun, _ := strings.Cut(what, " ")
			r.fail(fault(n.line, "%s %q is declared twice, first in line %d; keep one of them, with all that it should have", noun,
				n.value, first))
			return
		}
		d[key] = n.line
	}
}

// distinct refuses a list of the form that has the same thing twice, at any depth.
func (r *reader) distinct(s reflect.Value) {
	t := r.form(s.Type())
	for i := range t.fields {
		f := &t.fields[i]
		switch v := s.FieldByIndex(f.index); f.holds {
		case aStruct:
			if !v.IsNil() {
				r.distinct(v.Elem())
			}
		case structs:
			r.distinctStructs(v)
		case texted:
			if f.options != repeats {
				r.distinctTexts(t.names[i], v.Interface().([]text))
			}
		}
	}
}

func (r *reader) distinctStructs(list reflect.Value) {
	seen := declared{}
	for i := range list.Len() {
		v := list.Index(i)
		element := v.Addr().Interface().(nouned)
		if k, ok := element.(keyed); ok && list.Len() > 1 {
			seen.add(r, element.noun(), k.keys()...)
		}
		if r.err != nil {
			return
		}
		r.distinct(v)
	}
}

func (r *reader) distinctTexts(what string, list []text) {
	if len(list) < 2 {
		return
	}
	lines := make(map[string]int, len(list))
	for _, t := range list {
		if first, again := lines[t.value]; again {
			r.fail(fault(t.line, "%s has %q twice, first in line %d; take one of them out", what, t.value, first))
			return
		}
		lines[t.value] = t.line
	}
}

// distinct does the same for the organization, which is not a struct of the form.
func (o *organization) distinct(r *reader) {
	policies := declared{}
	for _, p := range o.policies {
		policies.add(r, "a policy of the organization", p.name)
	}
	r.distinctTexts("administrators", o.administrators)
	r.distinctTexts("rootFeatures", o.rootFeatures)
	o.root.distinct(r, declared{})
}

func (u *unit) distinct(r *reader, accounts declared) {
	r.distinctTexts("policies", u.policies)
	for _, a := range u.accounts {
		accounts.add(r, "an account of the organization", a.id)
		r.distinctTexts("policies", a.policies)
	}
	units := declared{}
	for i := range u.units {
		units.add(r, "a unit", u.units[i].name)
		u.units[i].distinct(r, accounts)
	}
}

// distinctNames refuses a mapping that has a name twice.
func (r *reader) distinctNames(n *yaml.Node, what string) {
	all := n.Content[:len(n.Content)&^1]
	if len(all) > 2*fewMembers {
		lines := make(map[string]int, len(all)/2)
		for i := 0; i < len(all); i += 2 {
			if first, again := lines[all[i].Value]; again {
				r.fail(namedTwice(all[i], what, first))
			}
			lines[all[i].Value] = all[i].Line
		}
		return
	}
	for i := 2; i < len(all); i += 2 {
		for j := 0; j < i; j += 2 {
			if all[i].Value == all[j].Value {
				r.fail(namedTwice(all[i], what, all[j].Line))
			}
		}
	}
}

func namedTwice(n *yaml.Node, what string, first int) error {
	return fault(n.Line, "%s has %q twice, first in line %d; take one of them out", what, n.Value, first)
}
