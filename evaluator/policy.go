package evaluator

import "strings"

// Origin says where a policy comes from, in the caller's words. The evaluator
// only hands it back with the statements that matched.
type Origin struct {
	ID   string // such as "PolicyInputList.1", or a policy's name
	Type string // such as "IAM Policy"
	ARN  string // of a managed policy; else empty
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
	index      *actionIndex // nil: look at every statement
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
	actions     []pattern // those that the index does not answer
	resources   []resourcePattern
	principals  []principalPattern
	who         principalRule
	namesArn    bool // a condition needs aws:PrincipalArn to match
	conditions  []condition
}

// Compile parses and compiles a document. It is lenient where a stored or
// simulated document may be: call Validate first for what AWS checks when a
// policy is written. The error is a *SyntaxError.
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
	for i := range d.Statements {
		c.statements[i].compile(&d.Statements[i], kind, d.Version)
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

func (s *statement) compile(source *Statement, kind Kind, version string) {
	s.source, s.effect = source, source.Effect
	sx := wildcards
	if version == Version2012 {
		sx |= variables
	}
	actions := source.Actions
	if source.has&hasNotAction != 0 {
		s.notAction, actions = true, source.NotActions
	}
	for _, a := range actions {
		p := compilePattern(a.Value, wildcards|ignoreCase)
		s.anyAction = s.anyAction || p.everything()
		s.actions = append(s.actions, p)
	}
	s.compileResources(source, kind, sx)
	s.compilePrincipals(source, kind)
	for i := range source.Conditions {
		// Parse has refused unknown operators.
		c, _ := compileCondition(&source.Conditions[i], version)
		s.namesArn = s.namesArn || c.needsPrincipalArn()
		s.conditions = append(s.conditions, c)
	}
}

func (s *statement) compileResources(source *Statement, kind Kind, sx syntax) {
	resources := source.Resources
	if source.has&hasNotResource != 0 {
		s.notResource, resources = true, source.NotResources
	}
	for _, r := range resources {
		p := compileResource(r.Value, sx)
		s.anyResource = s.anyResource || r.Value == "*"
		s.resources = append(s.resources, p)
	}
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
func (s *statement) appliesToAction(action string) bool {
	if s.anyAction {
		return !s.notAction
	}
	for i := range s.actions {
		if s.actions[i].match(action, nil, nil) {
			return !s.notAction
		}
	}
	return s.notAction
}

// appliesToResource reports whether Resource or NotResource covers the
// resource. An entry with a valueless variable covers nothing; with
// NotResource it takes the whole statement out.
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
		covered = covered || r.match(e.resource, e.req.Context, &e.res.scratch)
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
// its resources, then condition keys, each behind the variables in its
// values; as first written, each spelling once. Escapes such as "${*}" count as
// variables (recorded). Documents without the version 2012-10-17 have no variables.
func (d *Document) ContextKeys() []string {
	keys := make([]string, 0, 4)
	seen := make(map[string]bool)
	d.eachKey(func(key string, _ bool) {
		if !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	})
	return keys
}

// distinctKeys is ContextKeys without escapes, which no request can supply.
func (d *Document) distinctKeys() []string {
	var keys []string
	seen := make(map[string]bool)
	d.eachKey(func(key string, escape bool) {
		if !escape && !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	})
	return keys
}

func (d *Document) eachKey(f func(key string, escape bool)) {
	each := func(list []Text) {
		for _, t := range list {
			if d.Version == Version2012 && strings.Contains(t.Value, "${") {
				variablesIn(t.Value, func(v variable) { f(v.key, v.escape) })
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
