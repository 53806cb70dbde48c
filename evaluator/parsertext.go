package evaluator

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf16"
)

// parserFault returns the fault of a session policy that is not JSON; nil for any other fault.
// STS answers with the sentence of its JSON parser and the place (recorded for two faults; the
// parser's other sentences are from its source).
// https://github.com/FasterXML/jackson-1/blob/master/src/java/org/codehaus/jackson/impl/ReaderBasedParser.java
func parserFault(err error) error {
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.fault.code != faultJSON {
		return nil
	}
	p := parser{units: utf16.Encode([]rune(syntax.fault.text)), line: 1, source: readerName(syntax.fault.text)}
	c, ok := p.skip()
	if !ok {
		return nil
	}
	message := p.value(c)
	if message == "" {
		return nil
	}
	return malformed(syntax.At, message+"\n at "+p.location(p.line, p.pos-p.lineStart+1))
}

// readerName returns the name that Java gives the reader of a string. AWS's ends with a number
// that differs from call to call; this one depends only on the text.
func readerName(text string) string {
	h := fnv.New32a()
	h.Write([]byte(text)) // never fails
	return fmt.Sprintf("java.io.StringReader@%08x", h.Sum32())
}

// parser reads JSON up to the first fault, and describes that in the words of Jackson 1, the
// parser of STS. Its methods return the sentence; "" if there is no fault.
type parser struct {
	units           []uint16 // the text as Java holds it
	pos             int
	line, lineStart int
	source          string
}

func (p *parser) location(line, column int) string {
	return fmt.Sprintf("[Source: %s; line: %d, column: %d]", p.source, line, column)
}

// next reads a unit; false at the end.
func (p *parser) next() (uint16, bool) {
	if p.pos == len(p.units) {
		return 0, false
	}
	p.pos++
	return p.units[p.pos-1], true
}

// skip reads the first unit that is not white space.
func (p *parser) skip() (uint16, bool) {
	for {
		c, ok := p.next()
		switch {
		case !ok:
			return 0, false
		case c == '\n', c == '\r' && (p.pos == len(p.units) || p.units[p.pos] != '\n'):
			p.line, p.lineStart = p.line+1, p.pos
		case c > ' ':
			return c, true
		case c != ' ' && c != '\t' && c != '\r':
			return c, true // not white space; no value begins with it
		}
	}
}

func (p *parser) value(c uint16) string {
	switch {
	case c == '{':
		return p.composite("OBJECT", '}', ']')
	case c == '[':
		return p.composite("ARRAY", ']', '}')
	case c == '"':
		return p.text("string value", ": was expecting closing quote for a string value")
	case c == '-' || isDigit(c):
		return p.number(c)
	case c == 't':
		return p.word("true")
	case c == 'f':
		return p.word("false")
	case c == 'n':
		return p.word("null")
	}
	return unexpected(c, "expected a valid value (number, String, array, object, 'true', 'false' or 'null')")
}

// composite reads what follows the opening bracket of an object or array.
func (p *parser) composite(kind string, end, otherEnd uint16) string {
	start := p.location(p.line, p.pos-p.lineStart-1) // counted from 0
	for first := true; ; first = false {
		c, ok := p.skip()
		switch {
		case !ok:
			return "Unexpected end-of-input: expected close marker for " + kind + " (from " + start + ")"
		case c == end:
			return ""
		case c == otherEnd:
			return fmt.Sprintf("Unexpected close marker '%c': expected '%c' (for %s starting at %s)", otherEnd, end, kind, start)
		}
		if !first {
			if c != ',' {
				return unexpected(c, "was expecting comma to separate "+kind+" entries")
			}
			if c, ok = p.skip(); !ok {
				return "Unexpected end-of-input within/between " + kind + " entries"
			}
		}
		message := ""
		if kind == "OBJECT" {
			message = p.member(c)
		} else {
			message = p.value(c)
		}
		if message != "" {
			return message
		}
	}
}

// member reads the name that c begins, and the value.
func (p *parser) member(c uint16) string {
	if c != '"' {
		return unexpected(c, "was expecting double-quote to start field name")
	}
	if message := p.text("name", `: was expecting closing '"' for name`); message != "" {
		return message
	}
	c, ok := p.skip()
	if ok && c != ':' {
		return unexpected(c, "was expecting a colon to separate field name and value")
	}
	if ok {
		c, ok = p.skip()
	}
	if !ok {
		return "Unexpected end-of-input within/between OBJECT entries"
	}
	return p.value(c)
}

// text reads a string after its first quote.
func (p *parser) text(what, unclosed string) string {
	for {
		c, ok := p.next()
		switch {
		case !ok:
			return "Unexpected end-of-input" + unclosed
		case c == '"':
			return ""
		case c < ' ':
			return "Illegal unquoted character (" + unitName(c) + "): has to be escaped using backslash to be included in " + what
		case c == '\\':
			if message := p.escape(); message != "" {
				return message
			}
		}
	}
}

func (p *parser) escape() string {
	const cut = "Unexpected end-of-input in character escape sequence"
	c, ok := p.next()
	switch {
	case !ok:
		return cut
	case c == 'u':
		for range 4 {
			if c, ok = p.next(); !ok {
				return cut
			}
			if c > 127 || !isHex(string(rune(c))) {
				return unexpected(c, "expected a hex-digit for character escape sequence")
			}
		}
	case c > 127 || strings.IndexByte(`"\/bfnrt`, byte(c)) < 0:
		return "Unrecognized character escape " + unitName(c)
	}
	return ""
}

// number reads a number whose first unit is c.
func (p *parser) number(c uint16) string {
	if c == '-' {
		c, _ = p.next()
		if !isDigit(c) {
			return "Unexpected character (" + unitName(c) +
				") in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value"
		}
	}
	if c == '0' && isDigit(p.peek()) {
		return "Invalid numeric value: Leading zeroes not allowed"
	}
	p.digits()
	if p.peek() == '.' {
		p.pos++
		if p.digits() == 0 {
			return p.numeric("Decimal point not followed by a digit")
		}
	}
	if p.peek()|0x20 == 'e' {
		p.pos++
		if p.peek() == '+' || p.peek() == '-' {
			p.pos++
		}
		if p.digits() == 0 {
			return p.numeric("Exponent indicator not followed by a digit")
		}
	}
	return ""
}

func (p *parser) numeric(message string) string {
	c, _ := p.next()
	return "Unexpected character (" + unitName(c) + ") in numeric value: " + message
}

func (p *parser) peek() uint16 {
	if p.pos < len(p.units) {
		return p.units[p.pos]
	}
	return 0
}

func (p *parser) digits() int {
	from := p.pos
	for isDigit(p.peek()) {
		p.pos++
	}
	return p.pos - from
}

// word reads true, false or null after its first letter.
func (p *parser) word(word string) string {
	from := p.pos - 1
	for i := 1; i < len(word); i++ {
		if p.peek() != uint16(word[i]) {
			return p.unrecognized(from)
		}
		p.pos++
	}
	if isWordPart(p.peek()) {
		return p.unrecognized(from)
	}
	return ""
}

func (p *parser) unrecognized(from int) string {
	for isWordPart(p.peek()) {
		p.pos++
	}
	return "Unrecognized token '" + string(utf16.Decode(p.units[from:p.pos])) + "': was expecting 'null', 'true', 'false' or NaN"
}

func isDigit(c uint16) bool { return '0' <= c && c <= '9' }

func isWordPart(c uint16) bool {
	return c < 128 && (isDigit(c) || alphanumeric(string(rune(c))) || c == '_' || c == '$')
}

// unexpected returns the sentence for a unit that may not be at its place. Two kinds of units
// are refused wherever they are.
func unexpected(c uint16, message string) string {
	switch {
	case c < ' ':
		return "Illegal character (" + unitName(c) + `): only regular white space (\r, \n, \t) is allowed between tokens`
	case c == '/':
		message = "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)"
	}
	return "Unexpected character (" + unitName(c) + "): " + message
}

// unitName is a unit as Jackson shows it: 'i' (code 105).
func unitName(c uint16) string {
	switch {
	case c < ' ' || c >= 0x7f && c < 0xa0:
		return fmt.Sprintf("(CTRL-CHAR, code %d)", c)
	case c > 255:
		return fmt.Sprintf("'%c' (code %d / 0x%x)", c, c, c)
	}
	return fmt.Sprintf("'%c' (code %d)", c, c)
}
