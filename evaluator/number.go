package evaluator

import (
	"math"
	"strings"
)

// number is a decimal number of any size, compared exactly: AWS distinguishes
// 9007199254740993 from ...992 (recorded). The value is 0.DDD times ten to the
// power of exp, where DDD are the digits of lead and tail without their point.
type number struct {
	negative   bool
	lead, tail string
	exp        int
}

// parseNumber reads what Java's BigDecimal reads: an optional sign, digits
// with an optional point before, among or after them, an optional exponent. "NaN", "0x10" and
// blanks are not numbers.
func parseNumber(s string) (number, bool) {
	var n number
	if s != "" && (s[0] == '+' || s[0] == '-') {
		n.negative = s[0] == '-'
		s = s[1:]
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		exp, ok := parseInt(s[i+1:], math.MaxInt32)
		if !ok {
			return n, false
		}
		n.exp, s = int(exp), s[:i]
	}
	var point bool
	n.lead, n.tail, point = strings.Cut(s, ".")
	if !digits(n.lead) || !digits(n.tail) || n.lead == "" && n.tail == "" || point && len(s) == 1 {
		return n, false
	}
	n.normalize()
	return n, true
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// normalize drops zeros at both ends; zero itself becomes the zero number.
func (n *number) normalize() {
	n.exp += len(n.lead)
	for strings.HasPrefix(n.lead, "0") {
		n.lead, n.exp = n.lead[1:], n.exp-1
	}
	if n.lead == "" {
		for strings.HasPrefix(n.tail, "0") {
			n.tail, n.exp = n.tail[1:], n.exp-1
		}
	}
	n.tail = strings.TrimRight(n.tail, "0")
	if n.tail == "" {
		n.lead = strings.TrimRight(n.lead, "0")
	}
	if n.lead == "" && n.tail == "" {
		*n = number{}
	}
}

func (n *number) zero() bool { return n.lead == "" && n.tail == "" }

// digit returns the i-th significant digit, or '0' after the last.
func (n *number) digit(i int) byte {
	if i < len(n.lead) {
		return n.lead[i]
	}
	if i -= len(n.lead); i < len(n.tail) {
		return n.tail[i]
	}
	return '0'
}

// compare returns -1, 0 or 1 as n is less than, equal to or greater than m.
func (n *number) compare(m *number) int {
	switch {
	case n.zero() && m.zero():
		return 0
	case n.sign() != m.sign():
		return sign(n.sign() > m.sign())
	case n.exp != m.exp:
		return sign(n.exp > m.exp != n.negative)
	}
	for i := range max(len(n.lead)+len(n.tail), len(m.lead)+len(m.tail)) {
		if a, b := n.digit(i), m.digit(i); a != b {
			return sign(a > b != n.negative)
		}
	}
	return 0
}

func (n *number) sign() int {
	switch {
	case n.zero():
		return 0
	case n.negative:
		return -1
	}
	return 1
}

func sign(greater bool) int {
	if greater {
		return 1
	}
	return -1
}

// parseInt reads an integer with an optional sign, whose absolute value is at
// most max, or one more if it is negative. Unlike strconv it makes no error.
func parseInt(s string, max uint64) (int64, bool) {
	negative := strings.HasPrefix(s, "-")
	if negative {
		max++
		s = s[1:]
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	v, ok := parseUint(s, 10, max)
	if negative {
		return -int64(v), ok
	}
	return int64(v), ok
}

// parseUint reads digits of base 10 or 16, at least one, up to max.
func parseUint(s string, base, max uint64) (v uint64, ok bool) {
	for i := 0; i < len(s); i++ {
		d := uint64(lowerByte(s[i]) - '0')
		if s[i] > '9' {
			d = uint64(lowerByte(s[i])-'a') + 10
		}
		if d >= base || v > (max-d)/base {
			return 0, false
		}
		v = v*base + d
	}
	return v, s != ""
}
