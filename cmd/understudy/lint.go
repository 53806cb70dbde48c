package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// lintCommand says what is wrong with policies before they are used.
type lintCommand struct {
	endpoint
	Files        []string `arg:"" optional:"" name:"file" complete:"file" help:"@lintFiles"`
	Server       bool     `name:"server" help:"@lintServer"`
	Type         string   `default:"" enum:"identity,resource,trust,boundary,session,scp,rcp," placeholder:"TYPE" help:"@lintType"`
	ResourceType string   `default:"" name:"resource-type" placeholder:"TYPE" help:"@lintResourceType"`
	Format       string   `default:"text" enum:"text,json,sarif,github" help:"text, json, sarif, or github: messages that GitHub Actions shows beside the lines."`
	FailOn       string   `default:"security" name:"fail-on" enum:"error,security,warning,suggestion" placeholder:"TYPE" help:"@lintFailOn"`
	Color        string   `default:"auto" enum:"auto,always,never" help:"auto: in colour on a terminal, unless NO_COLOR is set; always; never."`
}

// Help is the end of the help text.
func (*lintCommand) Help() string {
	return `It makes the checks of IAM Access Analyzer, with its codes and messages, and some of its own, whose codes begin with UNDERSTUDY_. ` +
		`docs/policy-checks.md explains all of them.
The exit code is 1 if there is a finding as bad as --fail-on says, 2 if a file cannot be read, and 3 if no server answers.

    understudy lint policy.json
    understudy lint --type scp guardrails/
    aws iam get-account-authorization-details | understudy lint -
    terraform show -json plan | understudy lint - --format github
    understudy lint --server                    # what the running server holds`
}

// failOn are the types of findings as the flag names them.
var failOn = map[string]lint.Type{
	"error": lint.Error, "security": lint.SecurityWarning, "warning": lint.Warning, "suggestion": lint.Suggestion,
}

// Run prints the findings.
func (c *lintCommand) Run() error {
	if err := cmp.Or(c.checkSource(), c.checkResourceType()); err != nil {
		return usageError{err}
	}
	documents, err := c.documents()
	if err != nil {
		return err
	}
	var report lintReport
	for i := range documents {
		report.add(&documents[i], lint.Lint(documents[i].text, c.options(&documents[i])))
	}
	if err := c.print(&report); err != nil {
		return err
	}
	for _, name := range report.cut {
		note(fmt.Sprintf("%s has %d findings or more, and no more are shown; correct these first, and lint it again", name, lint.MaxFindings))
	}
	for i := range report.findings {
		if report.findings[i].Type.AtLeast(failOn[c.FailOn]) {
			return errAnsweredNo
		}
	}
	return nil
}

// documents are the policies of the server, or else of the files.
func (c *lintCommand) documents() ([]policyText, error) {
	if c.Server {
		m, err := c.manage()
		if err != nil {
			return nil, err
		}
		return policiesOfServer(m)
	}
	var all []policyText
	for _, name := range c.Files {
		documents, err := policiesIn(name)
		if err != nil {
			return nil, usageError{err}
		}
		all = append(all, documents...)
	}
	return all, nil
}

// options are the options for a document: from the flags, or else from what is known
// about it.
func (c *lintCommand) options(d *policyText) lint.Options {
	o := lint.Options{Kind: d.kind, ResourceType: c.ResourceType, Account: d.account, Template: d.template}
	if c.ResourceType != "" {
		o.Kind = evaluator.NoKind
	}
	if kind, ok := evaluator.ParseKind(c.Type); ok {
		o.Kind = kind
	}
	return o
}

// checkSource refuses flags that do not make clear what to check.
func (c *lintCommand) checkSource() error {
	switch {
	case !c.Server && len(c.Files) == 0:
		return errors.New("lint does not know what to look at; give the files of policies, or --server")
	case c.Server && len(c.Files) > 0:
		return errors.New("lint --server looks at what the server holds, and not at files; leave one of them away")
	case c.Server && (c.Type != "" || c.ResourceType != ""):
		return errors.New("the server knows the type of each policy; leave --type and --resource-type away")
	}
	return nil
}

func (c *lintCommand) checkResourceType() error {
	if c.ResourceType == "" {
		return nil
	}
	for _, t := range lint.ResourceTypes() {
		if t == c.ResourceType {
			return nil
		}
	}
	return &unknownResourceTypeError{c.ResourceType}
}

// unknownResourceTypeError is the error of --resource-type.
type unknownResourceTypeError struct{ name string }

func (e *unknownResourceTypeError) Error() string {
	return "--resource-type " + e.name + " is not known; give one of " + strings.Join(lint.ResourceTypes(), ", ")
}

func (c *lintCommand) print(r *lintReport) error {
	switch c.Format {
	case "json":
		return r.printJSON(os.Stdout)
	case "sarif":
		return r.printSARIF(os.Stdout)
	case "github":
		return r.printAnnotations(os.Stdout)
	}
	return r.printText(os.Stdout, colored(c.Color))
}
