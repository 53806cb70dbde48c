package main

import (
	"io"
	"net/url"
	"path/filepath"

	"github.com/understudy-iam/understudy/evaluator/lint"
)

// The parts of a run in SARIF 2.1.0 that are written.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string     `json:"id"`
		ShortDescription     sarifText  `json:"shortDescription"`
		HelpURI              string     `json:"helpUri"`
		DefaultConfiguration sarifLevel `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
)

var sarifLevels = map[lint.Type]string{
	lint.Error: "error", lint.SecurityWarning: "warning", lint.Warning: "warning", lint.Suggestion: "note",
}

// printSARIF prints one run. Its rules are the checks that found something.
func (r *lintReport) printSARIF(w io.Writer) error {
	run := sarifRun{ColumnKind: "utf16CodeUnits", Results: []sarifResult{}, Tool: sarifTool{sarifDriver{
		Name: "understudy", Version: version, InformationURI: "https://github.com/understudy-iam/understudy", Rules: []sarifRule{},
	}}}
	driver, rules := &run.Tool.Driver, map[lint.Code]int{}
	for i := range r.findings {
		f := &r.findings[i]
		if _, ok := rules[f.Code]; !ok {
			rules[f.Code] = len(driver.Rules)
			driver.Rules = append(driver.Rules, sarifRuleOf(f.Code))
		}
		run.Results = append(run.Results, sarifResult{
			RuleID: string(f.Code), RuleIndex: rules[f.Code], Level: sarifLevels[f.Type], Message: sarifText{f.Sentence()},
			Locations: []sarifLocation{f.sarifLocation()},
		})
	}
	return writeReport(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func sarifRuleOf(code lint.Code) sarifRule {
	c, _ := lint.Find(code)
	return sarifRule{string(code), sarifText{c.Message}, c.Link(), sarifLevel{sarifLevels[c.Type]}}
}

// sarifLocation is the place of the finding, with the name of the policy if that is
// known.
func (f *placedFinding) sarifLocation() sarifLocation {
	l := sarifLocation{Physical: sarifPhysical{sarifArtifact{sarifURI(f.document.file)}, sarifRegion{f.line, f.column}}}
	if f.document.title != "" {
		l.Logical = []sarifLogical{{f.document.title, "resource"}}
	}
	return l
}

// sarifURI is the name of a file as a reference that is relative to the working
// directory, or absolute if the name is.
func sarifURI(name string) string {
	u := url.URL{Path: filepath.ToSlash(name)}
	if filepath.IsAbs(name) {
		u.Scheme = "file"
	}
	return u.String()
}
