package services

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// jsonValue is the encoding of a valid JSON value, without white space around it. Nothing is
// decoded before it is asked for: a body of 16 MiB takes no additional memory, and members that no
// need uses are only scanned.
type jsonValue []byte

// readJSON checks a body. An empty body has no members.
func readJSON(body []byte) (value, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, nil
	}
	if !json.Valid(body) || !utf8.Valid(body) {
		return nil, errSyntax
	}
	return jsonValue(body), nil
}

// end returns the length of the value that valid JSON begins with.
func end(b []byte) int {
	switch b[0] {
	case '"':
		return endOfString(b)
	case '{', '[':
		return endOfNest(b)
	}
	if i := bytes.IndexAny(b, ",]} \t\r\n"); i >= 0 {
		return i
	}
	return len(b)
}

func endOfString(b []byte) int {
	for i := 1; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func endOfNest(b []byte) int {
	depth := 0
	for i := 0; ; i++ {
		switch b[i] {
		case '"':
			i += endOfString(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// space returns the number of leading bytes that are white space or one of the separators.
func space(b []byte, separator byte) int {
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r' || b[i] == separator) {
		i++
	}
	return i
}

// each calls f with the parts of an object or a list until f returns false. The
// key is a JSON string, or nil in a list.
func (v jsonValue) each(f func(key, part jsonValue) bool) {
	object, rest := v[0] == '{', []byte(v[1:len(v)-1])
	for {
		rest = rest[space(rest, ','):]
		if len(rest) == 0 {
			return
		}
		var key []byte
		if object {
			n := endOfString(rest)
			key, rest = rest[:n], rest[n:]
			rest = rest[space(rest, ':'):]
		}
		n := end(rest)
		if !f(key, rest[:n]) {
			return
		}
		rest = rest[n:]
	}
}

func (v jsonValue) isObject() bool { return v[0] == '{' }
func (v jsonValue) isList() bool   { return v[0] == '[' }
func (v jsonValue) isNull() bool   { return v[0] == 'n' }

// member finds the name exactly. The same name twice, or a name that differs only in case, is an
// error: servers disagree on which one counts.
func (v jsonValue) member(name string) (value, error) {
	if !v.isObject() {
		return nil, nil
	}
	var found jsonValue
	seen, wrong := 0, false
	v.each(func(key, part jsonValue) bool {
		if exact := key.is(name); exact {
			found = part
			seen++
		} else if key.resembles(name) {
			wrong = true
		}
		return true
	})
	switch {
	case seen > 1 || wrong:
		return nil, errTwice
	case seen == 0 || found.isNull():
		return nil, nil
	}
	return found, nil
}

// is reports whether a key is the name. Escapes are rare, and are decoded only if there are any.
func (v jsonValue) is(name string) bool {
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1:len(v)-1]) == name
	}
	text, _ := v.text()
	return text == name
}

// resembles reports whether a key differs from the name only in case.
func (v jsonValue) resembles(name string) bool {
	plain := bytes.IndexByte(v, '\\') < 0
	if plain && len(v)-2 != len(name) && ascii(v) {
		return false
	}
	text, _ := v.text()
	return strings.EqualFold(text, name)
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (v jsonValue) list(name string) ([]value, error) {
	m, err := v.member(name)
	if m == nil || err != nil {
		return nil, err
	}
	return m.elements()
}

func (v jsonValue) elements() ([]value, error) {
	if !v.isList() {
		return nil, nil
	}
	var out []value
	v.each(func(_, part jsonValue) bool {
		if !part.isNull() {
			out = append(out, part)
		}
		return len(out) <= maxParts
	})
	if len(out) > maxParts {
		return nil, errTooMuch
	}
	return out, nil
}

func (v jsonValue) entries() ([]entry, error) {
	if !v.isObject() {
		return nil, nil
	}
	var out []entry
	v.each(func(key, part jsonValue) bool {
		name, _ := key.text()
		out = append(out, entry{name, part})
		return len(out) <= maxParts
	})
	if len(out) > maxParts {
		return nil, errTooMuch
	}
	return out, distinct(out)
}

// distinct checks that a map has no duplicate keys.
func distinct(list []entry) error {
	seen := make(map[string]bool, len(list))
	for _, e := range list {
		if seen[e.key] {
			return errTwice
		}
		seen[e.key] = true
	}
	return nil
}

func (v jsonValue) text() (string, bool) {
	switch v[0] {
	case '"':
		if inner := v[1 : len(v)-1]; bytes.IndexByte(inner, '\\') < 0 {
			return string(inner), true
		}
		var text string
		if err := json.Unmarshal(v, &text); err != nil {
			return "", false
		}
		return text, true
	case '{', '[', 'n':
		return "", false
	}
	return string(v), true
}

// maxParts limits the elements of a list and the entries of a map that a need is read from. No
// request of AWS may have more.
const maxParts = 10000
