package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// readAudit reads the output of --format json.
func readAudit(file string) (*audit.Report, error) {
	text, err := textfile.Read(file, textfile.Seed)
	if err != nil {
		return nil, fmt.Errorf("%w; give what understudy audit --format json prints", err)
	}
	var r audit.Report
	if err := json.Unmarshal([]byte(text), &r); err != nil || r.Account == "" {
		return nil, fmt.Errorf("%s is not what understudy audit --format json prints", file)
	}
	return &r, nil
}

// auditPrinter prints reports for people.
type auditPrinter struct {
	decisions.Printer
	b     strings.Builder
	known *audit.Report // its findings are not new; nil: nothing is said about that
	ways  bool          // ways to one principal were asked for, which are not findings
}

func newAuditPrinter(color bool) *auditPrinter {
	return &auditPrinter{Printer: decisions.Printer{Width: terminalWidth(os.Stdout), Color: color}}
}

func (p *auditPrinter) print(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (p *auditPrinter) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

// text writes a sentence in lines of the terminal's width.
func (p *auditPrinter) text(s string) { p.line("%s", p.Message(decisions.Clean(s))) }

// severityColors are the colours of titles.
var severityColors = map[audit.Severity]string{audit.Critical: "error", audit.High: "error", audit.Medium: "warning"}

func (p *auditPrinter) report(r *audit.Report) {
	var fresh []audit.Finding
	if p.known != nil {
		fresh, _ = audit.Diff(p.known, r)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		p.finding(f, slices.ContainsFunc(fresh, f.Same))
	}
	if len(r.Paths) > 0 {
		p.line("The shortest way of each principal:")
		for i := range r.Paths {
			p.path(&r.Paths[i])
		}
		p.line("")
	}
	for _, text := range r.Unchecked {
		p.line("Not checked: %s", decisions.Clean(text))
	}
	p.summary(r, len(fresh))
}

// finding prints a finding, the reason for it, and how to close it.
func (p *auditPrinter) finding(f *audit.Finding, fresh bool) {
	title := string(f.Severity) + " " + f.ID
	if fresh {
		title += " (new)"
	}
	p.b.WriteString(p.Remark(decisions.Remark{Title: title + ": " + f.Title, Color: severityColors[f.Severity], Text: f.Why}))
	p.line("  %s", decisions.Clean(f.Principal))
	if f.Resource != "" {
		p.line("  to %s", decisions.Clean(f.Resource))
	}
	for i := range f.Evidence {
		p.evidence(&f.Evidence[i])
	}
	for _, command := range f.Fix {
		p.line("  Fix:\n    %s", decisions.Clean(command))
	}
	if f.Advice != "" {
		p.text("  " + f.Advice)
	}
	p.line("")
}

func (p *auditPrinter) evidence(e *audit.Evidence) {
	if e.Line == 0 {
		p.text("  " + e.Text)
		return
	}
	at := fmt.Sprintf("  %s, line %d, column %d:", e.Policy, e.Line, e.Column)
	if e.File != "" {
		at = fmt.Sprintf("  %s:%d:%d, %s:", e.File, e.Line, e.Column, e.Policy)
	}
	r := decisions.Remark{Title: at, Statement: e.Text}
	if !json.Valid([]byte(e.Text)) { // it was shortened
		r.Text, r.Statement = e.Text, ""
	}
	p.b.WriteString(p.Remark(r))
}

// path prints a way, one call on each line.
func (p *auditPrinter) path(w *audit.Path) {
	p.line("  %s", decisions.Clean(w.From))
	for _, s := range w.Steps {
		p.line("    -> %s on %s", decisions.Clean(s.Action), decisions.Clean(s.Resource))
	}
}

// summary counts the findings of each severity.
func (p *auditPrinter) summary(r *audit.Report, fresh int) {
	of := "In account " + r.Account + ", of " + counted(r.Principals, "user or role", "users and roles")
	switch {
	case p.ways:
		p.line("%s: %s.", of, counted(len(r.Paths), "way", "ways"))
		return
	case len(r.Findings) == 0:
		p.line("%s: no findings.", of)
		return
	}
	var parts []string
	for _, s := range audit.Severities() {
		n := 0
		for i := range r.Findings {
			if r.Findings[i].Severity == s {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if p.known != nil {
		parts = append(parts, fmt.Sprintf("%d new", fresh))
	}
	p.line("%s: %s.", of, strings.Join(parts, ", "))
}

// changes prints findings that only one of two audits has.
func (p *auditPrinter) changes(title string, list []audit.Finding) {
	if len(list) == 0 {
		return
	}
	p.line("%s:", title)
	for i := range list {
		f := &list[i]
		p.line("  %s %s: %s", f.Severity, f.ID, decisions.Clean(f.Title))
		if f.Resource != "" {
			p.line("    to %s", decisions.Clean(f.Resource))
		}
	}
}
