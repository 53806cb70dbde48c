package sigv4

// unreserved are the characters that a canonical request does not escape:
// letters, digits and -._~ (RFC 3986, section 2.3).
var unreserved = func() (table [256]bool) {
	for c := range table {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '.', c == '_', c == '~':
			table[c] = true
		}
	}
	return table
}()

const upperHex = "0123456789ABCDEF"

func appendEscapedByte(b []byte, c byte) []byte {
	if unreserved[c] {
		return append(b, c)
	}
	return append(b, '%', upperHex[c>>4], upperHex[c&15])
}

// appendEscaped percent-encodes every byte that is not unreserved.
func appendEscaped(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		b = appendEscapedByte(b, s[i])
	}
	return b
}

// appendReescaped decodes a name or value of a raw query and encodes it again. A plus is a space,
// as in a form. A percent sign that does not begin an escape is kept.
func appendReescaped(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		start := i
		for i < len(s) && unreserved[s[i]] {
			i++
		}
		b = append(b, s[start:i]...)
		if i == len(s) {
			break
		}
		c := s[i]
		switch c {
		case '+':
			c = ' '
		case '%':
			if i+2 < len(s) {
				high, low := unhex(s[i+1]), unhex(s[i+2])
				if high < 16 && low < 16 {
					c = high<<4 | low
					i += 2
				}
			}
		}
		b = appendEscapedByte(b, c)
	}
	return b
}

// unhex returns the value of a hexadecimal digit, or 16 for any other character.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}
