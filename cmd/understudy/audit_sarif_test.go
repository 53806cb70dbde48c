package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

const (
	ana    = "arn:aws:iam::111122223333:user/ana"
	policy = "inline policy own of user ana"
)

func audited(id string, severity audit.Severity, evidence ...audit.Evidence) audit.Finding {
	return audit.Finding{ID: id, Severity: severity, Title: "user ana does it", Principal: ana, Why: "It is bad.", Evidence: evidence}
}

// A result has the place of the statement in the file, or in the policy; the other
// statements are related, and what is about no statement is at the principal.
func TestAuditSARIFHasPlaces(t *testing.T) {
	t.Parallel()
	run := auditSARIF(&audit.Report{Findings: []audit.Finding{
		audited("iam-007", audit.Critical, audit.Evidence{Policy: policy, Line: 3, Column: 5, Text: "{}", File: "my team.yaml"},
			audit.Evidence{Policy: "trust policy", Line: 1, Column: 2, Text: "{1}"}),
		audited("iam-007", audit.Critical, audit.Evidence{Policy: policy, Line: 4, Column: 6, Text: "{}"}),
		audited("key-age-90", audit.Medium, audit.Evidence{Text: "The key is old."}),
	}}, nil)
	own := []sarifLogical{{policy, "resource"}}
	want := [][]sarifLocation{
		{{Physical: &sarifPhysical{sarifArtifact{"my%20team.yaml"}, &sarifRegion{3, 5}}, Logical: own}},
		{{Physical: &sarifPhysical{sarifArtifact{"inline%20policy%20own%20of%20user%20ana"}, &sarifRegion{4, 6}}, Logical: own}},
		{{Physical: &sarifPhysical{Artifact: sarifArtifact{"./" + ana}}, Logical: []sarifLogical{{ana, "resource"}}}},
	}
	for i := range want {
		if diff := cmp.Diff(want[i], run.Results[i].Locations); diff != "" {
			t.Errorf("result %d (-want +got):\n%s", i, diff)
		}
	}
	if related := run.Results[0].Related; len(related) != 1 || related[0].Message.Text != "{1}" {
		t.Errorf("got related locations %+v", related)
	}
	if got := run.Results[2].Message.Text; got != "user ana does it: "+ana+". The key is old." {
		t.Errorf("got message %q", got)
	}
}

// Each rule is there once, and says why, where the same check is elsewhere, and how bad it is.
func TestAuditSARIFHasRules(t *testing.T) {
	t.Parallel()
	own := "lint:" + string(lint.PassRoleWithStarInResource)
	run := auditSARIF(&audit.Report{Unchecked: []string{"It is not known."}, Findings: []audit.Finding{
		audited("root-mfa", audit.Critical), audited("root-mfa", audit.Critical), audited(own, audit.Medium),
		audited("of-tomorrow", audit.Info),
	}}, nil)
	rules := run.Tool.Driver.Rules
	if len(rules) != 3 || run.Results[1].RuleIndex != 0 || run.Results[3].RuleIndex != 2 {
		t.Fatalf("got rules %+v of results %+v", rules, run.Results)
	}
	c, _ := audit.Find("root-mfa")
	if diff := cmp.Diff(sarifRule{
		ID: "root-mfa", ShortDescription: sarifText{c.Title + "."}, HelpURI: auditPage, DefaultConfiguration: sarifLevel{"error"},
		Help:       &sarifText{c.Why + "\nElsewhere: CIS 6.0 2.4, FSBP IAM.9, Prowler iam_root_mfa_enabled."},
		Properties: &sarifTags{"9.5", []string{"security"}},
	}, rules[0]); diff != "" {
		t.Errorf("the rule (-want +got):\n%s", diff)
	}
	l, _ := lint.Find(lint.PassRoleWithStarInResource)
	if rules[1].HelpURI != l.Link() || rules[1].DefaultConfiguration.Level != "warning" {
		t.Errorf("got %+v", rules[1])
	}
	if rules[2].Help.Text != "It is bad." || rules[2].DefaultConfiguration.Level != "note" {
		t.Errorf("got %+v of a check that is not known", rules[2])
	}
	if got := run.Invocations[0].Notifications[0].Message.Text; got != "Not checked: It is not known." {
		t.Errorf("got %q", got)
	}
}

func TestAuditSARIFSaysWhatIsNew(t *testing.T) {
	t.Parallel()
	old, fresh := audited("two-keys", audit.Low), audited("root-mfa", audit.Critical)
	run := auditSARIF(&audit.Report{Findings: []audit.Finding{fresh, old}}, &audit.Report{Findings: []audit.Finding{old}})
	if run.Results[0].Baseline != "new" || run.Results[1].Baseline != "unchanged" {
		t.Errorf("got %+v", run.Results)
	}
}
