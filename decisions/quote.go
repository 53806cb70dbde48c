package decisions

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/internal/ordered"
)

// A quote is a statement that is printed in lines, some parts of which are
// underlined. A string is never broken: an ARN stays whole, however long it is.
type quote struct {
	width int
	marks map[string]bool // by path: true: underlined; false: only shown even if others are left out
	lines []quoteLine
}

// quoteLine is a line, and which of its characters are underlined.
type quoteLine struct {
	text  string
	marks []span
}

// span is a range of columns.
type span struct{ from, to int }

// value is a JSON value whose members are in the order in which they are written.
type value struct {
	text    string // of a scalar, in JSON; else empty
	list    bool
	members []member // of an object or a list
}

type member struct {
	key   string
	value value
}

// path names a part of a statement: "Action", "0", or "Condition", operator, key,
// and the index of a value.
func path(parts ...string) string { return strings.Join(parts, "\x00") }

// keyPath returns the path of the name of the member at a path.
func keyPath(at string) string { return path(at, "") }

// newQuote prints the statement with its marks; ok is false if the text
// is not JSON.
func newQuote(text string, marks map[string]bool, width int) (*quote, bool) {
	if !json.Valid([]byte(text)) {
		return nil, false
	}
	q := &quote{width: width, marks: marks}
	v := readValue([]byte(text))
	q.value(&v, "", 0, false)
	return q, true
}

// readValue parses valid JSON.
func readValue(raw json.RawMessage) value {
	raw = bytes.TrimSpace(raw)
	var v value
	switch raw[0] {
	case '{':
		members, _ := ordered.Read(raw)
		for _, m := range members {
			v.members = append(v.members, member{m.Name, readValue(m.Value)})
		}
	case '[':
		var list []json.RawMessage
		_ = json.Unmarshal(raw, &list)
		v.list = true
		for _, element := range list {
			v.members = append(v.members, member{value: readValue(element)})
		}
	default:
		v.text = string(raw)
	}
	return v
}

const step = "  "

// value appends v, whose path is at, to the last line.
func (q *quote) value(v *value, at string, depth int, comma bool) {
	end := ""
	if comma {
		end = ","
	}
	switch {
	case v.members == nil && !v.list && v.text != "":
		q.add(v.text, q.marks[at] || q.marks[path(at, "0")])
		q.add(end, false)
	case v.list:
		q.listed(v, at, depth)
		q.add("]"+end, false)
	default:
		q.object(v, at, depth)
		q.add("}"+end, false)
	}
}

func (q *quote) object(v *value, at string, depth int) {
	q.add("{", false)
	for i := range v.members {
		m := &v.members[i]
		here := join(at, m.key)
		q.line(depth + 1)
		q.add(string(ordered.Text(m.key)), q.marks[keyPath(here)])
		q.add(": ", false)
		q.value(&m.value, here, depth+1, i+1 < len(v.members))
	}
	q.line(depth)
}

// listed writes a list in one line if there is room, and otherwise each element in a line of
// its own. Of a long list it leaves out most elements that are not underlined.
func (q *quote) listed(v *value, at string, depth int) {
	if q.short(v) {
		q.add("[", false)
		for i := range v.members {
			q.value(&v.members[i].value, join(at, strconv.Itoa(i)), depth, false)
			if i+1 < len(v.members) {
				q.add(", ", false)
			}
		}
		return
	}
	q.add("[", false)
	shown := q.shown(v, at)
	for i := 0; i < len(v.members); i++ {
		q.line(depth + 1)
		if !shown[i] {
			from := i
			for i+1 < len(v.members) && !shown[i+1] {
				i++
			}
			q.add("... "+strconv.Itoa(i+1-from)+" more", false)
			continue
		}
		q.value(&v.members[i].value, join(at, strconv.Itoa(i)), depth+1, i+1 < len(v.members))
	}
	q.line(depth)
}

// maxListed is how many elements of a list are shown, in addition to those underlined.
const maxListed = 6

// shown says which elements of a list are shown.
func (q *quote) shown(v *value, at string) []bool {
	shown := make([]bool, len(v.members))
	room := maxListed
	for i := range v.members {
		if _, ok := q.marks[join(at, strconv.Itoa(i))]; ok {
			shown[i] = room > -maxListed
			room--
		}
	}
	for i := range v.members {
		if !shown[i] && (room > 0 || len(v.members) <= maxListed+2) {
			shown[i] = true
			room--
		}
	}
	return shown
}

// short reports whether v is a list of scalars that fits into the last line.
func (q *quote) short(v *value) bool {
	n := 0
	if len(q.lines) > 0 {
		n = Columns(q.lines[len(q.lines)-1].text)
	}
	for i := range v.members {
		if v.members[i].value.text == "" {
			return len(v.members) == 0
		}
		n += Columns(v.members[i].value.text) + 2
	}
	return n+1 <= q.width
}

// line begins a line.
func (q *quote) line(depth int) {
	q.lines = append(q.lines, quoteLine{text: strings.Repeat(step, depth)})
}

// add appends a string to the last line.
func (q *quote) add(text string, marked bool) {
	if len(q.lines) == 0 {
		q.line(0)
	}
	l := &q.lines[len(q.lines)-1]
	if marked {
		from := Columns(l.text)
		l.marks = append(l.marks, span{from, from + Columns(text)})
	}
	l.text += text
}

// join returns the path of a part of what is at another path.
func join(at, part string) string {
	if at == "" {
		return part
	}
	return path(at, part)
}

// underline returns the line below a quoted line; empty if nothing is underlined.
func (l *quoteLine) underline() string {
	var b strings.Builder
	at := 0
	for _, m := range l.marks {
		b.WriteString(strings.Repeat(" ", m.from-at))
		b.WriteString(strings.Repeat("^", m.to-m.from))
		at = m.to
	}
	return b.String()
}
