package decisions

import "strings"

// Message returns a string for people, such as an error, in lines of the Printer's width. If
// a line is broken, its later parts are indented by two more columns. It is broken only at
// blanks, and not between double quotation marks if the quoted part fits into half a line.
// So an ARN or a command can be longer than a line.
func (p Printer) Message(text string) string {
	b := newPrinted(p)
	for line := range strings.SplitSeq(text, "\n") {
		rest := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(rest)]
		if Columns(line) <= b.Width {
			b.line("%s", line)
			continue
		}
		b.wrap(indent, indent+"  ", keepQuoted(rest, b.Width/2))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// keepQuoted replaces the blanks between double quotation marks by no-break spaces, if the
// quoted part has at most this many columns; wrap writes them as blanks again.
func keepQuoted(text string, most int) string {
	parts := strings.Split(text, `"`)
	for i := 1; i+1 < len(parts); i += 2 {
		if Columns(parts[i]) <= most {
			parts[i] = strings.ReplaceAll(parts[i], " ", "\u00a0")
		}
	}
	return strings.Join(parts, `"`)
}
