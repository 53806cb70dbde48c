package decisions

import (
	"strings"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/internal/shell"
)

// Command is a command for a shell, indented. A long one goes on in the next line, in a way
// that a shell understands.
func (p Printer) Command(indent, text string) string {
	b := newPrinted(p)
	b.command(indent, text)
	return b.String()
}

// command writes a line for a shell. A long one is continued in the next line, before an
// option, in a way that a shell understands. A JSON document in it is written in lines, since
// line breaks within quotation marks are part of the value for a shell.
func (p *printed) command(indent, text string) {
	if text == "" {
		return
	}
	line := indent
	for i, part := range options(Clean(text)) {
		option, document := documentOf(part)
		switch {
		case document != nil && i > 0:
			p.line("%s \\", line)
			line = indent + "  " + option + " " + document[0]
			for _, next := range document[1:] {
				p.line("%s", line)
				line = indent + "  " + next
			}
		case i == 0:
			line += part
		case Columns(line)+1+Columns(part)+2 > p.Width:
			p.line("%s \\", line)
			line = indent + "  " + part
		default:
			line += " " + part
		}
	}
	p.line("%s", line)
}

// documentOf returns an option whose value is a JSON document in quotation marks, and the
// lines of the document; nil if the value is something else.
func documentOf(part string) (option string, lines []string) {
	option, value, _ := strings.Cut(part, " ")
	if !strings.HasPrefix(value, "'{") || !strings.HasSuffix(value, "}'") {
		return option, nil
	}
	text := strings.ReplaceAll(value[1:len(value)-1], `'\''`, "'")
	pretty, ok := advice.Pretty(text)
	if !ok || shell.Quote(text) != value {
		return option, nil
	}
	return option, strings.Split(shell.Quote(strings.Join(pretty, "\n")), "\n")
}

// options cuts a command before each of its options.
func options(text string) []string {
	var list []string
	quoted, start := false, 0
	for i := 0; i < len(text); i++ {
		switch {
		case !quoted && text[i] == '\\':
			i++ // the next character is taken literally
		case text[i] == '\'':
			quoted = !quoted
		case !quoted && strings.HasPrefix(text[i:], " --"):
			list = append(list, text[start:i])
			start = i + 1
		}
	}
	return append(list, text[start:])
}

// How many lines around a change are shown of a long statement.
const (
	wholeDiff = 16
	around    = 2
)

// diff writes the lines of a statement that changes: all lines of a short one, and those near
// a change of a long one.
func (p *printed) diff(indent string, lines []string) {
	skipped := false
	for i, line := range lines {
		if len(lines) > wholeDiff && !nearChange(lines, i) {
			if !skipped {
				p.line("%s  ...", indent)
			}
			skipped = true
			continue
		}
		skipped = false
		p.line("%s%s", indent, p.changed(Clean(line)))
	}
}

func nearChange(lines []string, i int) bool {
	for k := max(0, i-around); k <= min(len(lines)-1, i+around); k++ {
		if !strings.HasPrefix(lines[k], " ") {
			return true
		}
	}
	return false
}

// changed returns a line of a diff, in the colour of what was added or removed.
func (p *printed) changed(line string) string {
	switch {
	case strings.HasPrefix(line, "+"):
		return p.paint(green, line)
	case strings.HasPrefix(line, "-"):
		return p.paint(red, line)
	}
	return line
}
