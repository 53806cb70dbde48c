package lint

import (
	"strconv"

	"github.com/understudy-iam/understudy/evaluator"
)

// document is a policy document, as far as it can be read. What cannot is left out,
// and was reported.
type document struct {
	spot
	version    string
	members    map[string]spot // by name: its value
	names      map[string]spot // by name: the name itself
	statements []*statement
}

// statement is a statement of a document.
type statement struct {
	spot
	index      int
	members    map[string]spot
	names      map[string]spot
	effect     value
	sid        value
	actions    []value
	resources  []value
	principals []grantee
	conditions []*condition
	blocks     []block
}

// value is a string of the document.
type value struct {
	spot
	text string
	kind evaluator.NodeKind
}

// grantee is one principal, with the type that it is written under; the type of a
// lone text is empty.
type grantee struct {
	value
	kind string
}

// block is an operator with the keys under it.
type block struct {
	spot // of the operator
	name string
	body spot
	keys int
}

// condition is a key under an operator.
type condition struct {
	block  int // whose key it is
	name   string
	at     spot // of the operator
	op     evaluator.Operator
	known  bool // there is such an operator
	key    string
	keyAt  spot
	values []value
	body   spot
	list   bool // the values are written as a list
}

func (s *statement) has(name string) bool { _, ok := s.members[name]; return ok }

func (s *statement) allows() bool { return s.effect.text == "Allow" }

// notAction reports whether the statement has NotAction in the place of Action.
func (s *statement) notAction() bool { return !s.has("Action") && s.has("NotAction") }

func (s *statement) notResource() bool { return !s.has("Resource") && s.has("NotResource") }

func (s *statement) notPrincipal() bool { return !s.has("Principal") && s.has("NotPrincipal") }

// actionElement is the part that lists the actions.
func (s *statement) actionElement() spot { return s.element("Action", "NotAction") }

func (s *statement) resourceElement() spot { return s.element("Resource", "NotResource") }

func (s *statement) principalElement() spot { return s.element("Principal", "NotPrincipal") }

// element is the first of the members that the statement has, or else the statement.
func (s *statement) element(names ...string) spot {
	for _, name := range names {
		if at, ok := s.members[name]; ok {
			return at
		}
	}
	return s.spot
}

func valueOf(n *evaluator.Node, path string) value {
	return value{spot{path, n.Span}, n.Text, n.Kind}
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// under is the path of a member. A long name is cut, for the path of each value below it
// has it.
func under(path, name string) string {
	name = clip(name)
	if path == "" {
		return name
	}
	return path + "." + name
}
