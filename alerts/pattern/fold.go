package pattern

import (
	"strings"
	"unicode"
)

// fold makes one string of all that differ in case alone.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		if r <= unicode.MaxASCII && r != 'k' && r != 's' { // K and S have a third form beyond ASCII
			return r
		}
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		if 'A' <= least && least <= 'Z' {
			return least + 'a' - 'A'
		}
		return least
	}, s)
}
