package evaluator

// elements is the set of elements that a statement has.
type elements uint16

const (
	hasSid elements = 1 << iota
	hasEffect
	hasPrincipal
	hasNotPrincipal
	hasAction
	hasNotAction
	hasResource
	hasNotResource
	hasCondition
)

// elementNames are the members of a statement. Names are case-sensitive.
var elementNames = map[string]elements{
	"Sid": hasSid, "Effect": hasEffect, "Principal": hasPrincipal, "NotPrincipal": hasNotPrincipal,
	"Action": hasAction, "NotAction": hasNotAction, "Resource": hasResource, "NotResource": hasNotResource,
	"Condition": hasCondition,
}

// fault is something that can be read but not stored.
type fault struct {
	code faultCode
	at   Position
	text string
}

type faultCode uint8

const (
	faultSyntax faultCode = iota
	faultJSON
	faultVersion
	faultNoStatement
	faultEmptyStatement
	faultNoEffect
	faultEffect
	faultEffectCase
	faultOperator
)

// Parse reads a policy document of any kind. It accepts whatever some service
// accepts: a document without Version or statements, statements without
// Action, Resource or Principal; Validate has the stricter rules of storing.
// The error is a *SyntaxError with a place.
//
// Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func Parse(src string) (*Document, error) {
	t, err := parseJSON(src)
	if err != nil {
		return nil, err
	}
	defer t.release()
	root := &t.nodes[0]
	if root.kind != objectNode {
		return nil, syntaxError(root, "a policy document must be an object")
	}
	d := &reader{tree: t, doc: &Document{src: src}, arena: make([]Text, 0, t.scalars)}
	if err := d.document(root); err != nil {
		return nil, err
	}
	return d.doc, nil
}

// reader turns a tree into a document.
type reader struct {
	*tree
	doc   *Document
	arena []Text // holds the texts of all lists; there are no more than scalars
}

func (r *reader) text(n *node) { r.arena = append(r.arena, Text{n.text, n.start}) }

// children calls f for each element of an array.
func (r *reader) children(n *node, f func(*node) error) error {
	for i := n.child; i != 0; i = r.nodes[i].next {
		if err := f(&r.nodes[i]); err != nil {
			return err
		}
	}
	return nil
}

// members calls f for each member of an object; a name must not occur twice.
func (r *reader) members(n *node, f func(key, value *node) error) error {
	var seen map[string]bool
	if n.count > 2*8 {
		seen = make(map[string]bool, n.count/2)
	}
	for i := n.child; i != 0; {
		key := &r.nodes[i]
		if r.repeated(n, key, seen) {
			return syntaxError(key, "member "+key.text+" occurs twice")
		}
		value := &r.nodes[key.next]
		if err := f(key, value); err != nil {
			return err
		}
		i = value.next
	}
	return nil
}

// repeated reports whether the name of key occurs before it in n. Small
// objects are searched, large ones use the set.
func (r *reader) repeated(n, key *node, seen map[string]bool) bool {
	if seen != nil {
		was := seen[key.text]
		seen[key.text] = true
		return was
	}
	for i := n.child; &r.nodes[i] != key; i = r.nodes[r.nodes[i].next].next {
		if r.nodes[i].text == key.text {
			return true
		}
	}
	return false
}

func (r *reader) document(root *node) error {
	found, object := false, false
	r.doc.version = root.start
	err := r.members(root, func(key, value *node) error {
		switch key.text {
		case "Version":
			r.doc.versionLate = object
			return r.version(value)
		case "Id":
			if value.kind != stringNode {
				return syntaxError(value, "Id must be a string")
			}
			r.doc.ID = value.text
			return nil
		case "Statement":
			found, object = true, value.kind == objectNode
			return r.statements(value)
		}
		return syntaxError(key, "unknown member "+key.text)
	})
	if err == nil && !found {
		r.fault(faultNoStatement, root, "")
	}
	return err
}

func (r *reader) fault(code faultCode, n *node, text string) {
	r.doc.faults = append(r.doc.faults, fault{code, n.start, text})
}

func (r *reader) version(n *node) error {
	if n.kind != stringNode || n.text != Version2008 && n.text != Version2012 {
		return codedError(faultVersion, n, "unknown Version")
	}
	r.doc.Version, r.doc.version = n.text, n.start
	return nil
}

func (r *reader) statements(n *node) error {
	switch n.kind {
	case objectNode:
		s := Statement{Start: n.start, End: n.end, SpanStart: after(n.start), SpanEnd: n.end}
		return r.statement(n, s)
	case arrayNode:
		if n.count == 0 {
			r.fault(faultEmptyStatement, n, "")
			return nil
		}
		r.doc.Statements = make([]Statement, 0, n.count)
		before := after(n.start)
		return r.children(n, func(c *node) error {
			if c.kind != objectNode {
				return syntaxError(c, "a statement must be an object")
			}
			s := Statement{Start: c.start, End: c.end, SpanStart: before, SpanEnd: c.end}
			before = c.end
			return r.statement(c, s)
		})
	}
	return syntaxError(n, "Statement must be an object or a list")
}

// after returns the position after a token of one character.
func after(p Position) Position { return Position{p.Line, p.Column + 1} }

func (r *reader) statement(n *node, s Statement) error {
	s.Index, s.from, s.to = len(r.doc.Statements), n.from, n.to
	err := r.members(n, func(key, value *node) error { return r.element(&s, key, value) })
	if err != nil {
		return err
	}
	for _, pair := range [...]elements{
		hasPrincipal | hasNotPrincipal, hasAction | hasNotAction, hasResource | hasNotResource,
	} {
		if s.has&pair == pair {
			return syntaxError(n, "a statement has an element and its Not form")
		}
	}
	if s.has&hasEffect == 0 {
		return codedError(faultNoEffect, n, "Effect is missing")
	}
	r.doc.Statements = append(r.doc.Statements, s)
	return nil
}

func (r *reader) element(s *Statement, key, value *node) (err error) {
	element := elementNames[key.text]
	s.has |= element
	switch element {
	case hasSid:
		if value.kind != stringNode {
			return syntaxError(value, "Sid must be a string")
		}
		s.Sid, s.HasSid = value.text, true
	case hasEffect:
		return r.effect(s, value)
	case hasPrincipal:
		s.Principals, err = r.principals(s.Index, false, value)
	case hasNotPrincipal:
		s.NotPrincipals, err = r.principals(s.Index, true, value)
	case hasAction:
		s.Actions, err = r.texts(value, false)
	case hasNotAction:
		s.NotActions, err = r.texts(value, false)
	case hasResource:
		s.Resources, err = r.texts(value, true)
	case hasNotResource:
		s.NotResources, err = r.texts(value, true)
	case hasCondition:
		s.Conditions, err = r.conditions(value)
	default:
		return syntaxError(key, "unknown member "+key.text)
	}
	return err
}

func (r *reader) effect(s *Statement, n *node) error {
	switch {
	case n.kind != stringNode:
		return codedError(faultEffect, n, n.text)
	case n.text == "Allow":
		s.Effect = Allow
	case n.text == "Deny":
		s.Effect = Deny
	case equalFold(n.text, "Allow"), equalFold(n.text, "Deny"):
		r.fault(faultEffectCase, n, n.text)
	default:
		return codedError(faultEffect, n, n.text)
	}
	return nil
}

// texts reads a string or a list of strings. A null in a list of resources is ignored, as AWS
// does (recorded).
func (r *reader) texts(n *node, nulls bool) ([]Text, error) {
	from := len(r.arena)
	if n.kind == stringNode {
		r.text(n)
		return tail(r.arena, from), nil
	}
	if n.kind != arrayNode {
		return nil, syntaxError(n, "expected a string or a list of strings")
	}
	err := r.children(n, func(c *node) error {
		if c.kind == nullNode && nulls {
			return nil
		}
		if c.kind != stringNode {
			return syntaxError(c, "expected a string")
		}
		r.text(c)
		return nil
	})
	return tail(r.arena, from), err
}

// principals reads "*", another string, or an object of lists by type.
func (r *reader) principals(statement int, not bool, n *node) ([]PrincipalRef, error) {
	list := make([]PrincipalRef, 0, 1)
	add := func(kind string, c *node) error {
		if c.kind != stringNode {
			return syntaxError(c, "a principal must be a string")
		}
		list = append(list, PrincipalRef{
			Statement: statement, Not: not, Type: kind, Value: c.text, At: c.start, from: c.from, to: c.to,
		})
		return nil
	}
	if n.kind == stringNode {
		err := add("", n)
		return list, err
	}
	if n.kind != objectNode {
		return nil, syntaxError(n, "Principal must be an object")
	}
	err := r.members(n, func(key, value *node) error {
		if value.kind != arrayNode {
			return add(key.text, value)
		}
		return r.children(value, func(c *node) error { return add(key.text, c) })
	})
	return list, err
}

func (r *reader) conditions(n *node) ([]Condition, error) {
	if n.kind != objectNode {
		return nil, syntaxError(n, "Condition must be an object")
	}
	list := make([]Condition, 0, n.count/2)
	err := r.members(n, func(operator, keys *node) error {
		if keys.kind != objectNode {
			return syntaxError(keys, "an operator must hold an object")
		}
		// An unknown operator with an empty body is accepted (recorded).
		if _, known := parseOperator(operator.text); !known && keys.count > 0 {
			return codedError(faultOperator, operator, operator.text)
		}
		return r.members(keys, func(key, value *node) error {
			values, err := r.conditionValues(value)
			list = append(list, Condition{operator.text, key.text, values, key.start})
			return err
		})
	})
	return list, err
}

// conditionValues reads a string, number or boolean, or a list of them;
// numbers and booleans count as their text.
func (r *reader) conditionValues(n *node) ([]Text, error) {
	scalar := func(c *node) bool { return c.kind == stringNode || c.kind == numberNode || c.kind == boolNode }
	from := len(r.arena)
	if scalar(n) {
		r.text(n)
		return tail(r.arena, from), nil
	}
	if n.kind != arrayNode {
		return nil, syntaxError(n, "expected a value or a list of values")
	}
	err := r.children(n, func(c *node) error {
		if !scalar(c) {
			return syntaxError(c, "expected a string, number or boolean")
		}
		r.text(c)
		return nil
	})
	return tail(r.arena, from), err
}
