package decisions

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// Printer writes records for people. The zero Printer writes plain text.
type Printer struct {
	Color   bool // for terminals
	Context bool // the condition keys of requests too
}

// Record is all that a record tells, on many lines.
func (p Printer) Record(r *Record) string {
	b := printed{Printer: p}
	b.record(r)
	return b.String()
}

// Summary is a decision in a line, and why a call was denied below it.
func (p Printer) Summary(r *Record) string {
	b := printed{Printer: p}
	b.summary(r)
	return b.String()
}

// printed is what a Printer has written so far.
type printed struct {
	Printer
	strings.Builder
}

func (p *printed) line(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

// Colours of verdicts and decisions.
var colors = map[string]string{
	"allowed": "32", "denied": "31", "explicitDeny": "31", "implicitDeny": "33", "would-be-denied": "33", "faulted": "35",
}

// word is a verdict or decision in its colour, padded to the width.
func (p *printed) word(text string, width int) string {
	padded := fmt.Sprintf("%-*s", width, text)
	if color := colors[text]; p.Color && color != "" {
		return "\x1b[1;" + color + "m" + padded + "\x1b[0m"
	}
	return padded
}

// Clean makes a text from outside safe to show in a line: a terminal obeys control
// characters, and some of Unicode's turn the order of what is shown.
func Clean(s string) string { return strings.Map(harmless, s) }

// CleanLines is Clean for a text of many lines, whose ends stay.
func CleanLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return harmless(r)
	}, s)
}

func harmless(r rune) rune {
	if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
		return '\ufffd'
	}
	return r
}

func (p *printed) record(r *Record) {
	p.line("%s  %s:%s by %s", p.word(r.Verdict, 0), Clean(r.Service), Clean(r.Operation), caller(r))
	p.line("  request %s at %s, enforcement %s", Clean(r.RequestID), r.Time.Format("2006-01-02T15:04:05.000Z07:00"), r.Enforcement)
	p.line("  from %s with %s", orNone(r.SourceIP), orNone(r.UserAgent))
	for _, f := range r.Faults {
		p.line("  given a fault on purpose: %s", Clean(f))
	}
	if r.Error != nil {
		p.line("  %s: %s", r.Error.Code, Clean(r.Error.Message))
	}
	if len(r.Checks) == 0 {
		p.line("\n  %s", noChecks(r))
	}
	for i := range r.Checks {
		p.check(&r.Checks[i])
	}
}

func noChecks(r *Record) string {
	switch r.Verdict {
	case "allowed":
		return "The operation needs no permission."
	case "faulted":
		return "The fault ended the call before it was decided; GET /_understudy/faults lists its rule."
	}
	return "Credentials of this kind can never make this call; no policy can allow it."
}

func caller(r *Record) string {
	if r.Principal.ARN == "" {
		return "an anonymous caller"
	}
	return Clean(r.Principal.ARN)
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return Clean(s)
}

func (p *printed) check(c *Check) {
	p.line("\n  %s on %s: %s", Clean(c.Action), Clean(c.Resource), p.word(c.Decision, 0))
	p.line("    %s", c.Sentence)
	for i := range c.Layers {
		p.layer(&c.Layers[i])
	}
	if len(c.MissingKeys) > 0 {
		p.line("    missing condition keys: %s", Clean(strings.Join(c.MissingKeys, ", ")))
	}
	if len(c.Changes) > 0 {
		p.line("    To allow it:")
	}
	for i, change := range c.Changes {
		p.line("      %d. %s", i+1, Clean(change.Sentence))
		if change.Add != nil {
			raw, err := json.Marshal(change.Add)
			if err == nil {
				p.line("         %s", Clean(string(raw)))
			}
		}
	}
	if !p.Context {
		return
	}
	p.line("    Condition keys:")
	for _, k := range c.Context {
		p.line("      %s = %s", Clean(k.Name), Clean(strings.Join(k.Values, ", ")))
	}
}

func (p *printed) layer(l *Layer) {
	name := l.Layer
	if l.Level != "" {
		name += " of " + l.Level
	}
	waived := ""
	if l.Waived {
		waived = " (does not matter here)"
	}
	p.line("    %-22s %s %s%s", Clean(name), p.word(l.Decision, 12), l.Sentence, waived)
	for i := range l.Statements {
		p.line("      %s %s", l.Statements[i].Effect, statement(&l.Statements[i]))
	}
	for i := range l.NearMisses {
		p.nearMiss(&l.NearMisses[i])
	}
}

// statement says which statement it is and where it stands.
func statement(s *Statement) string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		name = s.Sid
	}
	return fmt.Sprintf("%s of %s, line %d, column %d", Clean(name), Clean(s.Policy.ID), s.Start.Line, s.Start.Column)
}

func (p *printed) nearMiss(m *NearMiss) {
	p.line("      almost: %s would allow but for its %s", statement(&m.Statement), m.Lacks)
	for _, u := range m.Unmet {
		has := "the request has no such key"
		if u.Present {
			has = "the request has " + strings.Join(u.Has, ", ")
		}
		p.line("        %s %s wants %s; %s", Clean(u.Operator), Clean(u.Key), Clean(strings.Join(u.Wants, ", ")), Clean(has))
	}
}

func (p *printed) summary(r *Record) {
	resource := ""
	if len(r.Checks) > 0 {
		resource = " on " + Clean(r.Checks[0].Resource)
	}
	p.line("%s %s %s:%s%s by %s (%s)", r.Time.Format("15:04:05.000"), p.word(r.Verdict, 0), Clean(r.Service), Clean(r.Operation),
		resource, caller(r), Clean(r.RequestID))
	for i := range r.Checks {
		for _, change := range r.Checks[i].Changes {
			p.line("    %s", Clean(change.Sentence))
		}
	}
}
