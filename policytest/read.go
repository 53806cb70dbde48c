package policytest

import (
	"errors"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// maxSize is how long a file of tests may be, in bytes.
const maxSize = 32 << 20

// Read reads a file of tests; name is what faults call it. The error is a *Fault. Whether
// the principals and files exist that it names is found out by Run.
func Read(name string, source []byte) (*File, error) {
	r := &reader{}
	f := &File{name: name}
	if len(source) > maxSize {
		return nil, &Fault{File: name, Reason: "it is larger than 32 MiB; split it into several files"}
	}
	var top yaml.Node
	if err := yaml.Unmarshal(source, &top); err != nil {
		r.fail(notYAML(err))
	} else if len(top.Content) != 1 || isNull(top.Content[0]) {
		r.fail(Place{}.fault("it is empty; it needs a state, and rows such as allow: [{principal: alice, action: s3:GetObject}]"))
	} else {
		r.file(f, top.Content[0])
	}
	if r.fault != nil {
		r.fault.File = name
		return nil, r.fault
	}
	return f, nil
}

func (r *reader) file(f *File, n *yaml.Node) {
	m := r.mapping(n, "the file")
	if n := m.member("state"); n != nil {
		f.state = r.state(n)
	} else {
		r.fail(m.at.fault("the file needs state, such as state: seed.yaml"))
	}
	f.account, f.partition = m.text("account"), m.text("partition")
	r.checkAccount("account", f.account)
	if _, err := principal.ParsePartition(f.partition.value); f.partition.given() && err != nil {
		r.fail(f.partition.at.fault("partition: %v", err))
	}
	if t := m.text("time"); t.given() {
		f.at = r.time(t)
	}
	if n := m.member("context"); n != nil {
		f.context = r.keys(n)
	}
	f.unknown = m.flag("unknown-actions")
	for _, e := range []Expectation{Allow, Deny, NobodyBut, NothingNew} {
		for _, n := range m.list(string(e)) {
			f.specs = append(f.specs, r.spec(e, n))
		}
	}
	m.end()
	if r.fault == nil && len(f.specs) == 0 {
		r.fail(m.at.fault("the file has no rows; it may have allow, deny, nobody-but and grants-nothing-new-over"))
	}
}

func (r *reader) time(t text) time.Time {
	at, err := time.Parse(time.RFC3339, t.value)
	if err != nil {
		r.fail(t.at.fault("time %q is not a time such as 2026-03-01T12:00:00Z", t.value))
	}
	return at
}

func (r *reader) checkAccount(name string, t text) {
	if t.given() && !principal.ValidAccountID(t.value) {
		r.fail(t.at.fault("%s %q is not the ID of an account; give its 12 digits, in quotation marks", name, t.value))
	}
}

// list takes a list, which is empty if it is not given.
func (m *mapping) list(name string) []*yaml.Node {
	n := m.member(name)
	switch {
	case n == nil:
		return nil
	case follow(n).Kind != yaml.SequenceNode:
		m.fail(placeOf(n).fault("%s must be a list", name))
		return nil
	}
	return follow(n).Content
}

// state reads the name of a file, a list of names, or a mapping.
func (r *reader) state(n *yaml.Node) state {
	s := state{at: placeOf(n)}
	if follow(n).Kind != yaml.MappingNode {
		s.files = r.oneOrMore(n, "state")
		return s
	}
	m := r.mapping(n, "state")
	s.files, s.seed = m.texts("files"), m.member("seed")
	if n := m.member("policies"); n != nil {
		holders := r.mapping(n, "policies")
		for i := 0; i < len(holders.content); i += 2 {
			name := holders.content[i]
			s.policies = append(s.policies, r.holder(text{name.Value, placeOf(name)}, holders.content[i+1]))
		}
	}
	if s.seed != nil && follow(s.seed).Kind != yaml.MappingNode {
		m.fail(placeOf(s.seed).fault("seed must be a seed that is written in place, a mapping; the names of files are given by files"))
	}
	m.end()
	if r.fault == nil && len(s.files)+len(s.policies) == 0 && s.seed == nil {
		r.fail(s.at.fault("state is empty; give the name of a file, or files, seed or policies"))
	}
	return s
}

// holder reads the policies of a user who is made for them.
func (r *reader) holder(name text, n *yaml.Node) policyHolder {
	h := policyHolder{name: name}
	if follow(n).Kind != yaml.MappingNode {
		h.policies = r.oneOrMore(n, name.value)
		return h
	}
	m := r.mapping(n, name.value)
	h.policies, h.boundary = m.texts("policies"), m.text("boundary")
	m.end()
	return h
}

// spec reads a row.
func (r *reader) spec(e Expectation, n *yaml.Node) spec {
	m := r.mapping(n, "a row of "+string(e))
	s := spec{expect: e, at: m.at, name: m.text("name")}
	if e == NothingNew {
		s.principals, s.policies, s.baselines = m.texts("principal"), m.texts("policy"), m.texts("baseline")
		s.kind = r.kind(m.text("type"))
		m.end()
		m.need("baseline", len(s.baselines) > 0)
		m.need("policy, or a principal", len(s.policies)+len(s.principals) > 0)
		return s
	}
	s.principals, s.actions, s.resources = m.texts("principal"), m.texts("action"), m.texts("resource")
	s.contexts = r.contexts(m.member("context"))
	s.owner, s.document = m.text("resource-account"), m.text("resource-policy")
	r.checkAccount("resource-account", s.owner)
	if e != NobodyBut {
		s.session = m.text("session-policy")
	}
	if e == Deny {
		s.because = r.because(m.member("because"))
	}
	m.end()
	m.need("principal", len(s.principals) > 0 || e == NobodyBut && s.principals != nil)
	m.need("action", len(s.actions) > 0)
	if s.resources == nil {
		s.resources = []text{{"*", s.at}}
	}
	m.need("resource", len(s.resources) > 0)
	m.need("context", len(s.contexts) > 0)
	return s
}

func (m *mapping) need(name string, has bool) {
	if !has {
		m.fail(m.at.fault("%s needs %s", m.what, name))
	}
}

func (r *reader) kind(t text) evaluator.Kind {
	kind, ok := evaluator.ParseKind(t.value)
	if t.given() && (!ok || kind == evaluator.VPCEndpoint) {
		r.fail(t.at.fault("type %q is not one of identity, resource, trust, boundary, session, scp and rcp", t.value))
	}
	return kind
}

// contexts reads a mapping of condition keys, or a list of mappings, each of which is a
// row of its own.
func (r *reader) contexts(n *yaml.Node) [][]key {
	switch {
	case n == nil:
		return [][]key{nil}
	case follow(n).Kind != yaml.SequenceNode:
		return [][]key{r.keys(n)}
	}
	var list [][]key
	for _, element := range follow(n).Content {
		list = append(list, r.keys(element))
	}
	return list
}

// because reads the name of a layer, the Sid of a statement, or a mapping of both.
func (r *reader) because(n *yaml.Node) (b because) {
	if n == nil {
		return b
	}
	b.at = placeOf(n)
	if follow(n).Kind == yaml.MappingNode {
		m := r.mapping(n, "because")
		layer := m.text("layer")
		b.statement = m.text("statement")
		m.end()
		m.need("layer or statement", layer.given() || b.statement.given())
		var ok bool
		if b.layer, ok = evaluator.ParseKind(layer.value); layer.given() && !ok {
			r.fail(layer.at.fault("layer %q is not one of %s", layer.value, listed(layerNames(), "and")))
		}
		return b
	}
	t := r.scalar(n, "because")
	if layer, ok := evaluator.ParseKind(t.value); ok {
		b.layer = layer
	} else {
		b.statement, b.either = t, true
	}
	return b
}

// layerNames are what because may name.
func layerNames() (names []string) {
	for k := evaluator.NoKind + 1; k <= evaluator.VPCEndpoint; k++ {
		names = append(names, k.String())
	}
	return names
}

// asFault is the error as a fault of a file.
func asFault(err error, file string) error {
	var f *Fault
	if errors.As(err, &f) && f.File == "" {
		f.File = file
	}
	return err
}
