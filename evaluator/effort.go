package evaluator

import "sync"

// effort limits what wildcards cost on one text. The quick way of matching suits what
// people write, but with a pattern such as "*a?a*a?b" it compares each character with each
// other one, and again for each pattern. When it has taken too many steps for the length of
// the text, the effort is over, and the remaining patterns are matched with the text in the
// thorough way: on its positions, 64 at a time.
//
// For n bytes of text and m bytes of patterns both together take at most
// 8n + m*n/64 steps and a constant for each pattern.
type effort struct {
	text  string
	steps int // taken on the text
	limit int
	kind  textKind
	x     *positions // nil: the quick way was enough so far
}

type textKind uint8

const (
	unknownText textKind = iota
	asciiText
	unicodeText
)

// Steps that the quick way may take on a string: a number for each byte, and some more, so
// that usual patterns on short texts never need the other way.
const (
	stepsPerByte = 8
	stepsPerText = 512
)

// begin says which text is matched, and reports whether the quick way may be
// tried on it.
func (e *effort) begin(s string) bool {
	if e.text != s {
		e.text, e.steps, e.kind = s, 0, unknownText
		e.limit = stepsPerText + stepsPerByte*len(s)
		if e.x != nil {
			e.x.built = false
		}
	}
	return !e.over()
}

func (e *effort) over() bool { return e.steps > e.limit }

// add counts a try of the token: long texts are compared several bytes at a time.
func (e *effort) add(t *token) { e.steps += 1 + len(t.text)/16 }

// ascii reports whether the text is ASCII; it checks that once.
func (e *effort) ascii() bool {
	if e.kind == unknownText {
		e.kind = unicodeText
		if isASCII(e.text) {
			e.kind = asciiText
		}
	}
	return e.kind == asciiText
}

// spare are positions that no evaluation uses now. They are large and few evaluations need
// them, so a Result does not keep its own.
var spare = sync.Pool{New: func() any { return new(positions) }}

// taker returns a taker for the thorough way on the text; fold: case does not matter.
func (sc *scratch) taker(c *Context, fold bool) taker {
	e := &sc.effort
	if e.x == nil {
		e.x = spare.Get().(*positions)
	}
	if !e.x.built || e.x.fold != fold {
		e.x.build(e.text, fold)
	}
	return taker{positions: e.x, context: c, scratch: sc}
}

// end forgets the text.
func (e *effort) end() {
	if e.x != nil {
		e.x.s, e.x.built = "", false
		spare.Put(e.x)
	}
	*e = effort{}
}
