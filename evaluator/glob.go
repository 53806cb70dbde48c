package evaluator

import "unicode/utf8"

// globBytes matches byte by byte. When a token fails, the last star takes one byte more;
// earlier stars need no second try. It stops when the effort is over.
func globBytes(tokens []token, s string, fold bool, e *effort) bool {
	i, pos := 0, 0
	star, starPos := -1, 0
	for !e.over() {
		if i < len(tokens) && tokens[i].kind == tokenStar {
			i++
			star, starPos = i, pos
			continue
		}
		if i == len(tokens) && pos == len(s) {
			return true
		}
		if i < len(tokens) {
			e.add(&tokens[i])
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
	return false
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
func globUnits(tokens []token, s string, fold bool, e *effort) bool {
	i, pos := 0, unitPos{}
	star, starPos := -1, unitPos{}
	for !e.over() {
		if i < len(tokens) && tokens[i].kind == tokenStar {
			i++
			star, starPos = i, pos
			continue
		}
		if i == len(tokens) && pos.at == len(s) {
			return true
		}
		if i < len(tokens) {
			e.add(&tokens[i])
			if next, ok := tokens[i].units(s, pos, fold); ok {
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
	return false
}

func (t *token) units(s string, pos unitPos, fold bool) (unitPos, bool) {
	switch {
	case t.kind == tokenMark:
		if pos.at == len(s) {
			return pos, false
		}
		return pos.next(s), true
	case t.text == "":
		return pos, true
	}
	n := t.prefix(s[pos.at:], fold)
	return unitPos{pos.at + n, false}, !pos.half && n >= 0
}
