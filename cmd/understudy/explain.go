package main

import (
	"context"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/understudy-iam/understudy/decisions"
)

// shown is how explain and watch write.
type shown struct {
	JSON  bool   `name:"json" help:"Print JSON: a record a line."`
	Color string `default:"auto" enum:"auto,always,never" help:"auto: in colour on a terminal, unless NO_COLOR is set; always; never."`
}

type explainCommand struct {
	endpoint
	shown
	Context bool     `help:"Show the condition keys of the request too."`
	Last    int      `default:"1" placeholder:"N" help:"Explain the last N calls that were denied or refused, the newest last."`
	What    []string `arg:"" optional:"" name:"what" help:"@explainWhat"`
}

// Help is the end of the help text.
func (*explainCommand) Help() string {
	return `It explains the last call that was denied, or refused before it was decided (for its signature, clock, key or parameters) or by a setting of its resource; of ` +
		`a principal, that principal's last one. The text of an error is found again by the request ID in it or, where an SDK does not show ` +
		`that, by the principal, the action and the resource that AWS's message names. The exit code is 1 if nothing is kept about it.

    understudy explain                        # the last denial
    understudy explain alice                  # the last one of a user or role
    understudy explain --last 5               # the last five
    understudy explain "User: arn:... is not authorized to perform: ..."
    understudy explain 7e8b1c52-...           # one request
    understudy explain --json | jq .checks    # all that is known, for programs`
}

// Run shows the requested decisions.
func (c *explainCommand) Run() error {
	m, err := c.manage()
	if err != nil {
		return err
	}
	ctx := context.Background()
	ids, err := c.find(ctx, m)
	if err != nil {
		return m.told(err)
	}
	p := c.printer(&c.endpoint)
	p.Context = c.Context
	for i, id := range ids {
		if i > 0 && !c.JSON {
			_, _ = io.WriteString(os.Stdout, "\n"+strings.Repeat("-", p.Width)+"\n\n")
		}
		if err := c.show(ctx, m, p, id); err != nil {
			return err
		}
	}
	return nil
}

func (c *explainCommand) show(ctx context.Context, m *manager, p *decisions.Printer, id string) error {
	r, err := m.Decision(ctx, id)
	if err != nil || c.JSON {
		return m.end(err)
	}
	_, err = io.WriteString(os.Stdout, p.Record(r))
	return err
}

// printer is the printer of decisions: as wide as the terminal, and in colour if that is
// wanted.
func (s *shown) printer(e *endpoint) *decisions.Printer {
	p := &decisions.Printer{Width: terminalWidth(os.Stdout), Explain: "understudy explain", Env: "understudy env"}
	if e.Addr != defaultAddr && os.Getenv("UNDERSTUDY_ADDR") != e.Addr {
		p.Explain += " --addr " + e.Addr
		p.Env += " --addr " + e.Addr
	}
	p.Color = colored(s.Color)
	return p
}

// colored reports whether standard output is in colour: auto, always or never.
func colored(mode string) bool {
	return mode == "always" || mode == "auto" && isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == ""
}

// maxWidth is the maximum width of lines: longer ones are hard to read.
const maxWidth = 120

// terminalWidth is the number of columns of a line: from COLUMNS, or from the terminal,
// or the usual 80.
func terminalWidth(f *os.File) int {
	width, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil {
		width, _, err = term.GetSize(int(f.Fd()))
	}
	if err != nil || width <= 0 {
		return decisions.DefaultWidth
	}
	return min(width, maxWidth)
}

func isTerminal(f *os.File) bool {
	return term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}
