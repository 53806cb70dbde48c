package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"time"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/management"
)

type eventsCommand struct {
	endpoint
	shown
	Principal string   `group:"Which calls:" placeholder:"ARN" help:"Only calls of this principal: an ARN, in which * is any run of characters, or a name."`
	Action    string   `group:"Which calls:" complete:"action" placeholder:"SERVICE:NAME" help:"Only calls that need this action; * is any run of characters."`
	Decision  string   `group:"Which calls:" default:"" enum:"allowed,denied,would-be-denied,faulted,refused," placeholder:"OUTCOME" help:"@watchDecision"`
	Since     string   `group:"Which calls:" placeholder:"WHEN" help:"Only calls since a time such as 2027-01-31T08:00:00Z, or a duration such as 5m ago."`
	Until     string   `group:"Which calls:" placeholder:"WHEN" help:"Only calls until then."`
	Account   string   `group:"Which calls:" placeholder:"ACCOUNT" help:"Only calls that CloudTrail records in this account."`
	EventName string   `group:"Which calls:" name:"event-name" placeholder:"NAME" help:"Only calls with this name, such as CreateUser; * is any run of characters."`
	Source    string   `group:"Which calls:" placeholder:"SOURCE" help:"Only calls of this service, such as iam.amazonaws.com, or iam."`
	Error     string   `group:"Which calls:" placeholder:"CODE" help:"Only calls that ended with this error; * is any run of characters, and alone any error."`
	ReadOnly  string   `group:"Which calls:" default:"" enum:"true,false," name:"read-only" placeholder:"true|false" help:"Only calls that read, or only those that may change something."`
	Count     int      `short:"n" placeholder:"N" help:"@eventsCount"`
	Follow    bool     `short:"f" help:"Show calls as they are made, from now on."`
	From      []string `sep:"none" complete:"file" placeholder:"FILE" help:"@eventsFrom"`
}

// Help is the end of the help text.
func (*eventsCommand) Help() string {
	return `A line for each call, the newest last: when it was (UTC), its error or ok, who called, what, and on what. --json prints ` +
		`each as CloudTrail records it, in a line, which is what serve --events-file writes.

    understudy events --since 10m --read-only false
    understudy events --event-name AttachUserPolicy --json
    understudy events --follow --error AccessDenied
    understudy events --from events.jsonl --principal alice`
}

// Run shows the last events, or follows them until it is interrupted.
func (c *eventsCommand) Run() error {
	q := &management.CallQuery{
		Principal: c.Principal, Action: c.Action, Decision: c.Decision, Since: c.Since, Until: c.Until, Account: c.Account,
		EventName: c.EventName, Source: c.Source, Error: c.Error, ReadOnly: c.ReadOnly,
	}
	switch {
	case c.Count < 0:
		return usageError{fmt.Errorf("--count %d is negative; give how many events to show, or leave it out", c.Count)}
	case c.Count > management.MaxListed && !c.Follow && len(c.From) == 0:
		return usageError{tooMany(c.Count)}
	case len(c.From) > 0 && c.Follow:
		return usageError{errors.New("--follow has no use with --from: a file has what has been; leave one of them out")}
	case len(c.From) > 0:
		return c.read(q)
	}
	m, err := c.manage()
	if err != nil {
		return err
	}
	if c.Follow {
		return c.follow(m, q)
	}
	return c.list(m, q)
}

// list shows the last events of the server.
func (c *eventsCommand) list(m *manager, q *management.CallQuery) error {
	q.Limit = c.Count
	list, err := m.Events(context.Background(), q)
	if err != nil {
		return m.told(err)
	}
	slices.Reverse(list)
	return c.showAll(list)
}

// showAll shows events, or says that there are none.
func (c *eventsCommand) showAll(list []*events.Record) error {
	if len(list) == 0 && !c.JSON {
		fmt.Fprintln(os.Stderr, "no events")
	}
	p := c.line()
	for _, r := range list {
		if err := c.show(p, r); err != nil {
			return err
		}
	}
	return nil
}

// follow shows new events.
func (c *eventsCommand) follow(m *manager, q *management.CallQuery) error {
	stream, err := m.FollowEvents(context.Background(), q)
	if err != nil {
		return m.told(err)
	}
	defer stream.Close()
	p := c.line()
	return watch(m, stream, c.Count, func(r *events.Record) error { return c.show(p, r) })
}

// read shows the last events of files.
func (c *eventsCommand) read(q *management.CallQuery) error {
	if c.Decision != "" {
		return usageError{errors.New("--decision has no use with --from: the events of a file do not say what was decided; " +
			"give --error AccessDenied for what was denied")}
	}
	filter, err := q.Filter(time.Now())
	if err != nil {
		return usageError{err}
	}
	var last []*events.Record
	for _, name := range c.From {
		for r, err := range readEvents("--from "+name, name) {
			if err != nil {
				return err
			}
			if !filter.AdmitsRecord(r.Record) {
				continue
			}
			if last = append(last, r.Record); c.Count > 0 && len(last) > c.Count {
				last = last[1:]
			}
		}
	}
	return c.showAll(last)
}

// line is the printer of events.
func (c *eventsCommand) line() *decisions.Printer {
	p := c.printer(&c.endpoint)
	p.OneLine = !isTerminal(os.Stdout)
	return p
}

func (c *eventsCommand) show(p *decisions.Printer, r *events.Record) error {
	text := p.Event(r)
	if c.JSON {
		raw, err := json.Marshal(r)
		if err != nil {
			return err
		}
		text = string(harmlessJSON(raw)) + "\n"
	}
	_, err := io.WriteString(os.Stdout, text)
	return err
}

// readEvents reads the events of a file; - is standard input. Lines with something else
// are skipped with a warning, unless that is all lines. Errors begin with what.
func readEvents(what, name string) iter.Seq2[events.ReadRecord, error] {
	return func(yield func(events.ReadRecord, error) bool) {
		file, err := openEvents(name)
		if err != nil {
			yield(events.ReadRecord{}, usageError{fmt.Errorf("%s: %w", what, textfile.RootCause(err))})
			return
		}
		defer file.Close()
		var first *events.FileFault
		read, left := 0, 0
		for r, err := range events.ReadRecords(file) {
			if fault := (*events.FileFault)(nil); errors.As(err, &fault) {
				first = cmp.Or(first, fault)
				left++
				continue
			}
			if err != nil {
				err = usageError{fmt.Errorf("%s: %w", what, err)}
			}
			read++
			if !yield(r, err) {
				return
			}
		}
		switch {
		case left > 0 && read == 0:
			yield(events.ReadRecord{}, usageError{fmt.Errorf("%s: %w", what, first)})
		case left == 1:
			say(fmt.Sprintf("warning: %s: the line is left out: %v", what, first))
		case left > 1:
			say(fmt.Sprintf("warning: %s: %d lines are left out: %v", what, left, first))
		}
	}
}

func openEvents(name string) (*os.File, error) {
	if name == "-" {
		return os.Stdin, nil
	}
	return os.Open(name)
}
