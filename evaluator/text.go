package evaluator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// NumberText returns the string that string operators see for a value of the type numeric:
// that of Java's BigDecimal, which keeps trailing zeros ("01.00" is "1.00", "1e2" is "1E+2";
// the first is recorded). It returns false if the value is not a number.
func NumberText(s string) (string, bool) {
	if _, ok := parseNumber(s); !ok {
		return "", false
	}
	sign, digits, scale := unscaled(s)
	adjusted := int64(len(digits)-1) - scale
	switch {
	case scale == 0:
		return sign + digits, true
	case scale < 0 || adjusted < -6:
		return sign + scientific(digits, adjusted), true
	case int64(len(digits)) > scale:
		point := int64(len(digits)) - scale
		return sign + digits[:point] + "." + digits[point:], true
	}
	return sign + "0." + strings.Repeat("0", int(scale)-len(digits)) + digits, true
}

// unscaled takes a number apart: it is digits times ten to the power of -scale.
// The digits have no leading zeros, except for zero itself, which has no sign.
func unscaled(s string) (sign, digits string, scale int64) {
	exponent := int64(0)
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		exponent, _ = strconv.ParseInt(s[i+1:], 10, 64) // parseNumber has read it
		s = s[:i]
	}
	if s[0] == '-' {
		sign = "-"
	}
	lead, tail, _ := strings.Cut(strings.TrimLeft(s, "+-"), ".")
	digits = strings.TrimLeft(lead+tail, "0")
	if digits == "" {
		sign, digits = "", "0"
	}
	return sign, digits, int64(len(tail)) - exponent
}

// scientific writes an adjusted exponent, which is never 0 here.
func scientific(digits string, adjusted int64) string {
	text := digits[:1]
	if len(digits) > 1 {
		text += "." + digits[1:]
	}
	return fmt.Sprintf("%sE%+d", text, adjusted)
}

// DateText returns the string that string operators see for a value of the type date: UTC with
// milliseconds, such as "2035-01-02T01:04:05.000Z" (recorded). It returns false if the value is
// not a date.
func DateText(s string) (string, bool) {
	ms, ok := parseDate(s)
	if !ok {
		return "", false
	}
	t := time.UnixMilli(ms).UTC()
	year := fmt.Sprintf("%04d", t.Year())
	if t.Year() < 0 {
		year = fmt.Sprintf("-%04d", -t.Year())
	}
	return year + t.Format("-01-02T15:04:05.000Z"), true
}

// IsAddress reports whether IpAddress can read s as the address of a request.
func IsAddress(s string) bool {
	_, ok := parseAddress(s)
	return ok
}

// IsBase64 reports whether BinaryEquals can read s: canonical base-64, including the empty
// string.
func IsBase64(s string) bool { return isBase64(s) }
