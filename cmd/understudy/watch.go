package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

type watchCommand struct {
	endpoint
	shown
	Principal string `placeholder:"ARN" help:"Only calls of this principal: an ARN, in which * is any run of characters, or a name."`
	Action    string `complete:"action" placeholder:"SERVICE:NAME" help:"Only calls that need this action; * is any run of characters."`
	Decision  string `default:"" enum:"allowed,denied,would-be-denied,faulted,refused," placeholder:"OUTCOME" help:"@watchDecision"`
	Count     int    `short:"n" placeholder:"N" help:"End after N decisions."`
}

// Help is the end of the help text.
func (*watchCommand) Help() string {
	return `A line for each call, with what would allow what was denied and the command that explains it. A terminal that is narrower ` +
		`shows the line in parts, and no ARN is broken. It ends when it is interrupted, after -n decisions, or with the server (exit code 3).

    understudy watch --decision denied
    understudy watch --principal alice --action 'iam:*'
    understudy watch --json -n 10 | jq -r .verdict`
}

// Run shows decisions as they are made, until it is interrupted.
func (c *watchCommand) Run() error {
	m, err := c.manage()
	if err != nil {
		return err
	}
	stream, err := m.FollowDecisions(context.Background(), &management.CallQuery{Principal: c.Principal, Action: c.Action,
		Decision: c.Decision})
	if err != nil {
		return m.told(err)
	}
	defer stream.Close()
	p := c.printer(&c.endpoint)
	p.OneLine = !isTerminal(os.Stdout)
	return watch(m, stream, c.Count, func(r *decisions.Record) error { return c.show(m, p, r) })
}

// watch shows count items of a stream or, if count is 0, all that come.
func watch[T any](m *manager, stream *client.Stream[T], count int, show func(*T) error) error {
	fmt.Fprintln(os.Stderr, "watching")
	for seen := 0; count <= 0 || seen < count; {
		e, err := stream.Next()
		if err != nil {
			return m.stopped(err)
		}
		if e.Lost > 0 {
			fmt.Fprintf(os.Stderr, "%d calls were too fast to show\n", e.Lost)
		}
		if e.Item == nil {
			continue
		}
		seen++
		if err := show(e.Item); err != nil {
			return err
		}
	}
	return nil
}

// stopped says why a stream has ended.
func (m *manager) stopped(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return noServerError{errors.New("the server has stopped")}
	case errors.Is(err, client.ErrNoServer):
		return noServerError{fmt.Errorf("the server has gone: %w", textfile.RootCause(err))}
	}
	return m.told(err)
}

func (c *watchCommand) show(m *manager, p *decisions.Printer, r *decisions.Record) error {
	if c.JSON {
		return m.printRaw()
	}
	_, err := io.WriteString(os.Stdout, p.Summary(r))
	return err
}
