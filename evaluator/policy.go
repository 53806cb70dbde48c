package evaluator

import (
	"slices"
	"strings"
)

// Origin says where a policy comes from, in the caller's words. The evaluator only returns it
// with the statements that matched.
type Origin struct {
	ID   string // such as "PolicyInputList.1", or a policy's name
	Type string // such as "IAM Policy"
	ARN  string // of a managed policy; else empty
	Name string // for people, such as "inline policy read of user alice"

	Holder string // of an inline policy: "user", "group" or "role"; else empty
	Owner  string // the name of that user, group or role
}

// Policy is a compiled policy document of one kind. It is immutable: it may be
// kept, and used by any number of goroutines and requests at once.
type Policy struct {
	origin   Origin
	compiled *compiled
}

// compiled is what policies of the same text and kind share.
type compiled struct {
	kind       Kind
	doc        *Document
	statements []statement
	index      *actionIndex // nil: every statement is checked
	keys       []string     // condition keys and variables, as written, each once
}

// statement is a compiled statement.
type statement struct {
	source      *Statement
	effect      Effect
	notAction   bool
	notResource bool
	anyAction   bool
	anyResource bool
	actions     []pattern // those that are not in the index
	resources   []resourcePattern
	principals  []principalPattern
	who         principalRule
	namesArn    bool // a condition needs aws:PrincipalArn to match
	conditions  []condition
}

// Compile parses and compiles a document. It accepts everything that a stored or simulated
// document may have: call Validate first for what AWS checks when a policy is written. The
// error is a *SyntaxError.
//
// A Principal element is ignored in kinds that do not have one. Statements
// without an action apply to nothing; so do statements without a resource,
// except in trust and other resource-based policies, where it means the
// resource itself.
func Compile(src string, kind Kind, origin Origin) (*Policy, error) {
	doc, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return doc.Compile(kind, origin)
}

// Compile compiles a parsed document; see the function Compile.
func (d *Document) Compile(kind Kind, origin Origin) (*Policy, error) {
	for _, f := range d.faults {
		if f.code == faultEffectCase {
			return nil, &SyntaxError{At: f.at, Message: "Effect must be Allow or Deny", fault: f}
		}
	}
	c := &compiled{kind: kind, doc: d, statements: make([]statement, len(d.Statements)), keys: d.distinctKeys()}
	a := newArena(d)
	for i := range d.Statements {
		c.statements[i].compile(a, &d.Statements[i], kind, d.Version)
	}
	c.index = buildIndex(c.statements)
	return &Policy{origin, c}, nil
}

// WithOrigin returns the same policy with another origin. It shares the
// compiled form, so that one compilation serves every attachment.
func (p *Policy) WithOrigin(o Origin) *Policy { return &Policy{o, p.compiled} }

// Origin returns what the caller gave to Compile.
func (p *Policy) Origin() Origin { return p.origin }

// Kind returns the kind for which the policy was compiled.
func (p *Policy) Kind() Kind { return p.compiled.kind }

// Document returns the parsed document. It must not be changed.
func (p *Policy) Document() *Document { return p.compiled.doc }

// ContextKeys returns the condition keys and variables that the document
// mentions; see Document.ContextKeys.
func (p *Policy) ContextKeys() []string { return p.compiled.doc.ContextKeys() }

// arena holds the parts of all statements of a policy, so that compiling
// makes few allocations. Its slices never grow.
type arena struct {
	actions    []pattern
	resources  []resourcePattern
	conditions []condition
}

func newArena(d *Document) *arena {
	var actions, resources, conditions int
	for i := range d.Statements {
		s := &d.Statements[i]
		actions += len(s.Actions) + len(s.NotActions)
		resources += len(s.Resources) + len(s.NotResources)
		conditions += len(s.Conditions)
	}
	return &arena{make([]pattern, 0, actions), make([]resourcePattern, 0, resources), make([]condition, 0, conditions)}
}

// tail returns what was appended to list since it had n elements.
func tail[T any](list []T, n int) []T { return list[n:len(list):len(list)] }

func (s *statement) compile(a *arena, source *Statement, kind Kind, version string) {
	s.source, s.effect = source, source.Effect
	sx := wildcards
	if version == Version2012 {
		sx |= variables
	}
	actions := source.Actions
	if source.has&hasNotAction != 0 {
		s.notAction, actions = true, source.NotActions
	}
	n := len(a.actions)
	for _, text := range actions {
		p := compilePattern(text.Value, wildcards|ignoreCase)
		s.anyAction = s.anyAction || p.everything()
		a.actions = append(a.actions, p)
	}
	s.actions = tail(a.actions, n)
	s.compileResources(a, source, kind, sx)
	s.compilePrincipals(source, kind)
	n = len(a.conditions)
	for i := range source.Conditions {
		c := compileCondition(&source.Conditions[i], version)
		s.namesArn = s.namesArn || c.needsPrincipalArn()
		a.conditions = append(a.conditions, c)
	}
	s.conditions = tail(a.conditions, n)
}

func (s *statement) compileResources(a *arena, source *Statement, kind Kind, sx syntax) {
	resources := source.Resources
	if source.has&hasNotResource != 0 {
		s.notResource, resources = true, source.NotResources
	}
	n := len(a.resources)
	for _, r := range resources {
		s.anyResource = s.anyResource || r.Value == "*"
		a.resources = append(a.resources, compileResource(r.Value, sx))
	}
	s.resources = tail(a.resources, n)
	if source.has&(hasResource|hasNotResource) == 0 && (kind == Trust || kind == Resource) {
		s.anyResource = true
	}
}

// needsPrincipalArn reports whether the condition can only hold for a caller
// with a certain aws:PrincipalArn.
func (k *condition) needsPrincipalArn() bool {
	return equalFold(k.key, "aws:PrincipalArn") && !k.negated && !k.ifExists && k.quantifier != forAllValues &&
		(k.family == familyString || k.family == familyIgnoreCase || k.family == familyARN)
}

// appliesToAction reports whether the statement's Action or NotAction covers
// the action, whose case does not matter.
func (s *statement) appliesToAction(action string, sc *scratch) bool {
	if s.anyAction {
		return !s.notAction
	}
	for i := range s.actions {
		if s.actions[i].match(action, nil, sc) {
			return !s.notAction
		}
	}
	return s.notAction
}

// appliesToResource reports whether Resource or NotResource covers the resource. An entry with
// a variable that has no value covers nothing; in NotResource it keeps the whole statement from
// applying.
func (s *statement) appliesToResource(e *evaluation) bool {
	if s.anyResource {
		return !s.notResource
	}
	covered := false
	for i := range s.resources {
		r := &s.resources[i]
		if s.notResource && !r.resolvable(e.req.Context) {
			return false
		}
		covered = covered || r.match(&e.resource, e.req.Context, &e.res.scratch)
	}
	return covered != s.notResource && len(s.resources) > 0
}

// resolvable reports whether every variable of the entry has a value.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
// does not say what happens to NotResource; that the statement drops out is inferred.
func (r *resourcePattern) resolvable(c *Context) bool {
	for i := range r.parts {
		if !r.parts[i].resolvable(c) {
			return false
		}
	}
	return r.rest.resolvable(c)
}

func (p *pattern) resolvable(c *Context) bool {
	if p.shape != shapeVariables {
		return true
	}
	for i := range p.tokens {
		if p.tokens[i].kind == tokenVariable {
			if _, ok := p.tokens[i].variable.value(c); !ok {
				return false
			}
		}
	}
	return true
}

// ContextKeys returns what GetContextKeysForCustomPolicy and
// GetContextKeysForPrincipalPolicy return for one document: the variables of
// its resources, then condition keys, each after the variables in its values; as first
// written, each spelling once. Escapes such as "${*}" count as variables (recorded). Documents
// without the version 2012-10-17 have no variables.
func (d *Document) ContextKeys() []string { return d.distinct(true) }

// distinctKeys is ContextKeys without escapes, which no request can supply.
func (d *Document) distinctKeys() []string { return d.distinct(false) }

// searchUpTo is the length up to which a list of keys is searched, and beyond
// which a set is kept.
const searchUpTo = 16

func (d *Document) distinct(escapes bool) []string {
	keys := []string{}
	var seen map[string]bool
	d.eachKey(func(key string, escape bool) {
		if escape && !escapes || seen[key] || seen == nil && slices.Contains(keys, key) {
			return
		}
		keys = append(keys, key)
		if seen == nil && len(keys) > searchUpTo {
			seen = make(map[string]bool)
			for _, k := range keys {
				seen[k] = true
			}
		}
		if seen != nil {
			seen[key] = true
		}
	})
	return keys
}

func (d *Document) eachKey(f func(key string, escape bool)) {
	each := func(list []Text) {
		for _, t := range list {
			if d.Version == Version2012 && strings.Contains(t.Value, "${") {
				variablesIn(t.Value, func(v variable, _ string) { f(v.key, v.escape) })
			}
		}
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		each(s.Resources)
		each(s.NotResources)
		for j := range s.Conditions {
			each(s.Conditions[j].Values)
			f(s.Conditions[j].Key, false)
		}
	}
}
