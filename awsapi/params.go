package awsapi

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

// pair is a parameter of a request. While an input is decoded, key is the part
// of the parameter's name that is not used up yet.
type pair struct {
	key, value string
	slot       int // its position in its structure or list
}

// params is the parameters of a request, in the order in which they were sent.
type params []pair

// parse appends the parameters of a URL-encoded string. It reports false if it has a broken percent
// escape.
func (f params) parse(text string) (params, bool) {
	if text != "" {
		f = slices.Grow(f, strings.Count(text, "&")+1)
	}
	for text != "" {
		var part string
		part, text, _ = strings.Cut(text, "&")
		if part == "" {
			continue
		}
		key, value, _ := strings.Cut(part, "=")
		key, ok1 := unescape(key)
		value, ok2 := unescape(value)
		if !ok1 || !ok2 {
			return f, false
		}
		f = append(f, pair{key: key, value: value})
	}
	return f, true
}

// get returns the first value of a parameter, as AWS does (recorded), and nil
// if it was not sent.
func (f params) get(key string) *string {
	for i := range f {
		if f[i].key == key {
			return &f[i].value
		}
	}
	return nil
}

// unescape decodes percent escapes. Bytes that are not UTF-8 become U+FFFD, as in Java.
func unescape(s string) (string, bool) {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] != '%' && s[i] != '+' && s[i] < utf8.RuneSelf
	}
	if plain {
		return s, true
	}
	var b strings.Builder
	b.Grow(max(0, len(s)-2*strings.Count(s, "%"))) // an escape is one byte
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			b.WriteByte(' ')
		case '%':
			var c [1]byte
			if i+2 >= len(s) {
				return "", false
			}
			if _, err := hex.Decode(c[:], []byte(s[i+1:i+3])); err != nil {
				return "", false
			}
			b.WriteByte(c[0])
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD"), true
}

// wellFormed reports whether parse would read the string.
func wellFormed(text string) bool {
	for {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			return true
		}
		if i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]) {
			return false
		}
		text = text[i+3:]
	}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
