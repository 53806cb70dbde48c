package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/policytest"
)

// testCommand runs tests of policies.
type testCommand struct {
	partitionFlag
	Files       []string `arg:"" name:"file" complete:"file" help:"Files of tests, in YAML; docs/policy-tests.md says what they may have."`
	Format      string   `default:"text" enum:"text,junit,tap,json,github" help:"@testFormat"`
	Quiet       bool     `short:"q" help:"Leave out the rows that pass, in text."`
	Coverage    bool     `help:"@testCoverage"`
	MinCoverage int      `name:"min-coverage" placeholder:"PERCENT" help:"@testMinCoverage"`
	Watch       bool     `help:"Go on, and run the tests again when a file has changed that they read."`
	Color       string   `default:"auto" enum:"auto,always,never" help:"auto: in colour on a terminal, unless NO_COLOR is set; always; never."`

	read  map[string][]byte // files that the last run has read, by path
	stdin []byte            // nil: it was not read
}

// Help is the end of the help text.
func (*testCommand) Help() string {
	return `A file of tests names a state and says what its users and roles may and may not do; each row is decided as enforcement ` +
		`decides a call, without a server.
The exit code is 0 if all rows pass, 1 if one fails, and 2 if a file is wrong.

    understudy test policies.yaml
    understudy test tests/*.yaml --format junit > report.xml
    understudy test policies.yaml --coverage --min-coverage 90
    understudy test policies.yaml --watch --quiet
    aws iam get-account-authorization-details |
      understudy test policies.yaml             # with state: "-"`
}

// Run runs the files.
func (c *testCommand) Run() error {
	if c.MinCoverage < 0 || c.MinCoverage > 100 {
		return usageError{fmt.Errorf("--min-coverage %d is not a percentage; give a number from 0 to 100", c.MinCoverage)}
	}
	if c.Watch {
		if c.Format != "text" {
			return usageError{errors.New("--watch goes on for people, who read text; leave --format away")}
		}
		return c.watch()
	}
	return c.once(context.Background())
}

// once runs all files and prints the results.
func (c *testCommand) once(ctx context.Context) error {
	c.read = map[string][]byte{}
	report := &policytest.Report{Rows: []policytest.Row{}}
	for _, name := range c.Files {
		one, err := c.runFile(ctx, name)
		if err != nil {
			return usageError{err}
		}
		report.Add(one)
	}
	if err := c.print(report); err != nil {
		return err
	}
	switch {
	case report.Failed > 0:
		return errAnsweredNo
	case report.Coverage != nil && report.Coverage.Percent() < c.MinCoverage:
		return fmt.Errorf("%d %% of the statements are tested, and --min-coverage asks for %d %%", report.Coverage.Percent(), c.MinCoverage)
	}
	return nil
}

func (c *testCommand) runFile(ctx context.Context, name string) (*policytest.Report, error) {
	raw, err := c.open(name)
	if err != nil {
		return nil, fmt.Errorf("%w; give a file of tests", err)
	}
	f, err := policytest.Read(name, raw)
	if err != nil {
		return nil, err
	}
	return policytest.Run(ctx, f, policytest.Options{
		Open: c.open, Partition: c.partition(), Coverage: c.Coverage || c.MinCoverage > 0,
		Warn: func(f *policytest.Fault) { say("warning: " + decisions.Clean(f.Error())) },
	})
}

// open reads a file, and remembers it for watch; "-" is standard input.
func (c *testCommand) open(path string) (raw []byte, err error) {
	if path == "-" {
		if c.stdin == nil {
			c.stdin, err = textfile.ReadFrom(os.Stdin, "standard input", textfile.Seed)
		}
		return c.stdin, err
	}
	raw, err = textfile.Read(path, textfile.Seed)
	c.read[path] = raw
	return raw, err
}

func (c *testCommand) print(r *policytest.Report) error {
	switch c.Format {
	case "junit":
		return r.WriteJUnit(os.Stdout)
	case "tap":
		return r.WriteTAP(os.Stdout)
	case "json":
		return r.WriteJSON(os.Stdout)
	case "github":
		return printFailures(r)
	}
	text := policytest.Text{Printer: decisions.Printer{Width: terminalWidth(os.Stdout), Color: colored(c.Color)}, Quiet: c.Quiet}
	return text.Write(os.Stdout, r)
}

// printFailures prints an error for GitHub Actions for each row that fails.
func printFailures(r *policytest.Report) error {
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Passed {
			continue
		}
		a := annotation{
			level: "error", file: row.File, line: row.Line, column: row.Column, title: "Policy test fails",
			text: strings.Join(append([]string{row.Title() + ": " + row.Failure}, row.Found...), "\n"),
		}
		if err := a.print(os.Stdout); err != nil {
			return err
		}
	}
	return nil
}
