package evaluator

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Limits that keep hostile input cheap. AWS caps the text of a document at
// 131,072 characters (reference_iam-quotas), of at most four bytes each; its grammar is six levels deep.
const (
	maxSource = 4 * 131072
	maxDepth  = 16
)

type nodeKind uint8

const (
	objectNode nodeKind = iota + 1
	arrayNode
	stringNode
	numberNode
	boolNode
	nullNode
)

// node is a JSON value. The children of an array are its elements; those of an
// object are key, value, key, value. Nodes refer to each other by index, since all nodes of a
// document are in one slice.
type node struct {
	kind        nodeKind
	count       int32 // of children
	child, next int32 // 0: none; the root is node 0 and nobody's child
	from, to    int32 // byte offsets in the source
	start, end  Position
	text        string // decoded string, or the text of a number or boolean
}

// tree is a parsed JSON text.
type tree struct {
	src     string
	nodes   []node
	scalars int // strings (but no names of members), numbers and booleans
}

// nodePool keeps the nodes of trees that were read: they are most of the memory that compiling
// a policy needs temporarily.
var nodePool = sync.Pool{New: func() any { return new([]node) }}

// maxPooled is the number of nodes above which a tree is left to the garbage
// collector; ordinary documents have some hundreds.
const maxPooled = 4096

// release gives the nodes back. The tree must not be used any more; its texts
// may be, since they are parts of the source.
func (t *tree) release() {
	if cap(t.nodes) <= maxPooled {
		clear(t.nodes)
		nodes := t.nodes[:0]
		nodePool.Put(&nodes)
	}
	t.nodes = nil
}

// lexer reads the source. A column is the offset from the line's first byte, less the bytes
// that are not a column of their own.
type lexer struct {
	tree
	pos       int
	line      int
	lineStart int
	extra     int // bytes of this line beyond one for each column
}

func parseJSON(src string) (*tree, error) {
	if len(src) > maxSource {
		return nil, &SyntaxError{At: Position{1, 1}, Message: "the document is longer than 512 KiB", fault: fault{code: faultJSON}}
	}
	lx := &lexer{tree: tree{src: src, nodes: (*nodePool.Get().(*[]node))[:0]}, line: 1}
	if n := len(src)/12 + 8; cap(lx.nodes) < n {
		lx.nodes = make([]node, 0, n)
	}
	if !utf8.ValidString(src) {
		return nil, lx.fail("the document is not valid UTF-8")
	}
	if strings.HasPrefix(src, "\uFEFF") {
		return nil, lx.fail("the document begins with a byte order mark, which JSON does not have")
	}
	lx.space()
	if _, err := lx.value(0); err != nil {
		return nil, err
	}
	lx.space()
	if lx.pos < len(src) {
		return nil, lx.fail("something follows the document")
	}
	return &lx.tree, nil
}

func (lx *lexer) here() Position {
	return Position{int32(lx.line), int32(lx.pos - lx.lineStart - lx.extra + 1)}
}

func (lx *lexer) fail(message string) error {
	return &SyntaxError{At: lx.here(), Message: message, fault: fault{code: faultJSON, text: lx.src}}
}

func (lx *lexer) peek() byte {
	if lx.pos < len(lx.src) {
		return lx.src[lx.pos]
	}
	return 0
}

// space skips white space and counts lines.
func (lx *lexer) space() {
	for lx.pos < len(lx.src) {
		switch lx.src[lx.pos] {
		case ' ', '\t':
			lx.pos++
		case '\r':
			lx.pos++
			if lx.peek() == '\n' {
				lx.pos++
			}
			lx.newline()
		case '\n':
			lx.pos++
			lx.newline()
		default:
			return
		}
	}
}

func (lx *lexer) newline() { lx.line, lx.lineStart, lx.extra = lx.line+1, lx.pos, 0 }

// open appends a node that begins here.
func (lx *lexer) open(kind nodeKind) int32 {
	lx.nodes = append(lx.nodes, node{kind: kind, from: int32(lx.pos), start: lx.here()})
	return int32(len(lx.nodes) - 1)
}

func (lx *lexer) close(n int32) {
	lx.nodes[n].to, lx.nodes[n].end = int32(lx.pos), lx.here()
}

func (lx *lexer) value(depth int) (int32, error) {
	if depth > maxDepth {
		return 0, lx.fail("the document is nested too deeply")
	}
	switch c := lx.peek(); {
	case c == '{':
		return lx.composite(objectNode, '}', depth)
	case c == '[':
		return lx.composite(arrayNode, ']', depth)
	case c == '"':
		lx.scalars++
		return lx.string()
	case c == '-' || '0' <= c && c <= '9':
		lx.scalars++
		return lx.number()
	default:
		lx.scalars++
		return lx.word()
	}
}

// composite reads an object or array; the caller has seen its first byte.
func (lx *lexer) composite(kind nodeKind, closing byte, depth int) (int32, error) {
	n := lx.open(kind)
	lx.pos++
	lx.space()
	for last := int32(0); lx.peek() != closing; {
		if last != 0 {
			if lx.peek() != ',' {
				return 0, lx.fail("expected a comma")
			}
			lx.pos++
			lx.space()
		}
		if kind == objectNode {
			key, err := lx.key()
			if err != nil {
				return 0, err
			}
			last = lx.adopt(n, last, key)
		}
		child, err := lx.value(depth + 1)
		if err != nil {
			return 0, err
		}
		last = lx.adopt(n, last, child)
		lx.space()
	}
	lx.pos++
	lx.close(n)
	return n, nil
}

// key reads the name of a member and the colon after it.
func (lx *lexer) key() (int32, error) {
	if lx.peek() != '"' {
		return 0, lx.fail("expected the name of a member")
	}
	key, err := lx.string()
	if err != nil {
		return 0, err
	}
	lx.space()
	if lx.peek() != ':' {
		return 0, lx.fail("expected a colon")
	}
	lx.pos++
	lx.space()
	return key, nil
}

// adopt makes n the next child of parent and returns it.
func (lx *lexer) adopt(parent, last, n int32) int32 {
	if last == 0 {
		lx.nodes[parent].child = n
	} else {
		lx.nodes[last].next = n
	}
	lx.nodes[parent].count++
	return n
}

// string reads a string. Text without escapes is a part of the source.
func (lx *lexer) string() (int32, error) {
	n := lx.open(stringNode)
	lx.pos++
	from, escaped := lx.pos, false
	for lx.pos < len(lx.src) {
		switch c := lx.src[lx.pos]; {
		case c == '"':
			text := lx.src[from:lx.pos]
			lx.pos++
			lx.close(n)
			if escaped {
				text = unescape(text)
			}
			lx.nodes[n].text = text
			return n, nil
		case c == '\\':
			escaped = true
			if err := lx.escape(); err != nil {
				return 0, err
			}
		case c < ' ':
			return 0, lx.fail("a control character is in a string")
		case c >= utf8.RuneSelf:
			lx.wide()
		default:
			lx.pos++
		}
	}
	return 0, lx.fail("a string is not closed")
}

// wide skips a character of several bytes, which is one column, or two if it
// needs two UTF-16 units.
func (lx *lexer) wide() {
	_, size := utf8.DecodeRuneInString(lx.src[lx.pos:])
	lx.pos += size
	lx.extra += size - 1
	if size == utf8.UTFMax {
		lx.extra--
	}
}

// escape checks and skips one escape sequence.
func (lx *lexer) escape() error {
	rest := lx.src[lx.pos+1:]
	switch {
	case rest != "" && strings.IndexByte(`"\/bfnrt`, rest[0]) >= 0:
		lx.pos += 2
		return nil
	case len(rest) >= 5 && rest[0] == 'u' && isHex(rest[1:5]):
		lx.pos += 6
		return nil
	}
	return lx.fail("a string has an invalid escape")
}

func isHex(s string) bool {
	for i := range len(s) {
		c := lowerByte(s[i])
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// unescape decodes a string whose escapes are known to be well formed. A lone
// surrogate becomes U+FFFD.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		if s[i+1] != 'u' {
			b.WriteByte(unescapeByte(s[i+1]))
			s = s[i+2:]
			continue
		}
		r, size := unescapeRune(s[i:])
		b.WriteRune(r)
		s = s[i+size:]
	}
	return b.String()
}

func unescapeByte(c byte) byte {
	const from, to = `bfnrt`, "\b\f\n\r\t"
	if i := strings.IndexByte(from, c); i >= 0 {
		return to[i]
	}
	return c
}

// unescapeRune decodes \uXXXX, or two of them that form a surrogate pair.
func unescapeRune(s string) (r rune, size int) {
	r = hexRune(s[2:6])
	if r < 0xD800 || r > 0xDFFF {
		return r, 6
	}
	if r < 0xDC00 && len(s) >= 12 && s[6:8] == `\u` {
		if low := hexRune(s[8:12]); 0xDC00 <= low && low <= 0xDFFF {
			return 0x10000 + (r-0xD800)<<10 + (low - 0xDC00), 12
		}
	}
	return utf8.RuneError, 6
}

func hexRune(s string) rune {
	v, _ := strconv.ParseUint(s, 16, 32) // four hexadecimal digits cannot fail
	return rune(v)
}

func (lx *lexer) number() (int32, error) {
	n := lx.open(numberNode)
	from := lx.pos
	if lx.peek() == '-' {
		lx.pos++
	}
	if lx.peek() == '0' {
		lx.pos++
	} else if lx.digits() == 0 {
		return 0, lx.fail("a number has no digits")
	}
	if lx.peek() == '.' {
		lx.pos++
		if lx.digits() == 0 {
			return 0, lx.fail("a number has no digits after its point")
		}
	}
	if lx.peek()|0x20 == 'e' {
		lx.pos++
		if c := lx.peek(); c == '+' || c == '-' {
			lx.pos++
		}
		if lx.digits() == 0 {
			return 0, lx.fail("a number has no exponent")
		}
	}
	lx.nodes[n].text = lx.src[from:lx.pos]
	lx.close(n)
	return n, nil
}

func (lx *lexer) digits() int {
	from := lx.pos
	for c := lx.peek(); '0' <= c && c <= '9'; c = lx.peek() {
		lx.pos++
	}
	return lx.pos - from
}

// word reads true, false or null.
func (lx *lexer) word() (int32, error) {
	for _, w := range [...]struct {
		text string
		kind nodeKind
	}{{"true", boolNode}, {"false", boolNode}, {"null", nullNode}} {
		if strings.HasPrefix(lx.src[lx.pos:], w.text) {
			n := lx.open(w.kind)
			lx.pos += len(w.text)
			lx.nodes[n].text = w.text
			lx.close(n)
			return n, nil
		}
	}
	return 0, lx.fail("expected a value")
}
