package evaluator

import (
	"fmt"
	"regexp"
	"testing"
)

var javaReader = regexp.MustCompile(`java\.io\.StringReader@[0-9a-f]{8}`)

// The first two are recorded, the others come from the parser's source.
func TestSentencesOfTheParser(t *testing.T) {
	t.Parallel()
	at := func(line, column int) string {
		return fmt.Sprintf("\n at [Source: READER; line: %d, column: %d]", line, column)
	}
	const value = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
	for document, want := range map[string]string{
		`invalid`:        "Unexpected character ('i' (code 105)): " + value + at(1, 2),
		`{invalid`:       "Unexpected character ('i' (code 105)): was expecting double-quote to start field name" + at(1, 3),
		"{\n  'a': 1}":   "Unexpected character (''' (code 39)): was expecting double-quote to start field name" + at(2, 4),
		"{\r\n\"a\"\r1}": "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value" + at(3, 2),
		`{"a":1,}`:       "Unexpected character ('}' (code 125)): was expecting double-quote to start field name" + at(1, 9),
		`{"a":[1,]}`:     "Unexpected character (']' (code 93)): " + value + at(1, 10),
		`{"a":1 "b":2}`:  `Unexpected character ('"' (code 34)): was expecting comma to separate OBJECT entries` + at(1, 9),
		`["a" "b"]`:      `Unexpected character ('"' (code 34)): was expecting comma to separate ARRAY entries` + at(1, 7),
		`{"a":[1}`: "Unexpected close marker '}': expected ']' (for ARRAY starting at [Source: READER; line: 1, column: 5])" +
			at(1, 9),
		`{]`: "Unexpected close marker ']': expected '}' (for OBJECT starting at [Source: READER; line: 1, column: 0])" +
			at(1, 3),
		`{"a":{"b":true}`: "Unexpected end-of-input: expected close marker for OBJECT (from [Source: READER; line: 1, column: 0])" +
			at(1, 16),
		`{"a":1,`:         "Unexpected end-of-input within/between OBJECT entries" + at(1, 8),
		`{"a"`:            "Unexpected end-of-input within/between OBJECT entries" + at(1, 5),
		`[1,`:             "Unexpected end-of-input within/between ARRAY entries" + at(1, 4),
		`{"a`:             `Unexpected end-of-input: was expecting closing '"' for name` + at(1, 4),
		`{"a":"b`:         "Unexpected end-of-input: was expecting closing quote for a string value" + at(1, 8),
		"{\"a\":\"\tb\"}": "Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be included in string value" + at(1, 8),
		"{\"a\n\":1}": "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in name" +
			at(1, 5),
		`{"a":"\x"}`:     "Unrecognized character escape 'x' (code 120)" + at(1, 9),
		`{"a":"\u12g4"}`: "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence" + at(1, 12),
		`{"a":"\u12`:     "Unexpected end-of-input in character escape sequence" + at(1, 11),
		`{"a":tru}`:      "Unrecognized token 'tru': was expecting 'null', 'true', 'false' or NaN" + at(1, 9),
		`{"a":falsy}`:    "Unrecognized token 'falsy': was expecting 'null', 'true', 'false' or NaN" + at(1, 11),
		`{"a":"\`:        "Unexpected end-of-input in character escape sequence" + at(1, 8),
		`{"a":1`: "Unexpected end-of-input: expected close marker for OBJECT (from [Source: READER; line: 1, column: 0])" +
			at(1, 7),
		`{"a":nullify}`: "Unrecognized token 'nullify': was expecting 'null', 'true', 'false' or NaN" + at(1, 13),
		`{"a":01}`:      "Invalid numeric value: Leading zeroes not allowed" + at(1, 7),
		`{"a":-x}`:      "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value" + at(1, 8),
		`{"a":1.}`:      "Unexpected character ('}' (code 125)) in numeric value: Decimal point not followed by a digit" + at(1, 9),
		`{"a":1e+}`:     "Unexpected character ('}' (code 125)) in numeric value: Exponent indicator not followed by a digit" + at(1, 10),
		`{"a":é}`:       "Unexpected character ('é' (code 233)): " + value + at(1, 7),
		`{"a":€}`:       "Unexpected character ('€' (code 8364 / 0x20ac)): " + value + at(1, 7),
		"{\"a\":\x01}": `Illegal character ((CTRL-CHAR, code 1)): only regular white space (\r, \n, \t) is allowed between tokens` +
			at(1, 7),
		`{"a":1 // one`:   "Unexpected character ('/' (code 47)): maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)" + at(1, 9),
		`{} x`:            "Syntax errors in policy.", // what follows is not known to be read
		`{"Statement":1}`: "Syntax errors in policy.",
	} {
		err := Validate(document, Session)
		if err == nil {
			t.Errorf("%s is accepted", document)
			continue
		}
		if got := javaReader.ReplaceAllString(err.Error(), "READER"); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", document, got, want)
		}
	}
}

// The reader's name depends only on the document.
func TestReaderNames(t *testing.T) {
	t.Parallel()
	name := func(document string) string { return javaReader.FindString(Validate(document, Session).Error()) }
	if a, b := name("invalid"), name("invalid"); a != b || a == "" || a == name("{invalid") {
		t.Errorf("readers of the same text: %s, %s; of another: %s", a, b, name("{invalid"))
	}
}
