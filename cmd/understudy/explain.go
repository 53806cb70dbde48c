package main

import (
	"context"
	"io"
	"os"

	"github.com/understudy-iam/understudy/decisions"
)

// shown is how explain and watch write.
type shown struct {
	JSON  bool   `name:"json" help:"Print JSON: a record a line."`
	Color string `default:"auto" enum:"auto,always,never" help:"auto: in colour on a terminal; always; never."`
}

type explainCommand struct {
	endpoint
	shown
	Context   bool   `help:"Show the condition keys of the request too."`
	RequestID string `arg:"" name:"request-id" help:"The request ID of an answer, as an SDK's error shows it."`
}

// Help is the end of the help text.
func (*explainCommand) Help() string {
	return `Every answer has a request ID, and every SDK shows it in its errors. The exit code is 1 if no decision about it is kept.

    understudy explain 7e8b1c52-...                   # the layers, the statements, the smallest change
    understudy explain --context 7e8b1c52-...         # with the condition keys of the request
    understudy explain --json 7e8b1c52-... | jq .checks`
}

// Run shows the decision about one request.
func (c *explainCommand) Run() error {
	m, err := c.manage()
	if err != nil {
		return err
	}
	r, err := m.Decision(context.Background(), c.RequestID)
	if err != nil {
		return m.told(err)
	}
	if c.JSON {
		return m.printRaw()
	}
	p := c.printer()
	p.Context = c.Context
	_, err = io.WriteString(os.Stdout, p.Record(r))
	return err
}

// printer is how decisions are written, in colour if they are to be.
func (s *shown) printer() *decisions.Printer {
	switch s.Color {
	case "always":
		return &decisions.Printer{Color: true}
	case "never":
		return &decisions.Printer{}
	}
	return &decisions.Printer{Color: isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == ""}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
