package main

import (
	"io"

	"github.com/understudy-iam/understudy/evaluator/lint"
)

var sarifLevels = map[lint.Type]string{
	lint.Error: "error", lint.SecurityWarning: "warning", lint.Warning: "warning", lint.Suggestion: "note",
}

// printSARIF prints one run. Its rules are the checks that found something.
func (r *lintReport) printSARIF(w io.Writer) error {
	run := newSARIF()
	for i := range r.findings {
		f := &r.findings[i]
		run.add(sarifResult{
			RuleID: string(f.Code), Level: sarifLevels[f.Type], Message: sarifText{f.Sentence()},
			Locations: []sarifLocation{f.sarifLocation()},
		}, func() sarifRule { return sarifRuleOf(f.Code) })
	}
	return run.print(w)
}

func sarifRuleOf(code lint.Code) sarifRule {
	c, _ := lint.Find(code)
	return sarifRule{
		ID: string(code), ShortDescription: sarifText{c.Message}, HelpURI: c.Link(), DefaultConfiguration: sarifLevel{sarifLevels[c.Type]},
	}
}

// sarifLocation is the place of the finding, with the name of the policy if that is
// known.
func (f *placedFinding) sarifLocation() sarifLocation {
	l := sarifLocation{Physical: &sarifPhysical{sarifArtifact{sarifURI(f.document.file)}, &sarifRegion{f.line, f.column}}}
	if f.document.title != "" {
		l.Logical = []sarifLogical{{f.document.title, "resource"}}
	}
	return l
}
