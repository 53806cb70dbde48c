package evaluator

import (
	"cmp"
	"context"
	"strings"
)

// Element is how one element of a statement compares with a request.
type Element struct {
	// Name is the element as the statement has it: "Principal", "NotPrincipal",
	// "Action", "NotAction", "Resource", "NotResource" or "Condition". It is the
	// plain name if the statement lacks an element that it needs.
	Name string

	// Applies says that the element matches the request.
	Applies bool

	// Condition is the condition, a key under an operator; nil for other elements.
	Condition *Condition

	// Values are what the statement has, in the order in which it is written.
	Values []ElementValue

	// Requested are the values of a condition key in the request, with whether each
	// satisfies the operator.
	Requested []RequestedValue
	Present   bool // the request has the condition key

	// Unquantified says that the condition cannot hold for any value: the request has a list
	// of values for the key, and the operator has no ForAllValues or ForAnyValue.
	Unquantified bool
}

// ElementValue is one value of an element.
type ElementValue struct {
	Type string // of a principal, such as "AWS"
	Text string // as it is written

	// Resolved is Text with the request's values in place of policy variables. A
	// variable without a value stays as it is written, and is in Unset.
	Resolved string
	Unset    []string

	// Matches says that the request has this value, also in an element that requires that
	// nothing matches; for a condition, that it would hold with this value alone.
	Matches bool
}

// RequestedValue is one value of a condition key in the request.
type RequestedValue struct {
	Value string
	Holds bool
}

// Trace compares one statement of the policy, by its index, with the request,
// element by element: principals first if the kind of policy has them, then
// actions, resources, and conditions. Each element is looked at by itself. It is for
// explanations, and takes much longer than Evaluate.
func (p *Policy) Trace(req *Request, policies *Policies, index int) []Element {
	c := p.compiled
	if index < 0 || index >= len(c.doc.Statements) {
		return nil
	}
	t := tracer{policy: p, source: &c.doc.Statements[index], compiled: compileOne(c.doc.Statements[index], c)}
	t.evaluation = evaluation{
		req: req, pol: policies, res: &Result{}, ctx: context.Background(), left: lookEvery,
		resource: newTarget(cmp.Or(req.Resource, "*")), cross: req.crossAccount(),
	}
	defer t.res.scratch.effort.end()
	list := append(t.principals(nil), t.actions(), t.resources())
	for i := range t.source.Conditions {
		list = append(list, t.condition(i))
	}
	return list
}

// tracer compares the elements of one statement.
type tracer struct {
	evaluation
	policy   *Policy
	source   *Statement
	compiled *statement
}

// compileOne compiles a statement without an index, which would take patterns away.
func compileOne(source Statement, c *compiled) *statement {
	d := &Document{Version: c.doc.Version, Statements: []Statement{source}}
	s := new(statement)
	s.compile(newArena(d), &d.Statements[0], c.kind, d.Version)
	return s
}

// alone compiles the statement after change has changed it.
func (t *tracer) alone(change func(*Statement)) *statement {
	source := *t.source
	change(&source)
	return compileOne(source, t.policy.compiled)
}

// principals appends the element that names principals, if the kind of policy has
// one.
func (t *tracer) principals(list []Element) []Element {
	if t.compiled.who == anyone {
		return list
	}
	e := Element{Name: "Principal"}
	named := t.source.Principals
	if t.source.has&hasNotPrincipal != 0 {
		e.Name, named = "NotPrincipal", t.source.NotPrincipals
	}
	_, e.Applies = t.compiled.appliesTo(&t.evaluation)
	for _, p := range named {
		pattern := compilePrincipal(p.Type, p.Value)
		e.Values = append(e.Values, ElementValue{
			Type: p.Type, Text: p.Value, Resolved: p.Value, Matches: pattern.grant(&t.req.Principal) != NoGrant,
		})
	}
	return append(list, e)
}

func (t *tracer) actions() Element {
	e := Element{Name: "Action", Applies: t.compiled.appliesToAction(t.req.Action, &t.res.scratch)}
	texts := t.source.Actions
	if t.compiled.notAction {
		e.Name, texts = "NotAction", t.source.NotActions
	}
	for _, text := range texts {
		p := compilePattern(text.Value, wildcards|ignoreCase)
		e.Values = append(e.Values, ElementValue{
			Text: text.Value, Resolved: text.Value, Matches: p.match(t.req.Action, nil, &t.res.scratch),
		})
	}
	if t.req.ForeignResourceType {
		e.Applies = false
	}
	return e
}

func (t *tracer) resources() Element {
	e := Element{Name: "Resource", Applies: t.compiled.appliesToResource(&t.evaluation)}
	texts := t.source.Resources
	if t.compiled.notResource {
		e.Name, texts = "NotResource", t.source.NotResources
	}
	for _, text := range texts {
		one := t.alone(func(s *Statement) {
			s.Resources, s.NotResources = []Text{text}, nil
			s.has = s.has&^hasNotResource | hasResource
		})
		v := t.value(text.Value, true)
		v.Matches = one.appliesToResource(&t.evaluation)
		e.Values = append(e.Values, v)
	}
	return e
}

// condition compares the condition with the index.
func (t *tracer) condition(index int) Element {
	source, compiled := &t.source.Conditions[index], &t.compiled.conditions[index]
	e := Element{Name: "Condition", Condition: source, Applies: t.holds(compiled)}
	values, multi, present := t.req.Context.Lookup(source.Key)
	e.Present = present && (!multi || len(values) > 0) // an empty list counts as an absent key
	e.Unquantified = e.Present && multi && compiled.unquantified()
	for _, v := range values {
		if compiled.family != familyNull {
			e.Requested = append(e.Requested, RequestedValue{v, compiled.matches(v, &t.evaluation) == yes})
		} else {
			e.Requested = append(e.Requested, RequestedValue{v, e.Applies})
		}
	}
	for _, text := range source.Values {
		one := compileCondition(&Condition{Operator: source.Operator, Key: source.Key, Values: []Text{text}}, t.policy.compiled.doc.Version)
		v := t.value(text.Value, compiled.syntax&variables != 0)
		v.Matches = t.holds(&one)
		e.Values = append(e.Values, v)
	}
	return e
}

// holds reports whether the condition lets the statement apply: one that cannot
// be evaluated does where the statement denies.
func (t *tracer) holds(k *condition) bool {
	truth := k.eval(&t.evaluation)
	return truth == yes || truth == erring && t.compiled.effect == Deny
}

// value returns a string with its variables filled, if it has any.
func (t *tracer) value(text string, filled bool) ElementValue {
	v := ElementValue{Text: text, Resolved: text}
	if !filled || t.policy.compiled.doc.Version != Version2012 {
		return v
	}
	var b strings.Builder
	rest := text
	variablesIn(text, func(x variable, spelled string) {
		before, after, _ := strings.Cut(rest, spelled)
		b.WriteString(before)
		rest = after
		if filled, ok := x.value(t.req.Context); ok && !x.escape {
			spelled = filled
		} else if !x.escape {
			v.Unset = append(v.Unset, x.key)
		}
		b.WriteString(spelled)
	})
	v.Resolved = b.String() + rest
	return v
}
