package pattern

import (
	"errors"
	"strings"
)

// wildcard is a string in which "*" stands for any run of characters: the parts
// between the stars. One part is a string without a star.
type wildcard struct{ parts []string }

// compileWildcard reads a wildcard. A backslash takes the meaning of a star or a
// backslash after it, and of nothing else; two stars together are refused, as AWS
// does.
func compileWildcard(s string) (*wildcard, error) {
	w := &wildcard{}
	var part strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			if i++; i == len(s) || s[i] != '*' && s[i] != '\\' {
				return nil, errors.New(`a backslash comes before * or another backslash alone; write \\ for a backslash`)
			}
			part.WriteByte(s[i])
		case s[i] == '*':
			if i+1 < len(s) && s[i+1] == '*' {
				return nil, errors.New("two stars are together; one is enough")
			}
			w.parts = append(w.parts, part.String())
			part.Reset()
		default:
			part.WriteByte(s[i])
		}
	}
	w.parts = append(w.parts, part.String())
	return w, nil
}

// match reports whether the whole of s fits. The first place of each part is as
// good as any, so that s is read once.
func (w *wildcard) match(s string) bool {
	last := len(w.parts) - 1
	if last == 0 {
		return s == w.parts[0]
	}
	s, ok := strings.CutPrefix(s, w.parts[0])
	if !ok {
		return false
	}
	for _, part := range w.parts[1:last] {
		_, after, found := strings.Cut(s, part)
		if !found {
			return false
		}
		s = after
	}
	return strings.HasSuffix(s, w.parts[last])
}
