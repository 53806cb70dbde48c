package decisions

import (
	"fmt"
	"strings"
)

// Printer writes records for people. The zero Printer writes plain text of 80 columns.
type Printer struct {
	Color   bool // for terminals
	Context bool // writes the condition keys of requests too

	// Width is the number of columns of a line; 0 is DefaultWidth. Lines are broken only at
	// blanks, so an ARN is never broken and can be longer.
	Width int

	// OneLine is for summaries that a program reads: the decision is written in one line,
	// however long it is.
	OneLine bool

	// Explain is the command that explains a request, without the request ID; empty:
	// "understudy explain".
	Explain string

	// Env is the command that prints credentials for a shell, without options, such as
	// "understudy env". It is named below advice to change policies, which needs other
	// credentials; empty: nothing is said about credentials.
	Env string
}

// DefaultWidth is the number of columns of a line.
const DefaultWidth = 80

// minWidth is the smallest width that is used.
const minWidth = 40

// Record returns the whole record, on many lines.
func (p Printer) Record(r *Record) string {
	b := newPrinted(p)
	b.record(r)
	return b.String()
}

// Checks returns how the permissions of a call were decided, without the rest of the record.
func (p Printer) Checks(r *Record) string {
	b := newPrinted(p)
	if len(r.Checks) == 0 {
		b.line("")
		b.text(2, "%s", noChecks(r))
	}
	for i := range r.Checks {
		b.check(&r.Checks[i], r.Principal.ARN)
	}
	return b.String()
}

// Summary returns a decision in one line, or in two if it is too long, and below it why a
// call was denied and the command that explains it.
func (p Printer) Summary(r *Record) string {
	b := newPrinted(p)
	b.summary(r)
	return b.String()
}

// printed is what a Printer has written so far.
type printed struct {
	Printer
	strings.Builder
}

func newPrinted(p Printer) *printed {
	if p.Width == 0 {
		p.Width = DefaultWidth
	}
	p.Width = max(p.Width, minWidth)
	if p.Explain == "" {
		p.Explain = "understudy explain"
	}
	return &printed{Printer: p}
}

// line writes a line without breaking it.
func (p *printed) line(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

// text writes a string in lines that begin with indent blanks; those after the first
// have two more.
func (p *printed) text(indent int, format string, args ...any) {
	p.wrap(strings.Repeat(" ", indent), strings.Repeat(" ", indent+2), fmt.Sprintf(format, args...))
}

// wrap writes a string in lines, of which the first begins with first and the others
// with next. It breaks them at blanks, but not at a no-break space, which it writes as
// a blank.
func (p *printed) wrap(first, next, text string) {
	line, empty := first, true
	for _, word := range strings.Split(text, " ") {
		switch {
		case empty:
			line += word
		case Columns(line)+1+Columns(word) > p.Width:
			p.wrapped(line)
			line = next + word
		default:
			line += " " + word
		}
		empty = false
	}
	p.wrapped(line)
}

func (p *printed) wrapped(line string) {
	p.line("%s", strings.TrimRight(strings.ReplaceAll(line, "\u00a0", " "), " "))
}

func (p *printed) record(r *Record) {
	p.wrap("", "  ", p.word(r.Verdict)+"  "+call(r)+" by "+caller(r))
	p.header(r)
	switch {
	case r.Refusal != nil:
		p.refusal(r)
	case len(r.Checks) == 0:
		p.line("")
		p.text(2, "%s", noChecks(r))
	}
	if r.Verdict == "allowed" && r.Error != nil && r.Document == nil {
		p.line("")
		p.text(2, "The call is allowed, and fails for another reason, which the error says.")
	}
	for i := range r.Checks {
		p.check(&r.Checks[i], r.Principal.ARN)
	}
}

// header writes what is known of the request.
func (p *printed) header(r *Record) {
	if r.RequestID != "" {
		p.text(2, "request %s", Clean(r.RequestID))
		p.text(2, "at %s, enforcement %s", r.Time.Format("2006-01-02T15:04:05.000Z07:00"), r.Enforcement)
	}
	if r.SourceIP != "" || r.UserAgent != "" {
		p.line("%s", p.cut("  from "+orNone(r.SourceIP)+" with "+orNone(r.UserAgent)))
	}
	for _, f := range r.Faults {
		p.text(2, "given a fault on purpose: %s", Clean(f))
	}
	if r.Error != nil {
		p.text(2, "%s: %s", Clean(r.Error.Code), Clean(r.Error.Message))
	}
	if d := r.Document; d != nil {
		p.text(2, "The policy document is at fault in line\u00a0%d, column\u00a0%d%s%s.%s", d.Line, d.Column,
			before(", ", Clean(d.Member)), before(": ", Clean(strings.TrimSuffix(d.Sentence, "."))),
			before(" Did you mean ", after(Clean(d.Nearest), "?")))
	}
}

// before puts first before text, unless text is empty.
func before(first, text string) string {
	if text == "" {
		return ""
	}
	return first + text
}

// after puts last after text, unless text is empty.
func after(text, last string) string {
	if text == "" {
		return ""
	}
	return text + last
}

// cut shortens a line that is too long.
func (p *printed) cut(line string) string {
	if Columns(line) <= p.Width {
		return line
	}
	return firstColumns(line, p.Width-3) + "..."
}

func noChecks(r *Record) string {
	switch r.Verdict {
	case "allowed":
		return "The operation needs no permission."
	case "refused":
		return "It was refused before a policy was asked."
	case "":
		return "Nothing was decided: enforcement is off."
	case "faulted":
		return "The fault ended the call before it was decided; understudy faults list shows its rule."
	}
	return "Credentials of this kind can never make this call; no policy can allow it."
}

// call returns the operation that was called.
func call(r *Record) string {
	if r.Operation == "" {
		return "a call of " + Clean(r.Service)
	}
	return Clean(r.Service) + ":" + Clean(r.Operation)
}

func caller(r *Record) string {
	switch {
	case r.Principal.ARN == "" && r.Principal.AccessKeyID != "":
		return "access key " + Clean(r.Principal.AccessKeyID)
	case r.Principal.ARN == "":
		return "an anonymous caller"
	case r.Refusal != nil && (r.Refusal.Stage == "signature" || r.Refusal.Stage == "key"):
		return Clean(r.Principal.ARN) + ", as it says"
	}
	return Clean(r.Principal.ARN)
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return Clean(s)
}

func (p *printed) summary(r *Record) {
	text := r.Time.Format("15:04:05.000") + " " + p.word(r.Verdict) + " " + call(r)
	if c := r.decisive(); c != nil {
		if c.Decision != "allowed" && !strings.EqualFold(c.Action, r.Service+":"+r.Operation) {
			text += ", for\u00a0" + Clean(c.Action) // the missing permission
		}
		text += " on\u00a0" + Clean(c.Resource)
	}
	text += " by\u00a0" + caller(r)
	if p.OneLine {
		p.wrapped(text)
	} else {
		p.wrap("", "  ", text)
	}
	p.summaryAdvice(r)
	if r.RequestID != "" {
		p.line("    %s %s", p.Explain, Clean(r.RequestID))
	}
}

// decisive returns the first permission that was denied, or else the first one; nil if there
// is none.
func (r *Record) decisive() *Check {
	for i := range r.Checks {
		if r.Checks[i].Decision != "allowed" {
			return &r.Checks[i]
		}
	}
	if len(r.Checks) > 0 {
		return &r.Checks[0]
	}
	return nil
}
