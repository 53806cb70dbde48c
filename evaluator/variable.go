package evaluator

import "strings"

// variable is a policy variable: "${key}" or "${key, 'default'}".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
type variable struct {
	key        string
	fallback   string
	hasDefault bool
	escape     bool // "${*}", "${?}" or "${$}": key is the character itself
}

// maxDefault is the length up to which the default of a variable is looked
// for, the greatest size of a policy (reference_iam-quotas): it keeps hostile
// documents cheap.
const maxDefault = 10240

// defaults remembers where a string that is read from left to right has no end
// of a default, so that nothing is searched twice: none begins before the last left bytes.
type defaults struct{ left int }

// end returns where the default ends with which s, the remainder of the text, begins; -1 if it
// does not end.
func (d *defaults) end(s string) int {
	to := min(len(s), maxDefault)
	from := min(max(1, len(s)-d.left), to)
	end := strings.Index(s[from:to], "'}")
	if end < 0 {
		d.left = min(d.left, len(s)-to+1)
		return -1
	}
	return from + end
}

// cutVariable reads the variable that s begins with. A blank in the name, or
// anything else that is not of the form, makes the text ordinary (recorded).
func cutVariable(s string, d *defaults) (v variable, size int, ok bool) {
	if !strings.HasPrefix(s, "${") {
		return v, 0, false
	}
	n := strings.IndexAny(s[2:], ",} \t\r\n{'")
	if n <= 0 {
		return v, 0, false
	}
	v.key = s[2 : 2+n]
	switch s[2+n] {
	case '}':
		v.escape = v.key == "*" || v.key == "?" || v.key == "$"
		return v, n + 3, true
	case ',':
	default:
		return v, 0, false
	}
	rest := strings.TrimLeft(s[3+n:], " ")
	if !strings.HasPrefix(rest, "'") {
		return v, 0, false
	}
	end := d.end(rest)
	if end < 0 {
		return v, 0, false
	}
	v.fallback, v.hasDefault = rest[1:end], true
	return v, len(s) - len(rest) + end + 2, true
}

// value returns the value of the variable in the request. A multi-valued key has no value, not
// even its default (recorded).
func (v *variable) value(c *Context) (string, bool) {
	values, multi, ok := c.Lookup(v.key)
	switch {
	case !ok:
		return v.fallback, v.hasDefault
	case multi:
		return "", false
	}
	return values[0], true
}

// variablesIn calls f for each variable and escape in s, with its text.
func variablesIn(s string, f func(v variable, text string)) {
	d := defaults{len(s)}
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			return
		}
		v, size, ok := cutVariable(s[i:], &d)
		if !ok {
			size = 2
		} else {
			f(v, s[i:i+size])
		}
		s = s[i+size:]
	}
}
