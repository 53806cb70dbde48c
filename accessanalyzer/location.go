package accessanalyzer

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/evaluator"
)

// places finds the parts of a document as AWS names them: by the path that leads to them,
// and by lines from 1, and columns and offsets from 0, in UTF-16 units (so in the examples
// of the AWS CLI, whose documents are ASCII; that units are counted beyond it is not
// confirmed).
type places struct {
	root  *evaluator.Node // nil of what is not JSON
	units []int32         // before each byte; nil for a document of ASCII, where they are the same
}

func newPlaces(document string) *places {
	p := &places{}
	p.root, _ = evaluator.ParseTree(document)
	for i := range len(document) {
		if document[i] >= utf8.RuneSelf {
			p.count(document)
			break
		}
	}
	return p
}

// count counts the units before each byte, and before the end.
func (p *places) count(document string) {
	p.units = make([]int32, len(document)+1)
	n := int32(0)
	for i, r := range document {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(document[i:])
		}
		for j := range size {
			p.units[i+j] = n
		}
		n += int32(utf16.RuneLen(r))
	}
	p.units[len(document)] = n
}

// offset is an offset in units, of one in bytes.
func (p *places) offset(at int) int32 {
	if p.units == nil {
		return int32(at)
	}
	return p.units[at]
}

func (p *places) location(span evaluator.Span) types.Location {
	start, end := p.position(span.Start, span.From), p.position(span.End, span.To)
	return types.Location{Path: p.path(span), Span: &types.Span{Start: start, End: end}}
}

func (p *places) position(at evaluator.Position, offset int) *types.Position {
	return &types.Position{Line: aws.Int32(at.Line), Column: aws.Int32(at.Column - 1), Offset: aws.Int32(p.offset(offset))}
}

// path leads from the top to the smallest part of the document that holds the span: by the
// names of members to their values, by indexes to the elements of lists, and at the end by a
// name to the name itself. No finding is about a part of a string, for which AWS has an
// element too.
func (p *places) path(span evaluator.Span) []types.PathElement {
	path := []types.PathElement{}
	for n := p.root; n != nil; {
		var next types.PathElement
		if n, next = p.step(n, span); next != nil {
			path = append(path, next)
		}
	}
	return path
}

// step goes one step down; the node is nil at the end of the path.
func (p *places) step(n *evaluator.Node, span evaluator.Span) (*evaluator.Node, types.PathElement) {
	switch n.Kind {
	case evaluator.ObjectNode:
		for _, m := range n.Members {
			switch {
			case holds(m.Name, span):
				return nil, &types.PathElementMemberKey{Value: m.Name.Text}
			case holds(m.Value, span):
				return m.Value, &types.PathElementMemberValue{Value: m.Name.Text}
			}
		}
	case evaluator.ArrayNode:
		for i, e := range n.Elements {
			if holds(e, span) {
				return e, &types.PathElementMemberIndex{Value: int32(i)}
			}
		}
	}
	return nil, nil
}

func holds(n *evaluator.Node, span evaluator.Span) bool {
	return n.Span.From <= span.From && span.To <= n.Span.To
}
