package evaluator

import "strings"

// pattern is text with wildcards and variables: "*" matches any run of characters, line feeds
// included, and "?" one UTF-16 unit (recorded). There are no other metacharacters.
type pattern struct {
	text   string  // of a literal or a prefix
	tokens []token // of a glob
	least  int32   // the fewest bytes that a glob matches, without its variables
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
	p.tokens = make([]token, 0, min(2*n+1, len(s)))
	start, i, d := 0, 0, defaults{len(s)}
	for i < len(s) {
		size := p.special(sx, s[start:i], s[i:], &d)
		i += max(size, 1)
		if size > 0 {
			start = i
		}
	}
	p.addText(s[start:])
	p.joinTexts()
	p.least = int32(least(p.tokens))
	p.simplify()
	return p
}

// special reads the special text with which rest begins and appends it after the text before
// it. It returns its size, 0 if rest begins with ordinary text.
func (p *pattern) special(sx syntax, before, rest string, d *defaults) int {
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
		v, size, ok := cutVariable(rest, d)
		if ok {
			p.addText(before)
			p.addVariable(v)
		}
		return size
	}
	return 0
}

func (p *pattern) addText(s string) {
	if s != "" {
		p.tokens = append(p.tokens, token{kind: tokenText, text: s})
	}
}

// joinTexts makes one token of adjacent texts, which escapes leave.
func (p *pattern) joinTexts() {
	out := p.tokens[:0]
	for i := 0; i < len(p.tokens); {
		end := i
		for end < len(p.tokens) && p.tokens[end].kind == tokenText {
			end++
		}
		if end-i > 1 {
			out = append(out, token{kind: tokenText, text: concat(p.tokens[i:end])})
			i = end
			continue
		}
		out = append(out, p.tokens[i])
		i++
	}
	p.tokens = out
}

func concat(tokens []token) string {
	var b strings.Builder
	for i := range tokens {
		b.WriteString(tokens[i].text)
	}
	return b.String()
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

// least returns the fewest bytes that the tokens match: a "?" matches one or more, a variable
// none or more.
func least(tokens []token) (n int) {
	for i := range tokens {
		n += len(tokens[i].text)
		if tokens[i].kind == tokenMark {
			n++
		}
	}
	return n
}

// everything reports whether the pattern matches every text.
func (p *pattern) everything() bool { return p.shape == shapePrefix && p.text == "" }

// match reports whether the whole of s matches. A pattern with a variable that
// has no value matches nothing.
func (p *pattern) match(s string, c *Context, sc *scratch) bool {
	switch {
	case p.shape < shapeGlob:
		return p.plain(s)
	case p.hopeless(s):
		return false
	case sc.effort.begin(s):
		if ok := p.glob(s, c, sc); !sc.effort.over() {
			return ok
		}
	}
	t := sc.taker(c, p.fold)
	return t.match(p)
}

// plain is match for literals and prefixes.
func (p *pattern) plain(s string) bool {
	if p.shape == shapeLiteral {
		return len(s) == len(p.text) && p.begins(s)
	}
	return len(s) >= len(p.text) && p.begins(s[:len(p.text)])
}

// quick is match with a limited effort: if the effort is over afterwards, the answer does not
// count. The effort has begun on s, or on a string of which s is a part.
func (p *pattern) quick(s string, c *Context, sc *scratch) bool {
	if p.shape < shapeGlob {
		return p.plain(s)
	}
	return !p.hopeless(s) && p.glob(s, c, sc)
}

// hopeless reports whether a quick look shows that a glob does not match.
func (p *pattern) hopeless(s string) bool {
	t := &p.tokens[0]
	return len(s) < int(p.least) || t.kind == tokenText && t.prefix(s, p.fold) < 0
}

func (p *pattern) glob(s string, c *Context, sc *scratch) bool {
	tokens, ok := p.filled(c, sc)
	switch {
	case !ok || p.shape == shapeVariables && len(s) < least(tokens):
		return false
	case p.marks && !sc.effort.ascii():
		return globUnits(tokens, s, p.fold, &sc.effort)
	}
	return globBytes(tokens, s, p.fold, &sc.effort)
}

func (p *pattern) begins(s string) bool {
	if p.fold {
		return equalCase(p.text, s)
	}
	return p.text == s
}

// filled returns the tokens of a glob with values in place of its variables;
// false if one has no value.
func (p *pattern) filled(c *Context, sc *scratch) ([]token, bool) {
	if p.shape == shapeGlob {
		return p.tokens, true
	}
	return p.fill(c, sc)
}

// fill puts the values of variables in place. They are literal: a "*" in a
// user's name is not a wildcard (recorded).
func (p *pattern) fill(c *Context, sc *scratch) ([]token, bool) {
	sc.tokens = sc.tokens[:0]
	sc.effort.steps += len(p.tokens)
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
