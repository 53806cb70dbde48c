package decisions

import "strings"

// Message is a string for people, such as an error, in lines of the Printer's width. Of a
// line that is broken the parts after the first are indented by two columns more. It is
// broken at blanks only, and not between double quotation marks if what they enclose
// fits into half a line; so an ARN or a command can be longer than a line.
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

// keepQuoted replaces the blanks between double quotation marks by no-break spaces, of
// which wrap makes blanks again, where these enclose no more columns than most.
func keepQuoted(text string, most int) string {
	parts := strings.Split(text, `"`)
	for i := 1; i+1 < len(parts); i += 2 {
		if Columns(parts[i]) <= most {
			parts[i] = strings.ReplaceAll(parts[i], " ", "\u00a0")
		}
	}
	return strings.Join(parts, `"`)
}
