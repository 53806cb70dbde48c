package decisions

import (
	"fmt"
	"strings"
)

// Where the parts of a statement begin.
const (
	statementIndent = 6
	quoteIndent     = 8
)

// name says which statement it is and where it stands.
func (s *Statement) name() string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		name = "statement " + s.Sid
	}
	return fmt.Sprintf("%s of %s (line\u00a0%d, column\u00a0%d)", name, s.Policy.title(), s.Start.Line, s.Start.Column)
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
	p.quote(s)
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

// quote writes the text of the statement with what decided underlined.
func (p *printed) quote(s *Statement) {
	q, ok := newQuote(s.Text, s.marks(), p.Width-quoteIndent)
	if !ok {
		return
	}
	indent := strings.Repeat(" ", quoteIndent)
	for i := range q.lines {
		p.line("%s%s", indent, Clean(q.lines[i].text))
		if under := q.lines[i].underline(); under != "" {
			blank := len(under) - len(strings.TrimLeft(under, " "))
			p.line("%s%s%s", indent, under[:blank], p.paint(red, under[blank:]))
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

// states say of an element that it applies, or that it does not; the second pair is
// for conditions.
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
}

// wants is what the statement has, in lines, behind the operator of a condition. What
// the variables of a value stand for is in a line of its own below it.
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

// operator stands before what the statement has.
func (e *Element) operator() string {
	switch {
	case e.Operator != "":
		return e.Operator + " "
	case strings.HasPrefix(e.Element, "Not"):
		return "anything but "
	}
	return ""
}

// got is what the request has.
func (e *Element) got() string {
	if len(e.Has) == 0 {
		return "nothing: the request has no such key"
	}
	return strings.Join(e.Has, " and ")
}
