package main

import (
	"context"
	"fmt"
	"os"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/seed"
)

type importCommand struct {
	endpoint
	File string `arg:"" complete:"file" help:"@importFile"`
	Diff bool   `help:"Change nothing; print what would change, as a diff of the exported state without secrets."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Help is the end of the help text.
func (*importCommand) Help() string {
	return `Applies the file to the running server, whole or not at all: what is missing is made, and what ` +
		`exists is brought to what the file says.

    understudy import --diff iam.yaml      # what would change
    understudy import iam.yaml
    aws iam get-account-authorization-details --profile real |
      understudy import -`
}

// Run sends the file, and the files that it refers to, to the server. It prints what was
// left out or not changed.
func (c *importCommand) Run() error {
	name, text, err := c.read()
	if err != nil {
		return usageError{err}
	}
	files, err := seed.Files(name, text)
	if err != nil {
		return usageError{err}
	}
	m, err := c.manage()
	if err != nil {
		return err
	}
	outcome, err := m.ImportSeed(context.Background(), &management.Seed{Name: name, Text: text, Files: files, Dry: c.Diff})
	if err != nil {
		return m.told(err)
	}
	if c.JSON {
		return printJSON(outcome)
	}
	for _, w := range outcome.Warnings {
		say("warning: " + decisions.Clean(w))
	}
	if c.Diff {
		fmt.Fprint(os.Stdout, decisions.CleanLines(outcome.Diff))
		fmt.Fprintf(os.Stdout, "nothing was changed; an import would report: %s\n", outcome.Summary)
		return nil
	}
	fmt.Fprintf(os.Stdout, "imported %s: %s\n", name, outcome.Summary)
	return nil
}

func (c *importCommand) read() (name string, text []byte, err error) {
	if c.File == "-" {
		name = "standard input"
		text, err = textfile.ReadFrom(os.Stdin, name, textfile.Seed)
		return name, text, err
	}
	text, err = textfile.Read(c.File, textfile.Seed)
	if err != nil {
		err = fmt.Errorf("%s: %w; give the file of a seed, or - for standard input", c.File, textfile.RootCause(err))
	}
	return c.File, text, err
}
