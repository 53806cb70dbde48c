package evaluator

import (
	"strings"
	"unicode/utf8"
)

// pattern is text with wildcards and variables: "*" stands for any run of
// characters, line feeds included, and "?" for one UTF-16 unit (recorded). There are no other metacharacters.
type pattern struct {
	text   string  // of a literal or a prefix
	tokens []token // of a glob
	shape  patternShape
	marks  bool // has a "?"
	fold   bool // ASCII case does not matter
}

type patternShape uint8

const (
	shapeLiteral patternShape = iota
	shapePrefix               // text, then anything
	shapeGlob
	shapeVariables // a glob whose variables are filled for each request
)

type tokenKind uint8

const (
	tokenText tokenKind = iota
	tokenStar
	tokenMark
	tokenVariable
)

type token struct {
	kind     tokenKind
	text     string
	variable *variable
}

// syntax says which special texts a pattern knows.
type syntax uint8

const (
	wildcards syntax = 1 << iota
	variables
	ignoreCase
)

// specials counts the characters of s that may begin a special text.
func specials(s string, sx syntax) (n int) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '*', '?':
			n += int(sx & wildcards)
		case '$':
			n += int(sx & variables >> 1)
		}
	}
	return n
}

func compilePattern(s string, sx syntax) pattern {
	p := pattern{fold: sx&ignoreCase != 0}
	n := specials(s, sx)
	switch {
	case n == 0:
		p.text = s
		return p
	case n == 1 && sx&wildcards != 0 && s[len(s)-1] == '*':
		p.shape, p.text = shapePrefix, s[:len(s)-1]
		return p
	}
	p.tokens = make([]token, 0, 2*n+1)
	start, i := 0, 0
	for i < len(s) {
		size := p.special(s[start:i], s[i:], sx)
		i += max(size, 1)
		if size > 0 {
			start = i
		}
	}
	p.addText(s[start:])
	p.simplify()
	return p
}

// special reads the special text that rest begins with and appends it behind
// the text before it. It returns its size, 0 if rest begins with ordinary text.
func (p *pattern) special(before, rest string, sx syntax) int {
	switch c := rest[0]; {
	case c == '*' && sx&wildcards != 0:
		p.addText(before)
		if n := len(p.tokens); n == 0 || p.tokens[n-1].kind != tokenStar {
			p.tokens = append(p.tokens, token{kind: tokenStar})
		}
		return 1
	case c == '?' && sx&wildcards != 0:
		p.addText(before)
		p.tokens = append(p.tokens, token{kind: tokenMark})
		p.marks = true
		return 1
	case c == '$' && sx&variables != 0:
		v, size, ok := cutVariable(rest)
		if ok {
			p.addText(before)
			p.addVariable(v)
		}
		return size
	}
	return 0
}

// addText appends text, joining it with text before it.
func (p *pattern) addText(s string) {
	if s == "" {
		return
	}
	if n := len(p.tokens); n > 0 && p.tokens[n-1].kind == tokenText {
		p.tokens[n-1].text += s
		return
	}
	p.tokens = append(p.tokens, token{kind: tokenText, text: s})
}

func (p *pattern) addVariable(v variable) {
	if v.escape {
		p.addText(v.key)
		return
	}
	p.tokens = append(p.tokens, token{kind: tokenVariable, variable: &v})
	p.shape = shapeVariables
}

// simplify finds the shapes that match fastest.
func (p *pattern) simplify() {
	t := p.tokens
	switch {
	case p.shape == shapeVariables:
	case len(t) == 1 && t[0].kind == tokenText:
		p.shape, p.text, p.tokens = shapeLiteral, t[0].text, nil
	case len(t) == 1 && t[0].kind == tokenStar:
		p.shape, p.tokens = shapePrefix, nil
	case len(t) == 2 && t[0].kind == tokenText && t[1].kind == tokenStar:
		p.shape, p.text, p.tokens = shapePrefix, t[0].text, nil
	default:
		p.shape = shapeGlob
	}
}

// everything reports whether the pattern matches every text.
func (p *pattern) everything() bool { return p.shape == shapePrefix && p.text == "" }

// match reports whether the whole of s matches. A pattern with a variable that
// has no value matches nothing.
func (p *pattern) match(s string, c *Context, sc *scratch) bool {
	switch p.shape {
	case shapeLiteral:
		return len(s) == len(p.text) && p.begins(s)
	case shapePrefix:
		return len(s) >= len(p.text) && p.begins(s[:len(p.text)])
	}
	if t := &p.tokens[0]; t.kind == tokenText && t.prefix(s, p.fold) < 0 {
		return false // the most frequent way not to match
	}
	if p.shape == shapeGlob {
		return p.glob(p.tokens, s)
	}
	tokens, ok := p.fill(c, sc)
	return ok && p.glob(tokens, s)
}

func (p *pattern) begins(s string) bool {
	if p.fold {
		return equalCase(p.text, s)
	}
	return p.text == s
}

// fill puts the values of variables in place. They are literal: a "*" in a
// user's name is no wildcard (recorded).
func (p *pattern) fill(c *Context, sc *scratch) ([]token, bool) {
	sc.tokens = sc.tokens[:0]
	for i := range p.tokens {
		t := &p.tokens[i]
		if t.kind != tokenVariable {
			sc.tokens = append(sc.tokens, *t)
			continue
		}
		value, ok := t.variable.value(c)
		if !ok {
			return nil, false
		}
		sc.tokens = append(sc.tokens, token{kind: tokenText, text: value})
	}
	return sc.tokens, true
}

func (p *pattern) glob(tokens []token, s string) bool {
	if p.marks && !isASCII(s) {
		return globUnits(tokens, s)
	}
	return globBytes(tokens, s, p.fold)
}

// globBytes matches byte by byte. When a token fails, the last star takes one
// byte more; earlier stars need no second try.
func globBytes(tokens []token, s string, fold bool) bool {
	i, pos := 0, 0
	star, starPos := -1, 0
	for {
		if i < len(tokens) && tokens[i].kind == tokenStar {
			i++
			star, starPos = i, pos
			continue
		}
		if i == len(tokens) && pos == len(s) {
			return true
		}
		if i < len(tokens) {
			if n := tokens[i].prefix(s[pos:], fold); n >= 0 {
				i, pos = i+1, pos+n
				continue
			}
		} else if star == len(tokens) {
			return true
		}
		if star < 0 || starPos >= len(s) {
			return false
		}
		starPos++
		i, pos = star, starPos
	}
}

// prefix returns how many bytes of s the token takes, or -1.
func (t *token) prefix(s string, fold bool) int {
	if t.kind == tokenMark {
		if s == "" {
			return -1
		}
		return 1
	}
	if len(s) < len(t.text) {
		return -1
	}
	if fold && equalCase(t.text, s[:len(t.text)]) || !fold && s[:len(t.text)] == t.text {
		return len(t.text)
	}
	return -1
}

// equalCase compares texts of the same length, ignoring ASCII case.
func equalCase(a, b string) bool {
	if a == b {
		return true
	}
	for i := 0; i < len(a); i++ {
		if a[i] != b[i] && lowerByte(a[i]) != lowerByte(b[i]) {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unitPos is a place between UTF-16 units: a byte offset, and whether the
// first half of the character there has been passed.
type unitPos struct {
	at   int
	half bool
}

// next passes one UTF-16 unit.
func (p unitPos) next(s string) unitPos {
	_, size := utf8.DecodeRuneInString(s[p.at:])
	if size == utf8.UTFMax && !p.half {
		return unitPos{p.at, true}
	}
	return unitPos{p.at + size, false}
}

// globUnits is globBytes for text beyond ASCII and patterns with a "?", which
// takes one UTF-16 unit: a character above U+FFFF needs two (recorded).
func globUnits(tokens []token, s string) bool {
	i, pos := 0, unitPos{}
	star, starPos := -1, unitPos{}
	for {
		if i < len(tokens) && tokens[i].kind == tokenStar {
			i++
			star, starPos = i, pos
			continue
		}
		if i == len(tokens) && pos.at == len(s) {
			return true
		}
		if i < len(tokens) {
			if next, ok := tokens[i].units(s, pos); ok {
				i, pos = i+1, next
				continue
			}
		} else if star == len(tokens) {
			return true
		}
		if star < 0 || starPos.at >= len(s) {
			return false
		}
		starPos = starPos.next(s)
		i, pos = star, starPos
	}
}

func (t *token) units(s string, pos unitPos) (unitPos, bool) {
	switch {
	case t.kind == tokenMark:
		if pos.at == len(s) {
			return pos, false
		}
		return pos.next(s), true
	case t.text == "":
		return pos, true
	}
	ok := !pos.half && strings.HasPrefix(s[pos.at:], t.text)
	return unitPos{pos.at + len(t.text), false}, ok
}
