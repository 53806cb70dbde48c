package evaluator

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The IgnoreCase operators compare the lower case of both texts as Java makes
// it for each UTF-16 unit: a final capital sigma becomes the final small one,
// U+0130 becomes two characters, the Kelvin sign becomes k, and characters above U+FFFF keep
// their case. There is no case folding: "ß" is not "SS" (all recorded).

// longestFold is how many times longer than a string another one can be that is
// equal to it: a character has up to four bytes, and becomes up to two in lower case.
const longestFold = 2 * utf8.UTFMax

// equalIgnoreCase reports whether a and b have the same lower case.
func equalIgnoreCase(a, b string) bool {
	if isASCII(a) && isASCII(b) {
		return len(a) == len(b) && strings.EqualFold(a, b)
	}
	x, y := lowerReader{s: a}, lowerReader{s: b}
	for {
		r, s := x.next(), y.next()
		if r != s {
			return false
		}
		if r < 0 {
			return true
		}
	}
}

// appendLower appends the lower case of s, which is the same for all texts that
// are equal to it.
func appendLower(b []byte, s string) []byte {
	l := lowerReader{s: s}
	for r := l.next(); r >= 0; r = l.next() {
		b = utf8.AppendRune(b, r)
	}
	return b
}

// lowerReader yields the characters of a string in lower case, then -1.
type lowerReader struct {
	s    string
	pos  int
	held rune
}

const (
	capitalSigma = 'Σ'
	smallSigma   = 'σ'
	finalSigma   = 'ς'
	dottedI      = '\u0130'
	dotAbove     = '\u0307'
)

func (l *lowerReader) next() rune {
	if l.held != 0 {
		r := l.held
		l.held = 0
		return r
	}
	if l.pos == len(l.s) {
		return -1
	}
	r, size := utf8.DecodeRuneInString(l.s[l.pos:])
	at := l.pos
	l.pos += size
	switch {
	case r > 0xFFFF:
		return r
	case r == dottedI:
		l.held = dotAbove
		return 'i'
	case r == capitalSigma && isFinal(l.s[:at], l.s[l.pos:]):
		return finalSigma
	case r == capitalSigma:
		return smallSigma
	}
	return unicode.ToLower(r)
}

// isFinal is Unicode's Final_Sigma condition: there is a cased letter before and none after,
// with characters that do not matter for case in between.
func isFinal(before, behind string) bool {
	for before != "" {
		r, size := utf8.DecodeLastRuneInString(before)
		before = before[:len(before)-size]
		if caseIgnorable(r) {
			continue
		}
		return isCased(r) && !casedFollows(behind)
	}
	return false
}

func casedFollows(s string) bool {
	for _, r := range s {
		if !caseIgnorable(r) {
			return isCased(r)
		}
	}
	return false
}

func isCased(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt) }

func caseIgnorable(r rune) bool {
	return strings.ContainsRune("'.:^`·’", r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}
