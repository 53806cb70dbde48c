package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
)

// shown is how explain and watch write.
type shown struct {
	JSON  bool   `name:"json" help:"Print JSON: a record a line."`
	Color string `default:"auto" enum:"auto,always,never" help:"auto: in colour on a terminal; always; never."`
}

type explainCommand struct {
	endpoint
	shown
	Context   bool   `help:"Show the condition keys of the request too."`
	RequestID string `arg:"" name:"request-id" help:"The request ID of an answer, as an SDK's error shows it."`
}

// Help is the end of the help text.
func (*explainCommand) Help() string {
	return `Every answer has a request ID, and every SDK shows it in its errors. The exit code is 1 if no decision about it is kept.

    understudy explain 7e8b1c52-...                   # the layers, the statements, the smallest change
    understudy explain --context 7e8b1c52-...         # with the condition keys of the request
    understudy explain --json 7e8b1c52-... | jq .checks`
}

// Run shows the decision about one request.
func (c *explainCommand) Run() error {
	body, err := c.manage("decisions/" + url.PathEscape(c.RequestID))
	if err != nil {
		return err
	}
	defer body.Close()
	if c.JSON {
		_, err := io.Copy(os.Stdout, body)
		return err
	}
	var r decisions.Record
	if err := json.NewDecoder(body).Decode(&r); err != nil {
		return noServerError{fmt.Errorf("the server's answer is no decision: %w", err)}
	}
	p := c.printer()
	p.context = c.Context
	p.record(&r)
	return p.flush(os.Stdout)
}

// printer makes a printer that colours if it is to.
func (s *shown) printer() *printer {
	switch s.Color {
	case "always":
		return &printer{colored: true}
	case "never":
		return &printer{}
	}
	return &printer{colored: isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == ""}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// printer writes decisions for people.
type printer struct {
	strings.Builder
	colored bool
	context bool // condition keys too
}

func (p *printer) flush(w io.Writer) error {
	_, err := io.WriteString(w, p.String())
	p.Reset()
	return err
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

// Colours of verdicts and decisions.
var colors = map[string]string{
	"allowed": "32", "denied": "31", "explicitDeny": "31", "implicitDeny": "33", "would-be-denied": "33",
}

// word is a verdict or decision in its colour, padded to the width.
func (p *printer) word(text string, width int) string {
	padded := fmt.Sprintf("%-*s", width, text)
	if color := colors[text]; p.colored && color != "" {
		return "\x1b[1;" + color + "m" + padded + "\x1b[0m"
	}
	return padded
}

// clean makes a text from outside safe to show: a terminal obeys control
// characters.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u202e' {
			return '\ufffd'
		}
		return r
	}, s)
}

func (p *printer) record(r *decisions.Record) {
	p.line("%s  %s:%s by %s", p.word(r.Verdict, 0), clean(r.Service), clean(r.Operation), caller(r))
	p.line("  request %s at %s, enforcement %s", clean(r.RequestID), r.Time.Format("2006-01-02T15:04:05.000Z07:00"), r.Enforcement)
	p.line("  from %s with %s", orNone(r.SourceIP), orNone(r.UserAgent))
	if r.Error != nil {
		p.line("  %s: %s", r.Error.Code, clean(r.Error.Message))
	}
	if len(r.Checks) == 0 {
		p.line("\n  %s", noChecks(r))
	}
	for i := range r.Checks {
		p.check(&r.Checks[i])
	}
}

func noChecks(r *decisions.Record) string {
	if r.Verdict == "allowed" {
		return "The operation needs no permission."
	}
	return "Credentials of this kind can never make this call; no policy can allow it."
}

func caller(r *decisions.Record) string {
	if r.Principal.ARN == "" {
		return "an anonymous caller"
	}
	return clean(r.Principal.ARN)
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return clean(s)
}

func (p *printer) check(c *decisions.Check) {
	p.line("\n  %s on %s: %s", clean(c.Action), clean(c.Resource), p.word(c.Decision, 0))
	p.line("    %s", c.Sentence)
	for i := range c.Layers {
		p.layer(&c.Layers[i])
	}
	if len(c.MissingKeys) > 0 {
		p.line("    missing condition keys: %s", clean(strings.Join(c.MissingKeys, ", ")))
	}
	if len(c.Changes) > 0 {
		p.line("    To allow it:")
	}
	for i, change := range c.Changes {
		p.line("      %d. %s", i+1, clean(change.Sentence))
		if change.Add != nil {
			raw, err := json.Marshal(change.Add)
			if err == nil {
				p.line("         %s", clean(string(raw)))
			}
		}
	}
	if !p.context {
		return
	}
	p.line("    Condition keys:")
	for _, k := range c.Context {
		p.line("      %s = %s", clean(k.Name), clean(strings.Join(k.Values, ", ")))
	}
}

func (p *printer) layer(l *decisions.Layer) {
	name := l.Layer
	if l.Level != "" {
		name += " of " + l.Level
	}
	waived := ""
	if l.Waived {
		waived = " (does not matter here)"
	}
	p.line("    %-22s %s %s%s", clean(name), p.word(l.Decision, 12), l.Sentence, waived)
	for i := range l.Statements {
		p.line("      %s %s", l.Statements[i].Effect, statement(&l.Statements[i]))
	}
	for i := range l.NearMisses {
		p.nearMiss(&l.NearMisses[i])
	}
}

// statement says which statement it is and where it stands.
func statement(s *decisions.Statement) string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		name = s.Sid
	}
	return fmt.Sprintf("%s of %s, line %d, column %d", clean(name), clean(s.Policy.ID), s.Start.Line, s.Start.Column)
}

func (p *printer) nearMiss(m *decisions.NearMiss) {
	p.line("      almost: %s would allow but for its %s", statement(&m.Statement), m.Lacks)
	for _, u := range m.Unmet {
		has := "the request has no such key"
		if u.Present {
			has = "the request has " + strings.Join(u.Has, ", ")
		}
		p.line("        %s %s wants %s; %s", clean(u.Operator), clean(u.Key), clean(strings.Join(u.Wants, ", ")), clean(has))
	}
}
