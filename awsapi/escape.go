package awsapi

import "unicode/utf8"

// textEscapes are the ASCII characters that are escaped in text: markup, the carriage return, which
// a reader would turn into a line feed, and the characters that XML cannot hold. AWS does not
// escape quotation marks and apostrophes (recorded).
var textEscapes = func() (table [utf8.RuneSelf]string) {
	for c := range 0x20 {
		table[c] = "\uFFFD"
	}
	table['\t'], table['\n'] = "", ""
	table['\r'] = "&#xD;"
	table['<'], table['>'], table['&'] = "&lt;", "&gt;", "&amp;"
	return table
}()

// appendText appends a text node.
func appendText(b []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if escape := textEscapes[c]; escape != "" {
				b = append(append(b, s[start:i]...), escape...)
				start = i + 1
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
			b = append(append(b, s[start:i]...), "\uFFFD"...)
			start = i + n
		}
		i += n
	}
	return append(b, s[start:]...)
}
