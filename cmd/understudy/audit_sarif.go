package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// auditPage explains the checks of audits.
const auditPage = "https://github.com/understudy-iam/understudy/blob/main/docs/audit-checks.md"

// auditLevels are the levels of severities, and the numbers by which GitHub tells them apart.
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
var auditLevels = map[audit.Severity]struct{ level, number string }{
	audit.Critical: {"error", "9.5"}, audit.High: {"error", "8.0"}, audit.Medium: {"warning", "5.5"},
	audit.Low: {"note", "3.0"}, audit.Info: {"note", "1.0"},
}

// auditSARIF is a run with a result for each finding. With an earlier report, each result
// says whether it is new.
func auditSARIF(r, before *audit.Report) *sarifRun {
	run := newSARIF()
	var fresh []audit.Finding
	if before != nil {
		fresh, _ = audit.Diff(before, r)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		result := sarifResult{
			RuleID: f.ID, Level: auditLevels[f.Severity].level, Message: sarifText{auditMessage(f)}, Fingerprints: fingerprint(f),
		}
		places := auditLocations(f)
		result.Locations, result.Related = places[:1], places[1:]
		if before != nil {
			result.Baseline = "unchanged"
			if len(fresh) > 0 && f.Same(fresh[0]) { // they are in the order of the report
				result.Baseline, fresh = "new", fresh[1:]
			}
		}
		run.add(result, func() sarifRule { return auditRule(f) })
	}
	if len(r.Unchecked) > 0 {
		said := sarifInvocation{Successful: true}
		for _, text := range r.Unchecked {
			said.Notifications = append(said.Notifications, sarifNotification{"note", sarifText{"Not checked: " + text}})
		}
		run.Invocations = []sarifInvocation{said}
	}
	return run
}

// auditMessage says what was found, of whom, and what to do.
func auditMessage(f *audit.Finding) string {
	var b strings.Builder
	b.WriteString(f.Title + ": " + f.Principal)
	if f.Resource != "" {
		b.WriteString(", " + f.Resource)
	}
	b.WriteString(".")
	for _, e := range f.Evidence {
		if e.Line == 0 {
			b.WriteString(" " + e.Text)
		}
	}
	if len(f.Fix) > 0 {
		b.WriteString("\nFix:\n" + strings.Join(f.Fix, "\n"))
	}
	if f.Advice != "" {
		b.WriteString("\n" + f.Advice)
	}
	return b.String()
}

// auditRule is the check of a finding. A check of package lint has its own page.
func auditRule(f *audit.Finding) sarifRule {
	c, ok := audit.Find(f.ID)
	if !ok { // of a newer server
		c = audit.Check{ID: f.ID, Severity: f.Severity, Title: f.Title, Why: f.Why, References: f.References}
	}
	help, link := c.Why, auditPage
	if len(c.References) > 0 {
		help += "\nElsewhere: " + strings.Join(c.References, ", ") + "."
	}
	if code, is := strings.CutPrefix(c.ID, "lint:"); is {
		if l, ok := lint.Find(lint.Code(code)); ok {
			link = l.Link()
		}
	}
	level := auditLevels[c.Severity]
	return sarifRule{
		ID: c.ID, ShortDescription: sarifText{c.Title + "."}, Help: &sarifText{cmp.Or(help, c.Title)}, HelpURI: link,
		DefaultConfiguration: sarifLevel{level.level}, Properties: &sarifTags{level.number, []string{"security"}},
	}
}

// auditLocations are the places of the statements that are evidence, at least one: without
// a statement it is the principal. Of what is in no file, the name of the policy is the
// name of the artifact, as in the logs of lint.
func auditLocations(f *audit.Finding) (list []sarifLocation) {
	for i := range f.Evidence {
		e := &f.Evidence[i]
		if e.Line == 0 {
			continue
		}
		l := sarifLocation{
			Physical: &sarifPhysical{sarifArtifact{sarifURI(cmp.Or(e.File, e.Policy))}, &sarifRegion{int(e.Line), int(e.Column)}},
			Logical:  []sarifLogical{{e.Policy, "resource"}},
		}
		if list != nil {
			l.Message = &sarifText{e.Text}
		}
		list = append(list, l)
	}
	if list != nil {
		return list
	}
	return []sarifLocation{{
		Physical: &sarifPhysical{Artifact: sarifArtifact{sarifURI(f.Principal)}}, Logical: []sarifLogical{{f.Principal, "resource"}},
	}}
}

// fingerprint is the same for the same finding of a later audit.
func fingerprint(f *audit.Finding) map[string]string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.ID, f.Principal, f.Resource, f.Title}, "\x00")))
	return map[string]string{"understudyFinding/v1": hex.EncodeToString(sum[:])}
}
