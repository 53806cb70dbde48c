package policytest

import (
	"fmt"
	"io"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
)

// Text says how a report is written for people.
type Text struct {
	decisions.Printer
	Quiet bool // leave out the rows that pass
}

// Write writes a line for each row, below those that fail why, the coverage, and a sum.
func (t Text) Write(w io.Writer, r *Report) error {
	var b strings.Builder
	for i := range r.Rows {
		if row := &r.Rows[i]; !row.Passed || !t.Quiet {
			t.row(&b, row)
		}
		if b.Len() > 1<<16 {
			if _, err := io.WriteString(w, b.String()); err != nil {
				return err
			}
			b.Reset()
		}
	}
	if r.Coverage != nil {
		t.coverage(&b, r.Coverage)
	}
	fmt.Fprintln(&b, r.Sum())
	_, err := io.WriteString(w, b.String())
	return err
}

// Sum is one sentence about all rows.
func (r *Report) Sum() string {
	rows := counted(len(r.Rows), "row")
	switch {
	case r.Failed == 0 && len(r.Rows) == 1:
		return "1 row passes."
	case r.Failed == 0:
		return "All " + rows + " pass."
	case r.Failed == 1:
		return "1 of " + rows + " fails."
	}
	return fmt.Sprintf("%d of %s fail.", r.Failed, rows)
}

func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// row writes the line of a row, and why it fails.
func (t Text) row(b *strings.Builder, r *Row) {
	state := "ok  "
	if !r.Passed {
		state = "FAIL"
	}
	fmt.Fprintf(b, "%s %s:%d: %s\n", t.Mark(r.Passed, state), decisions.Clean(r.File), r.Line, decisions.Clean(r.Title()))
	if !r.Passed {
		b.WriteString(t.why(r))
	}
}

// failIndent is where the text below a row begins.
const failIndent = "     "

// why says why a row fails, in lines.
func (t Text) why(r *Row) string {
	var b strings.Builder
	t.lines(&b, failIndent, upper(r.Failure)+".")
	for _, found := range r.Found {
		for i, line := range strings.Split(found, "\n") {
			indent := failIndent + "  "
			if i > 0 {
				indent += "  "
			}
			t.lines(&b, indent, line)
		}
	}
	if r.Record != nil {
		p := t.Printer
		p.Width = t.width() - 3
		for line := range strings.Lines(p.Checks(r.Record)) {
			if line = strings.TrimRight(line, "\n"); line != "" {
				line = "   " + line
			}
			b.WriteString(line + "\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (t Text) width() int {
	if t.Width == 0 {
		return decisions.DefaultWidth
	}
	return t.Width
}

// lines writes a sentence in lines that begin with indent.
func (t Text) lines(b *strings.Builder, indent, text string) {
	p := t.Printer
	p.Width = t.width() - len(indent)
	for line := range strings.SplitSeq(p.Message(decisions.Clean(text)), "\n") {
		b.WriteString(indent + strings.ReplaceAll(line, "\u00a0", " ") + "\n")
	}
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// coverage writes which statements are not tested.
func (t Text) coverage(b *strings.Builder, c *Coverage) {
	b.WriteByte('\n')
	for _, part := range []struct {
		title string
		is    func(*Covered) bool
	}{
		{"No row touches", func(s *Covered) bool { return s.Touched == 0 && !s.Tested }},
		{"Every row passes without", func(s *Covered) bool { return s.Touched > 0 && !s.Tested }},
	} {
		first := true
		for i := range c.Statements {
			s := &c.Statements[i]
			if !part.is(s) {
				continue
			}
			if first {
				fmt.Fprintf(b, "%s:\n\n", part.title)
				first = false
			}
			t.lines(b, "  ", s.Name())
			b.WriteString(t.Quote(s.Text, nil, 6))
			b.WriteByte('\n')
		}
	}
	fmt.Fprintf(b, "Tested statements: %d of %d (%d %%).\n", c.Tested, len(c.Statements), c.Percent())
}

// Name says which statement it is and where it is, with no-break spaces before numbers.
func (s *Covered) Name() string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		name = "statement " + s.Sid
	}
	where := fmt.Sprintf("line\u00a0%d, column\u00a0%d", s.Line, s.Column)
	switch f := s.Source; {
	case f != nil && f.Column > 0:
		where = fmt.Sprintf("%s, line\u00a0%d, column\u00a0%d", f.File, f.Line, f.Column)
	case f != nil:
		where = fmt.Sprintf("%s, line\u00a0%d", f.File, f.Line)
	}
	return fmt.Sprintf("%s of %s (%s)", name, s.Policy, where)
}
