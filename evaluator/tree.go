package evaluator

// NodeKind is the kind of a JSON value.
type NodeKind uint8

// The kinds of JSON values.
const (
	ObjectNode = NodeKind(objectNode)
	ArrayNode  = NodeKind(arrayNode)
	StringNode = NodeKind(stringNode)
	NumberNode = NodeKind(numberNode)
	BoolNode   = NodeKind(boolNode)
	NullNode   = NodeKind(nullNode)
)

// Span is a range of the text of a document, both as places for people and as offsets
// in bytes. End and To are just after the last character.
type Span struct {
	Start, End Position
	From, To   int
}

// Node is a JSON value of a document as it is written. Parse refuses a document with a fault;
// from its tree of nodes everything that is correct can still be read.
type Node struct {
	Kind     NodeKind
	Text     string // of a string without its escapes; a number, true, false or null as written
	Span     Span
	Members  []Member // of an object, in the order in which they are written; names may occur twice
	Elements []*Node  // of an array
}

// Member is a member of an object.
type Member struct{ Name, Value *Node }

// ParseTree reads a document as JSON, by the lexer and within the limits of Parse. The
// error is the *SyntaxError that Parse returns.
func ParseTree(src string) (*Node, error) {
	t, err := parseJSON(src)
	if err != nil {
		return nil, err
	}
	defer t.release()
	return t.export(0), nil
}

// export copies a node with all that is in it. The lexer has bounded its depth.
func (t *tree) export(at int32) *Node {
	n := &t.nodes[at]
	out := &Node{Kind: NodeKind(n.kind), Text: n.text, Span: Span{n.start, n.end, int(n.from), int(n.to)}}
	for i := n.child; i != 0; i = t.nodes[i].next {
		if n.kind == arrayNode {
			out.Elements = append(out.Elements, t.export(i))
			continue
		}
		name := t.export(i)
		i = t.nodes[i].next
		out.Members = append(out.Members, Member{name, t.export(i)})
	}
	return out
}
