package main

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

type auditCommand struct {
	Run  auditRunCommand  `cmd:"" default:"withargs" help:"Audit an account; run may be left out."`
	Diff auditDiffCommand `cmd:"" help:"Say what an audit found that an earlier one did not, and what is gone."`
}

// Help is the end of the help text.
func (*auditCommand) Help() string {
	return `It finds the ways by which a user or role becomes an administrator, each call of them proved by the policies, and what is wrong with ` +
		`credentials, trusts and policies: see docs/audit-checks.md.

    understudy audit
    understudy audit --details account.json --format json > today.json
    understudy audit diff yesterday.json today.json`
}

// auditRunCommand audits an account of a server or a file.
type auditRunCommand struct {
	asked
	partitionFlag
	Account  string `placeholder:"ACCOUNT" help:"@auditAccount"`
	From     string `placeholder:"PRINCIPAL" help:"@auditFrom"`
	To       string `placeholder:"PRINCIPAL" help:"@auditTo"`
	Format   string `default:"text" enum:"text,json,sarif" help:"@auditFormat"`
	Baseline string `complete:"file" placeholder:"FILE" help:"@auditBaseline"`
	FailOn   string `name:"fail-on" default:"low" enum:"critical,high,medium,low,info" placeholder:"SEVERITY" help:"@auditFailOn"`
	Color    string `default:"auto" enum:"auto,always,never" help:"auto: in colour on a terminal, unless NO_COLOR is set; always; never."`
}

// Help is the end of the help text.
func (*auditRunCommand) Help() string {
	return `Each finding has the statements that allow it, with line and column, and a command of the AWS CLI that closes it. What a denial, a ` +
		`boundary, a condition or an SCP stops is not found. Without a server it audits what the AWS CLI prints of a real account.
The exit code is 1 if there is a finding as bad as --fail-on says, 2 if a file cannot be read, and 3 if no server answers.

    understudy audit
    understudy audit --from alice                # only the ways of alice
    understudy audit --to role/deploy            # who comes to be that role
    aws iam get-account-authorization-details --profile real |
      understudy audit --details -
    understudy audit --baseline last.json --fail-on high`
}

// Run prints the report.
func (c *auditRunCommand) Run() error {
	ctx := context.Background()
	if c.Account != "" && !principal.ValidAccountID(c.Account) {
		return usageError{notAnAccount("--account", c.Account)}
	}
	if c.To != "" && c.Format == "sarif" {
		return usageError{errors.New("--to looks for ways and reports no findings, which SARIF is for; leave --format out, or give json")}
	}
	var before *audit.Report
	if c.Baseline != "" {
		var err error
		if before, err = readAudit(c.Baseline); err != nil {
			return usageError{err}
		}
	}
	m, err := c.open(ctx, &c.partitionFlag)
	if err != nil {
		return err
	}
	report, err := m.Audit(ctx, &management.AuditQuery{Account: c.Account, From: c.From, To: c.To})
	if err != nil {
		return m.told(err)
	}
	if err := c.print(report, before); err != nil {
		return err
	}
	found := report.Findings
	if before != nil {
		found, _ = audit.Diff(before, report)
	}
	if slices.ContainsFunc(found, func(f audit.Finding) bool { return f.Severity.AtLeast(audit.Severity(c.FailOn)) }) {
		return errAnsweredNo
	}
	return nil
}

func (c *auditRunCommand) print(r, before *audit.Report) error {
	switch c.Format {
	case "json":
		return writeReport(os.Stdout, r)
	case "sarif":
		return auditSARIF(r, before).print(os.Stdout)
	}
	p := newAuditPrinter(colored(c.Color))
	p.known, p.ways = before, c.To != ""
	p.report(r)
	return p.print(os.Stdout)
}

// auditDiffCommand compares two reports.
type auditDiffCommand struct {
	Old   string `arg:"" complete:"file" help:"The JSON of the earlier audit."`
	New   string `arg:"" complete:"file" help:"The JSON of the later one."`
	Color string `default:"auto" enum:"auto,always,never" help:"auto: in colour on a terminal, unless NO_COLOR is set; always; never."`
}

// Help is the end of the help text.
func (*auditDiffCommand) Help() string {
	return `The exit code is 0 if both have found the same, 1 if not, and 2 if a file cannot be read.

    understudy audit diff yesterday.json today.json`
}

// Run prints which findings are new and which are gone.
func (c *auditDiffCommand) Run() error {
	before, err := readAudit(c.Old)
	after, err2 := readAudit(c.New)
	if err := errors.Join(err, err2); err != nil {
		return usageError{err}
	}
	if before.Account != after.Account {
		note("the audits are of two accounts, " + before.Account + " and " + after.Account)
	}
	appeared, gone := audit.Diff(before, after)
	p := newAuditPrinter(colored(c.Color))
	p.changes("New", appeared)
	p.changes("Gone", gone)
	if len(appeared)+len(gone) == 0 {
		p.line("Both audits have found the same: %s.", counted(len(after.Findings), "finding", "findings"))
	}
	if err := p.print(os.Stdout); err != nil {
		return err
	}
	if len(appeared)+len(gone) > 0 {
		return errAnsweredNo
	}
	return nil
}
