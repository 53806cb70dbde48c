package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
)

type alertsCommand struct {
	Show alertsShowCommand `cmd:"" default:"withargs" help:"Show the alerts; show may be left out."`
	Test alertsTestCommand `cmd:"" help:"Say which rules fire on which events of a file."`
}

// Help is the end of the help text.
func (*alertsCommand) Help() string {
	return `A server that was started with --alerts has rules, and says when a call is one that somebody should know about.

    understudy serve --alerts builtin
    understudy alerts --follow
    understudy alerts test rules.yaml events.jsonl`
}

type alertsShowCommand struct {
	endpoint
	shown
	Rule     string `placeholder:"NAME" help:"Only alerts of this rule; several are separated by commas."`
	Severity string `placeholder:"SEVERITY" help:"Only critical, high, medium or low alerts; several are separated by commas."`
	Since    string `placeholder:"TIME" help:"Only alerts since a time such as 2026-03-01T12:00:00Z, or for a duration such as 5m."`
	Follow   bool   `short:"f" help:"Show alerts as they come, from now on."`
	Count    int    `short:"n" placeholder:"N" help:"Show the last N alerts, 100 by default; with --follow, end after N."`
}

// Help is the end of the help text.
func (*alertsShowCommand) Help() string {
	return `The newest alert is the last. Each has a line with its time, severity and rule, what happened, and the command that explains the
call. With --follow the command ends when it is interrupted, after -n alerts, or with the server (exit code 3).

    understudy alerts
    understudy alerts --severity critical,high --since 1h
    understudy alerts --follow --json | jq -r .sentence`
}

// Run shows the existing alerts and, with --follow, new ones.
func (c *alertsShowCommand) Run() error {
	if c.Count < 0 {
		return usageError{fmt.Errorf("--count %d is negative; give how many alerts to show, or leave it out", c.Count)}
	}
	if c.Count > management.MaxListed && !c.Follow {
		return usageError{tooMany(c.Count)}
	}
	m, err := c.manage()
	if err != nil {
		return err
	}
	p := c.alertPrinter()
	if c.Follow {
		return c.follow(m, p)
	}
	list, err := m.Alerts(context.Background(), c.query())
	if err != nil {
		return m.told(err)
	}
	if len(list) == 0 && !c.JSON {
		fmt.Fprintln(os.Stderr, "no alerts")
	}
	return p.all(list)
}

func (c *alertsShowCommand) query() *management.AlertQuery {
	return &management.AlertQuery{Rule: c.Rule, Severity: c.Severity, Since: c.Since, Limit: c.Count}
}

// follow shows new alerts.
func (c *alertsShowCommand) follow(m *manager, p *alertPrinter) error {
	q := c.query()
	q.Limit = 0
	stream, err := m.FollowAlerts(context.Background(), q)
	if err != nil {
		return m.told(err)
	}
	defer stream.Close()
	fmt.Fprintln(os.Stderr, "following")
	for seen := 0; c.Count == 0 || seen < c.Count; {
		e, err := stream.Next()
		if err != nil {
			return m.stopped(err)
		}
		if e.Lost > 0 {
			fmt.Fprintf(os.Stderr, "%d alerts were too fast to show\n", e.Lost)
		}
		if e.Item == nil {
			continue
		}
		seen++
		if err := p.one(e.Item); err != nil {
			return err
		}
	}
	return nil
}

// alertPrinter writes alerts to standard output.
type alertPrinter struct {
	*decisions.Printer
	json    bool
	oneLine bool // what happened is written on one line
}

func (c *alertsShowCommand) alertPrinter() *alertPrinter {
	return &alertPrinter{c.printer(&c.endpoint), c.JSON, !isTerminal(os.Stdout)}
}

// all writes alerts in the order in which they occurred. The list has the newest first.
func (p *alertPrinter) all(list []*alerts.Alert) error {
	for _, a := range slices.Backward(list) {
		if err := p.one(a); err != nil {
			return err
		}
	}
	return nil
}

func (p *alertPrinter) one(a *alerts.Alert) error {
	if p.json {
		return printJSON(a)
	}
	_, err := io.WriteString(os.Stdout, p.alert(a))
	return err
}

// maxReasons is the number of changes whose reasons an alert for people shows; --json has
// all.
const maxReasons = 3

// alert formats an alert for people.
func (p *alertPrinter) alert(a *alerts.Alert) string {
	severity := p.severity(a.Severity)
	text := fmt.Sprintf("%s %s %s\n", a.Time.Format("2006-01-02 15:04:05"), severity, decisions.Clean(a.Rule))
	text += p.text(a.Sentence)
	for _, c := range a.Changes[:min(len(a.Changes), maxReasons)] {
		text += p.text(c.Principal + ": " + c.Because)
	}
	return text + "    " + p.Explain + " " + decisions.Clean(a.Event.Detail.RequestID) + "\n"
}

// text formats a sentence as indented lines.
func (p *alertPrinter) text(sentence string) string {
	sentence = "    " + decisions.Clean(sentence)
	if p.oneLine {
		return sentence + "\n"
	}
	return p.Message(sentence) + "\n"
}

func (p *alertPrinter) severity(s string) string {
	color := map[string]string{alerts.Critical: "31", alerts.High: "31", alerts.Medium: "33"}[s]
	if !p.Color || color == "" {
		return decisions.Clean(s)
	}
	return "\x1b[1;" + color + "m" + s + "\x1b[0m"
}
