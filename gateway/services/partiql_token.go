package services

import "strings"

// token is a word of a PartiQL statement.
type token struct {
	kind tokenKind
	text string // unquoted
}

type tokenKind uint8

const (
	endToken    tokenKind = iota
	wordToken             // a keyword or a name, as it was written
	nameToken             // "name"
	stringToken           // 'string'
	numberToken           // 1, 2.5, 1e3
	symbolToken           // one or two other bytes
	brokenToken           // anything else
)

// symbols are those of two bytes.
var partiQLSymbols = []string{"<>", "!=", "<=", ">=", "||", "<<", ">>"}

// partiQLTokens cuts a statement into tokens; the last is one of kind endToken. Comments are not
// accepted: readers treat them differently.
func partiQLTokens(s string) []token {
	var list []token
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" {
			return append(list, token{kind: endToken})
		}
		t, size := nextToken(s)
		list = append(list, t)
		if t.kind == brokenToken {
			return append(list, token{kind: endToken})
		}
		s = s[size:]
	}
}

func nextToken(s string) (token, int) {
	switch c := s[0]; {
	case c == '"':
		return quoted(s, nameToken)
	case c == '\'':
		return quoted(s, stringToken)
	case isDigit(c):
		n := numberSize(s)
		return token{numberToken, s[:n]}, n
	case isNameByte(c) || c == '$':
		n := 1
		for n < len(s) && (isNameByte(s[n]) || s[n] == '$') {
			n++
		}
		return token{wordToken, s[:n]}, n
	case strings.HasPrefix(s, "--") || strings.HasPrefix(s, "/*") || c < ' ':
		return token{kind: brokenToken, text: s[:1]}, 1
	}
	for _, two := range partiQLSymbols {
		if strings.HasPrefix(s, two) {
			return token{symbolToken, two}, 2
		}
	}
	return token{symbolToken, s[:1]}, 1
}

// quoted reads what is between quotes; a quote in it is written twice.
func quoted(s string, kind tokenKind) (token, int) {
	quote := s[0]
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			text.WriteByte(s[i])
			continue
		}
		if i+1 == len(s) || s[i+1] != quote {
			return token{kind, text.String()}, i + 1
		}
		text.WriteByte(quote)
		i++
	}
	return token{kind: brokenToken, text: s[:1]}, 1
}

func numberSize(s string) int {
	n := 0
	for n < len(s) && (isDigit(s[n]) || s[n] == '.') {
		n++
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		e := n + 1
		if e < len(s) && (s[e] == '+' || s[e] == '-') {
			e++
		}
		if e < len(s) && isDigit(s[e]) {
			for n = e; n < len(s) && isDigit(s[n]); n++ {
			}
		}
	}
	return n
}
