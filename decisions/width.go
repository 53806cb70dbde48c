package decisions

import (
	"strings"
	"unicode"
)

// wide are the characters that take two columns of a terminal: East Asian ones, and most
// pictures. https://www.unicode.org/reports/tr11/
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0xa4cf, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1},
		{0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{{0x1f300, 0x1f64f, 1}, {0x1f900, 0x1f9ff, 1}, {0x20000, 0x3fffd, 1}},
}

// runeColumns returns how many columns a character takes; combining characters take none.
func runeColumns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// Columns returns how many columns of a terminal a string takes, not counting the sequences
// that set colours.
func Columns(s string) int {
	n := 0
	for s != "" {
		text, rest, ok := strings.Cut(s, "\x1b[")
		for _, r := range text {
			n += runeColumns(r)
		}
		if !ok {
			break
		}
		if _, s, ok = strings.Cut(rest, "m"); !ok {
			break
		}
	}
	return n
}

// firstColumns returns the longest beginning of a string that takes at most this many columns.
func firstColumns(s string, most int) string {
	for i, r := range s {
		if most -= runeColumns(r); most < 0 {
			return s[:i]
		}
	}
	return s
}
