package awsapi

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// matcher reports whether a whole value matches a Java pattern, which is what AWS checks.
type matcher func(value string) bool

// newMatcher translates a pattern. Most patterns of the model are one character class with + or *,
// which are matched with a table; the others become regular expressions, compiled at their first
// use, because compiling all of them would slow down the start. It panics if it cannot read a lone
// class; a test of package model compiles the regular expressions.
func newMatcher(pattern string) matcher {
	if pattern == accountAlias {
		return isAccountAlias
	}
	body, ok := strings.CutPrefix(pattern, "[")
	if i := classEnd(body); ok && i >= 0 {
		switch body[i:] {
		case "]+":
			c := newClass(body[:i])
			return func(s string) bool { return s != "" && c.all(s) }
		case "]*":
			return newClass(body[:i]).all
		}
	}
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(goPattern(pattern)) })
	return func(s string) bool { return compiled().MatchString(s) }
}

// classEnd returns the index of the bracket that closes a class, -1 if none does.
func classEnd(body string) int {
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '[':
			return -1
		case ']':
			return i
		}
	}
	return -1
}

// accountAlias is the only pattern of the model with a look-ahead, which Go's regular expressions
// do not have: no hyphen may follow another.
const accountAlias = `^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`

var aliasClass = sync.OnceValue(func() *class { return newClass("a-z0-9-") })

func isAccountAlias(s string) bool {
	return len(s) >= 3 && len(s) <= 63 && aliasClass().all(s) &&
		s[0] != '-' && s[len(s)-1] != '-' && !strings.Contains(s, "--")
}

// goPattern translates a Java pattern that must match the whole value.
func goPattern(java string) string {
	var b strings.Builder
	b.WriteString(`\A(?:`)
	for i := 0; i < len(java); i++ {
		switch {
		case strings.HasPrefix(java[i:], `\u`):
			b.WriteString(`\x{` + java[i+2:i+6] + `}`)
			i += 5
		case java[i] == '\\':
			b.WriteString(java[i : i+2])
			i++
		case java[i] == '$' && i == len(java)-1:
			// Java's matches requires the end of the value, not of a line.
		default:
			b.WriteByte(java[i])
		}
	}
	b.WriteString(`)\z`)
	return b.String()
}

// class is a character class: a bit for each ASCII character, and ranges and
// Unicode categories for the others.
type class struct {
	ascii  [128]bool
	ranges []runeRange
	tables []*unicode.RangeTable
}

type runeRange struct{ lo, hi rune }

func (c *class) all(s string) bool {
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if !c.ascii[b] {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !c.has(r) {
			return false
		}
		i += n
	}
	return true
}

// has reports whether a character above ASCII is in the class.
func (c *class) has(r rune) bool {
	for _, x := range c.ranges {
		if x.lo <= r && r <= x.hi {
			return true
		}
	}
	return unicode.IsOneOf(c.tables, r)
}

func (c *class) add(lo, hi rune) {
	for r := lo; r <= min(hi, 127); r++ {
		c.ascii[r] = true
	}
	if hi > 127 {
		c.ranges = append(c.ranges, runeRange{max(lo, 128), hi})
	}
}

// newClass reads what is between the brackets. \uXXXX has four digits, as in Java: STS's
// \u10000-\u10FFFF means U+1000, the range from 0 to U+10FF, and FF, which is why characters beyond
// U+FFFF do not match it (recorded).
func newClass(body string) *class {
	c := new(class)
	for body != "" {
		lo, rest := c.next(body)
		body = rest
		if lo < 0 {
			continue
		}
		hi := lo
		if len(body) > 1 && body[0] == '-' {
			hi, body = c.next(body[1:])
		}
		if hi < lo {
			panic("awsapi: bad range in class " + body)
		}
		c.add(lo, hi)
	}
	return c
}

// next takes the next character of the body; for a shorthand such as \w it adds the characters to
// the class and returns -1.
func (c *class) next(body string) (r rune, rest string) {
	if body[0] != '\\' {
		r, n := utf8.DecodeRuneInString(body)
		return r, body[n:]
	}
	switch body[1] {
	case 'u':
		n, err := strconv.ParseUint(body[2:6], 16, 32)
		if err != nil {
			panic("awsapi: bad escape in class " + body)
		}
		return rune(n), body[6:]
	case 'w':
		c.add('a', 'z')
		c.add('A', 'Z')
		c.add('0', '9')
		c.add('_', '_')
		return -1, body[2:]
	case 'd':
		c.add('0', '9')
		return -1, body[2:]
	case 'p':
		name, rest, _ := strings.Cut(body[3:], "}")
		table := unicode.Categories[name]
		if table == nil {
			panic("awsapi: unknown category in class " + body)
		}
		c.addTable(table)
		return -1, rest
	}
	return rune(body[1]), body[2:]
}

func (c *class) addTable(t *unicode.RangeTable) {
	for r := rune(0); r < utf8.RuneSelf; r++ {
		c.ascii[r] = c.ascii[r] || unicode.Is(t, r)
	}
	c.tables = append(c.tables, t)
}
