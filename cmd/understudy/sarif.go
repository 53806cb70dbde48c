package main

import (
	"io"
	"net/url"
	"path/filepath"
)

// The parts of a run in SARIF 2.1.0 that are written.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string      `json:"$schema"`
		Version string      `json:"version"`
		Runs    []*sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		ColumnKind  string            `json:"columnKind"`
		Invocations []sarifInvocation `json:"invocations,omitempty"`
		Results     []sarifResult     `json:"results"`

		indexes map[string]int // of the rules, by ID
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
		Help                 *sarifText `json:"help,omitempty"`
		HelpURI              string     `json:"helpUri"`
		DefaultConfiguration sarifLevel `json:"defaultConfiguration"`
		Properties           *sarifTags `json:"properties,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifTags struct {
		SecuritySeverity string   `json:"security-severity"`
		Tags             []string `json:"tags"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints,omitempty"`
		Baseline     string            `json:"baselineState,omitempty"` // new or unchanged
	}
	sarifLocation struct {
		Message  *sarifText     `json:"message,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
)

func newSARIF() *sarifRun {
	return &sarifRun{
		ColumnKind: "utf16CodeUnits", Results: []sarifResult{}, indexes: map[string]int{},
		Tool: sarifTool{sarifDriver{
			Name: "understudy", Version: version, InformationURI: "https://github.com/understudy-iam/understudy", Rules: []sarifRule{},
		}},
	}
}

// add adds a result. The rules of a run are those that have one, in the order of the
// results.
func (r *sarifRun) add(result sarifResult, rule func() sarifRule) {
	driver := &r.Tool.Driver
	at, known := r.indexes[result.RuleID]
	if !known {
		at = len(driver.Rules)
		r.indexes[result.RuleID] = at
		driver.Rules = append(driver.Rules, rule())
	}
	result.RuleIndex = at
	r.Results = append(r.Results, result)
}

// print writes a log of the one run.
func (r *sarifRun) print(w io.Writer) error {
	return writeReport(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []*sarifRun{r}})
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
