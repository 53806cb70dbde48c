package decisions

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/internal/ordered"
)

// The columns at which the parts of a statement begin.
const (
	statementIndent = 6
	quoteIndent     = 8
)

// name returns which statement it is and where it is.
func (s *Statement) name() string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		name = "statement " + s.Sid
	}
	where := fmt.Sprintf("line\u00a0%d, column\u00a0%d", s.Start.Line, s.Start.Column)
	if f := s.Source; f != nil && f.Column > 0 {
		where = fmt.Sprintf("%s, line\u00a0%d, column\u00a0%d", f.File, f.Line, f.Column)
	} else if f != nil {
		where = fmt.Sprintf("%s, line\u00a0%d", f.File, f.Line)
	}
	return fmt.Sprintf("%s of %s (%s)", name, s.Policy.title(), where)
}

// statement writes which statement it is and what it does. If it is quoted, its text
// and how it compares with the request follow.
func (p *printed) statement(s *Statement, does string, quoted bool) {
	if s.everything() {
		p.text(statementIndent, "%s allows everything.", upper(Clean(s.name())))
		return
	}
	if !quoted || s.Text == "" {
		does = strings.TrimSuffix(does, ":") + "."
	}
	p.text(statementIndent, "%s %s", upper(Clean(s.name())), does)
	if !quoted {
		return
	}
	p.quote(s.Text, s.marks(), quoteIndent)
	for i := range s.Elements {
		p.element(s, &s.Elements[i])
	}
}

// upper begins a sentence.
func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Quote returns a statement, which is JSON, in lines; empty if it is not JSON. Of a long list
// only some elements are shown, and all those in keep. Every line is indented by this many
// blanks, and ends with a line feed.
func (p Printer) Quote(statement string, keep []string, indent int) string {
	b := newPrinted(p)
	marks := map[string]bool{}
	o, _ := ordered.Read([]byte(statement))
	for _, m := range o {
		var list []string
		if json.Unmarshal(m.Value, &list) != nil {
			continue
		}
		for i, text := range list {
			if slices.Contains(keep, text) {
				marks[path(m.Name, strconv.Itoa(i))] = false // shown, and not underlined
			}
		}
	}
	b.quote(statement, marks, indent)
	return b.String()
}

// quote writes the text of a statement, with what decided underlined.
func (p *printed) quote(statement string, marks map[string]bool, indent int) {
	q, ok := newQuote(statement, marks, p.Width-indent)
	if !ok {
		return
	}
	blanks := strings.Repeat(" ", indent)
	for i := range q.lines {
		p.line("%s%s", blanks, Clean(q.lines[i].text))
		if under := q.lines[i].underline(); under != "" {
			blank := len(under) - len(strings.TrimLeft(under, " "))
			p.line("%s%s%s", blanks, under[:blank], p.paint(red, under[blank:]))
		}
	}
}

// element writes what an element wants and what the request has, if that decided or
// is a condition.
func (p *printed) element(s *Statement, e *Element) {
	plain := len(e.Wants) == 1 && e.Wants[0].Text == "*"
	if e.Element == "Condition" || !plain && (s.Effect == "Deny" || !e.Applies) {
		p.compared(e)
	}
}

// states are the words for an element that applies, or does not; the second pair is for
// conditions.
var states = map[bool][2]string{
	true:  {"matches", "holds"},
	false: {"does not match", "does not hold"},
}

// compared writes the name of an element, and below it what it wants and what the
// request has.
func (p *printed) compared(e *Element) {
	const indent = "        "
	name, state := e.Element, states[e.Applies][0]
	if e.Element == "Condition" {
		name, state = Clean(e.Key), states[e.Applies][1]
	}
	color := red
	if e.Applies {
		color = green
	}
	p.line("%s%s %s", indent, name, p.paint(color, state))
	first, next := indent+"  wants  ", indent+"         "
	for _, want := range e.wants() {
		p.wrap(first, next, Clean(want))
		first = next
	}
	p.wrap(indent+"  got    ", next, Clean(e.got()))
	if e.Unquantified {
		p.text(len(indent)+2, "This key has several values in a request: a condition on it needs ForAllValues: or ForAnyValue: before its operator.")
	}
}

// wants returns what the statement has, in lines, after the operator of a condition. A value
// with variables is followed by a line with what they are replaced by.
func (e *Element) wants() []string {
	var lines []string
	line := e.operator()
	for i, w := range e.Wants {
		switch {
		case i > 0 && line == "":
			line = "or "
		case i > 0:
			line += " or "
		}
		line += w.Text
		if w.Resolved != "" {
			lines = append(lines, line, "  which is "+w.Resolved)
			line = ""
		}
		if len(w.Unset) > 0 {
			lines = append(lines, line, "  but the request has no "+strings.Join(w.Unset, ", "))
			line = ""
		}
	}
	switch {
	case e.More > 0:
		line += fmt.Sprintf(" or one of %d more", e.More)
	case len(e.Wants) == 0:
		line += "nothing: the statement has no " + e.Element
	}
	if line = strings.TrimSpace(line); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// operator returns the words before what the statement has.
func (e *Element) operator() string {
	switch {
	case e.Operator != "":
		return e.Operator + " "
	case strings.HasPrefix(e.Element, "Not"):
		return "anything but "
	}
	return ""
}

// got returns what the request has.
func (e *Element) got() string {
	if len(e.Has) == 0 {
		return "nothing: the request has no such key"
	}
	return strings.Join(e.Has, " and ")
}
