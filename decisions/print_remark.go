package decisions

import "strings"

// Remark is a remark about a part of a statement.
type Remark struct {
	Title string // in lines of its own; empty: there are none
	Color string // of the title: "error" or "warning"; else it has none
	Text  string // empty: there is none

	// Statement is quoted below, unless it is empty or not JSON.
	Statement string

	// Part is the part that is underlined, by the names of members and the indexes of
	// elements, such as "Action", "0". Name says that the name of the member is underlined
	// and not its value.
	Part []string
	Name bool
}

// remarkColors are the colours of titles.
var remarkColors = map[string]string{"error": red, "warning": yellow}

// Remark returns a remark in lines, with the statement quoted.
func (p Printer) Remark(r Remark) string {
	b := newPrinted(p)
	if r.Title != "" {
		b.title(remarkColors[r.Color], Clean(r.Title))
	}
	if r.Text != "" {
		b.text(2, "%s", Clean(r.Text))
	}
	if r.Statement == "" {
		return b.String()
	}
	marks := map[string]bool{}
	if at := path(r.Part...); len(r.Part) > 0 {
		marks[at] = true
		if r.Name {
			marks = map[string]bool{keyPath(at): true}
		}
		for i := 1; i < len(r.Part); i++ {
			if at := path(r.Part[:i]...); !marks[at] {
				marks[at] = false // shown, and not underlined
			}
		}
	}
	b.quote(r.Statement, marks, quoteIndent-2)
	return b.String()
}

// title writes a title in its color. Lines after the first are further in than the text is.
func (p *printed) title(color, text string) {
	plain := newPrinted(p.Printer)
	plain.wrap("", "      ", text)
	for line := range strings.Lines(plain.String()) {
		p.line("%s", p.paint(color, strings.TrimSuffix(line, "\n")))
	}
}
