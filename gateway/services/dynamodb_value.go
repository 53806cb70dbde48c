package services

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
)

// keyText returns the text of a scalar attribute value (S, N or B), as a
// condition key shows it, and false for a value that cannot be a key.
//
// Equal numbers are written in the same way, since DynamoDB compares them as numbers: an item with
// the key 1 is also found by 1.0 and 10E-1. How AWS writes binary values is not documented.
func keyText(value members) (string, bool) {
	if len(value) != 1 {
		return "", false
	}
	if s, ok := value["S"].(string); ok {
		return s, true
	}
	switch n := value["N"].(type) {
	case string:
		return plainNumber(n), true
	case json.Number:
		return plainNumber(n.String()), true
	}
	b, ok := value["B"].(string)
	if !ok {
		return "", false
	}
	if raw, err := base64.StdEncoding.DecodeString(b); err == nil {
		return base64.StdEncoding.EncodeToString(raw), true
	}
	return b, true
}

// keyTexts returns the texts of all scalar values among the members, in the order
// of their names.
func keyTexts(item members) []string {
	var texts []string
	for _, name := range item.names() {
		if text, ok := keyText(item.object(name)); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// maxExponent limits the zeros that plainNumber writes. DynamoDB's own numbers
// end at 1E+126.
const maxExponent = 200

// plainNumber writes a decimal number without an exponent, without a plus sign and without
// superfluous zeros. Anything that is not a number is left unchanged.
func plainNumber(s string) string {
	digits, point, negative, ok := decimal(strings.TrimSpace(s))
	if !ok {
		return s
	}
	for len(digits) < point {
		digits += "0"
	}
	for point < 0 {
		digits, point = "0"+digits, point+1
	}
	whole := strings.TrimLeft(digits[:point], "0")
	fraction := strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	if negative && whole+fraction != "0" {
		return "-" + whole + fraction
	}
	return whole + fraction
}

// decimal cuts a number into its digits and the place of the point among them.
func decimal(s string) (digits string, point int, negative, ok bool) {
	if rest, found := strings.CutPrefix(s, "-"); found {
		s, negative = rest, true
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n > maxExponent || n < -maxExponent {
			return "", 0, false, false
		}
		s, exponent = s[:i], n
	}
	whole, fraction, _ := strings.Cut(s, ".")
	digits = whole + fraction
	if digits == "" || len(digits) > maxExponent || strings.Trim(digits, "0123456789") != "" {
		return "", 0, false, false
	}
	return digits, len(whole) + exponent, negative, true
}
