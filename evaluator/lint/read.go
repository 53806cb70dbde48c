package lint

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// dataTypes are the kinds of JSON values in AWS's words.
var dataTypes = map[evaluator.NodeKind]string{
	evaluator.ObjectNode: "Object", evaluator.ArrayNode: "Array", evaluator.StringNode: "String",
}

// expect reports a value of another type than the one that the grammar wants.
func (l *linter) expect(n *evaluator.Node, path string, want evaluator.NodeKind) bool {
	if n.Kind == want {
		return true
	}
	l.report(DataTypeMismatch, spot{path, n.Span}, dataTypes[want])
	return false
}

// read takes what can be read from the tree.
func (l *linter) read(root *evaluator.Node) {
	l.doc = &document{spot: spot{"", root.Span}}
	if !l.expect(root, "", evaluator.ObjectNode) {
		return
	}
	l.doc.members, l.doc.names = l.members(root, "")
	for _, m := range root.Members {
		switch m.Name.Text {
		case "Version":
			if l.expect(m.Value, "Version", evaluator.StringNode) {
				l.doc.version = m.Value.Text
			}
		case "Id":
			l.expect(m.Value, "Id", evaluator.StringNode)
		case "Statement":
			l.statementsOf(m.Value)
		default:
			l.unknownElement(m, "", documentElements)
		}
	}
}

// members are the members of an object by name. Of two with the same name the first
// counts, and the second is reported.
func (l *linter) members(n *evaluator.Node, path string) (values, names map[string]spot) {
	values, names = make(map[string]spot), make(map[string]spot)
	for _, m := range n.Members {
		name := spot{under(path, m.Name.Text), m.Name.Span}
		if _, twice := values[m.Name.Text]; twice {
			l.report(DuplicateMember, name, m.Name.Text)
			continue
		}
		values[m.Name.Text], names[m.Name.Text] = spot{name.path, m.Value.Span}, name
	}
	return values, names
}

func (l *linter) statementsOf(n *evaluator.Node) {
	switch n.Kind {
	case evaluator.ObjectNode:
		l.statement(n, "Statement")
	case evaluator.ArrayNode:
		for i, e := range n.Elements {
			if l.expect(e, at("Statement", i), evaluator.ObjectNode) {
				l.statement(e, at("Statement", i))
			}
		}
	default:
		l.expect(n, "Statement", evaluator.ArrayNode)
	}
}

func (l *linter) statement(n *evaluator.Node, path string) {
	s := &statement{spot: spot{path, n.Span}, index: len(l.doc.statements)}
	s.members, s.names = l.members(n, path)
	for _, m := range n.Members {
		l.element(s, m, under(path, m.Name.Text))
	}
	l.doc.statements = append(l.doc.statements, s)
}

func (l *linter) element(s *statement, m evaluator.Member, path string) {
	switch name := m.Name.Text; name {
	case "Sid", "Effect":
		if l.expect(m.Value, path, evaluator.StringNode) {
			v := valueOf(m.Value, path)
			if name == "Sid" {
				s.sid = v
			} else {
				s.effect = v
			}
		}
	case "Action", "NotAction":
		if name == "Action" || !s.has("Action") {
			s.actions = l.texts(m.Value, path, false)
		}
	case "Resource", "NotResource":
		if name == "Resource" || !s.has("Resource") {
			s.resources = l.texts(m.Value, path, true)
		}
	case "Principal", "NotPrincipal":
		if name == "Principal" || !s.has("Principal") {
			s.principals = l.principalsOf(m.Value, path)
		}
	case "Condition":
		l.conditionsOf(s, m.Value, path)
	default:
		l.unknownElement(m, s.path, statementElements)
	}
}

// texts reads a string or a list of texts. AWS passes over a null in a list of resources.
func (l *linter) texts(n *evaluator.Node, path string, nulls bool) []value {
	if n.Kind != evaluator.ArrayNode {
		if l.expect(n, path, evaluator.StringNode) {
			return []value{valueOf(n, path)}
		}
		return nil
	}
	var list []value
	for i, e := range n.Elements {
		if nulls && e.Kind == evaluator.NullNode {
			continue
		}
		if l.expect(e, at(path, i), evaluator.StringNode) {
			list = append(list, valueOf(e, at(path, i)))
		}
	}
	return list
}

func (l *linter) principalsOf(n *evaluator.Node, path string) []grantee {
	switch n.Kind {
	case evaluator.StringNode:
		return []grantee{{value: valueOf(n, path)}}
	case evaluator.ObjectNode:
	default:
		l.expect(n, path, evaluator.ObjectNode)
		return nil
	}
	var list []grantee
	l.members(n, path)
	for _, m := range n.Members {
		for _, v := range l.texts(m.Value, under(path, m.Name.Text), false) {
			list = append(list, grantee{v, m.Name.Text})
		}
		l.principalKey(m, path)
	}
	return list
}

func (l *linter) conditionsOf(s *statement, n *evaluator.Node, path string) {
	if !l.expect(n, path, evaluator.ObjectNode) {
		return
	}
	l.members(n, path)
	for _, m := range n.Members {
		here := under(path, m.Name.Text)
		s.blocks = append(s.blocks, block{spot{here, m.Name.Span}, m.Name.Text, spot{here, m.Value.Span}, len(m.Value.Members)})
		if !l.expect(m.Value, here, evaluator.ObjectNode) {
			continue
		}
		op, known := evaluator.ParseOperator(m.Name.Text)
		l.members(m.Value, here)
		for _, k := range m.Value.Members {
			c := &condition{
				block: len(s.blocks) - 1, name: m.Name.Text, at: spot{here, m.Name.Span}, op: op, known: known,
				key: k.Name.Text, keyAt: spot{under(here, k.Name.Text), k.Name.Span},
				body: spot{under(here, k.Name.Text), k.Value.Span}, list: k.Value.Kind == evaluator.ArrayNode,
			}
			c.values = l.conditionValues(k.Value, c.keyAt.path)
			s.conditions = append(s.conditions, c)
		}
	}
}

// conditionValues reads a string, number or Boolean, or a list of them.
func (l *linter) conditionValues(n *evaluator.Node, path string) []value {
	nodes, paths := []*evaluator.Node{n}, []string{path}
	if n.Kind == evaluator.ArrayNode {
		nodes, paths = n.Elements, nil
		for i := range nodes {
			paths = append(paths, at(path, i))
		}
	}
	var list []value
	for i, e := range nodes {
		switch e.Kind {
		case evaluator.StringNode, evaluator.NumberNode, evaluator.BoolNode:
			list = append(list, valueOf(e, paths[i]))
		default:
			l.expect(e, paths[i], evaluator.StringNode)
		}
	}
	return list
}

// lower is for names that AWS compares without regard to case.
func lower(s string) string { return strings.ToLower(s) }
