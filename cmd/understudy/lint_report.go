package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// lintReport has the findings of all files.
type lintReport struct {
	documents int
	findings  []placedFinding
	cut       []string // the documents that have, or may have, more findings
}

// placedFinding is a finding with its place in the file.
type placedFinding struct {
	lint.Finding
	document     *policyText
	line, column int
}

func (r *lintReport) add(d *policyText, list []lint.Finding) {
	r.documents++
	if len(list) == lint.MaxFindings {
		r.cut = append(r.cut, strings.TrimSuffix(d.file+" "+d.path, " "))
	}
	for _, f := range list {
		line, column := d.place(f.Span.From)
		r.findings = append(r.findings, placedFinding{f, d, line, column})
	}
}

// path is the place of the finding in the file.
func (f *placedFinding) path() string {
	return strings.Trim(f.document.path+"."+f.Path, ".")
}

// at is the place of the finding, for people.
func (f *placedFinding) at() string {
	if f.document.file == f.document.title { // it is not a file
		return fmt.Sprintf("%s, line %d, column %d", f.document.file, f.line, f.column)
	}
	return fmt.Sprintf("%s:%d:%d", f.document.file, f.line, f.column)
}

// lintWords are the words for the types of findings, for people.
var lintWords = map[lint.Type]string{
	lint.Error: "error", lint.SecurityWarning: "security warning", lint.Warning: "warning", lint.Suggestion: "suggestion",
}

func (r *lintReport) printText(w io.Writer, color bool) error {
	p := decisions.Printer{Width: terminalWidth(os.Stdout), Color: color}
	var b strings.Builder
	for i := range r.findings {
		f := &r.findings[i]
		remark := decisions.Remark{
			Title: fmt.Sprintf("%s: %s\u00a0%s", f.at(), strings.ReplaceAll(lintWords[f.Type], " ", "\u00a0"), f.Code),
			Color: "warning", Text: f.Sentence(),
		}
		if f.Type == lint.Error {
			remark.Color = "error"
		}
		if in := cmp.Or(f.document.named, f.document.path); in != "" {
			remark.Title += " in\u00a0" + in
		}
		remark.Statement, remark.Part, remark.Name = f.statement()
		b.WriteString(p.Remark(remark) + "\n")
	}
	b.WriteString(r.summary() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// summary says how many findings of each type there are.
func (r *lintReport) summary() string {
	where := counted(r.documents, "policy", "policies")
	if len(r.findings) == 0 {
		return "No findings in " + where + "."
	}
	var parts []string
	for _, t := range lint.Types() {
		n := 0
		for i := range r.findings {
			if r.findings[i].Type == t {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, counted(n, lintWords[t], lintWords[t]+"s"))
		}
	}
	return "In " + where + ": " + strings.Join(parts, ", ") + "."
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// statement is the statement with the finding, and the part of it that is meant.
func (f *placedFinding) statement() (text string, part []string, name bool) {
	root, err := evaluator.ParseTree(f.document.text)
	if err != nil {
		return "", nil, false
	}
	for _, m := range root.Members {
		if m.Name.Text != "Statement" {
			continue
		}
		for _, s := range append([]*evaluator.Node{m.Value}, m.Value.Elements...) {
			if s.Kind == evaluator.ObjectNode && s.Span.From <= f.Span.From && f.Span.To <= s.Span.To {
				part, name, _ := partOf(s, f.Span)
				return f.document.text[s.Span.From:s.Span.To], part, name
			}
		}
	}
	return "", nil, false
}

// partOf is the part of the statement with the span, by names and indexes.
func partOf(n *evaluator.Node, span evaluator.Span) (part []string, name, found bool) {
	if n.Span == span {
		return nil, false, true
	}
	for _, m := range n.Members {
		if m.Name.Span == span {
			return []string{m.Name.Text}, true, true
		}
		if rest, name, ok := partOf(m.Value, span); ok {
			return append([]string{m.Name.Text}, rest...), name, true
		}
	}
	for i, e := range n.Elements {
		if rest, name, ok := partOf(e, span); ok {
			return append([]string{strconv.Itoa(i)}, rest...), name, true
		}
	}
	return nil, false, false
}

// lintFinding is a finding as JSON shows it.
type lintFinding struct {
	Code    lint.Code `json:"code"`
	Type    lint.Type `json:"type"`
	Message string    `json:"message"`
	File    string    `json:"file"`
	Line    int       `json:"line"`
	Column  int       `json:"column"`
	Path    string    `json:"path"`
	Fix     *lintFix  `json:"fix"`
}

// lintFix is a change of a file: bytes that are replaced by a string.
type lintFix struct {
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	Text   string `json:"text"`
}

func (r *lintReport) printJSON(w io.Writer) error {
	list := make([]lintFinding, 0, len(r.findings))
	for i := range r.findings {
		f := &r.findings[i]
		shown := lintFinding{f.Code, f.Type, f.Sentence(), f.document.file, f.line, f.column, f.path(), nil}
		if f.Fix != nil && f.document.verbatim {
			shown.Fix = &lintFix{f.document.offset + f.Fix.From, f.Fix.To - f.Fix.From, f.Fix.Text}
		}
		list = append(list, shown)
	}
	return writeReport(w, list)
}

func (r *lintReport) printAnnotations(w io.Writer) error {
	levels := map[lint.Type]string{lint.Error: "error", lint.SecurityWarning: "warning", lint.Warning: "warning", lint.Suggestion: "notice"}
	for i := range r.findings {
		f := &r.findings[i]
		a := annotation{levels[f.Type], f.document.file, f.line, f.column, string(f.Code), f.Sentence()}
		if err := a.print(w); err != nil {
			return err
		}
	}
	return nil
}
