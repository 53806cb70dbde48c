package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// readFaults reads the rules of --faults.
func readFaults(file string) ([]faults.Rule, error) {
	if file == "" {
		return nil, nil
	}
	text, err := textfile.Read(file, textfile.Document)
	if err != nil {
		return nil, fmt.Errorf("--faults: %w", err)
	}
	rules, err := faults.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("--faults: %s: %w", file, err)
	}
	return rules, nil
}

type faultsCommand struct {
	Add    faultsAddCommand    `cmd:"" help:"Make trouble from now on."`
	List   faultsListCommand   `cmd:"" help:"Show the rules, with how many calls they met and got into trouble."`
	Remove faultsRemoveCommand `cmd:"" help:"End a rule."`
	Clear  faultsClearCommand  `cmd:"" help:"End all rules."`
}

// Help is shown by --help.
func (faultsCommand) Help() string {
	return `A rule says which calls get into which trouble. Answers that are wrong on purpose have the header X-Understudy-Fault, and their
decisions name the rule. Rules are forgotten when the server ends; serve --faults FILE begins with a list of them.

    understudy faults add throttle --operation iam:CreateUser --count 2
    understudy faults list
    understudy faults clear`
}

type faultsAddCommand struct {
	endpoint
	Kind      string        `arg:"" enum:"throttle,error,expire,hang,drop,delay,lag" help:"@faultsAddKind"`
	ID        string        `name:"id" placeholder:"NAME" help:"Name of the rule; one is made if it is left out."`
	Operation string        `placeholder:"PATTERN" help:"Only these operations: iam:CreateUser, iam:Get*, AssumeRole."`
	Principal string        `placeholder:"PATTERN" help:"Only callers with such an ARN: arn:aws:iam::*:user/ci-*."`
	AccessKey string        `placeholder:"PATTERN" help:"Only such access key IDs: ASIA*."`
	Rate      float64       `placeholder:"SHARE" help:"Share of the calls that get into trouble, above 0 and up to 1; all by default."`
	Seed      uint64        `placeholder:"NUMBER" help:"Which calls these are follows from this number: the same each time."`
	After     int           `placeholder:"N" help:"Let N calls pass first."`
	Count     int           `placeholder:"N" help:"Stop after N calls."`
	Duration  time.Duration `help:"How long a delay, a hang or a lag lasts: 250ms, 10s."`
	Code      string        `placeholder:"CODE" help:"Code of an error."`
	Message   string        `placeholder:"TEXT" help:"Message of an error."`
	Status    int           `placeholder:"STATUS" help:"HTTP status of an error, 400 to 599."`
	JSON      bool          `name:"json" help:"Print JSON."`
}

// Help is shown by --help.
func (faultsAddCommand) Help() string {
	return `Two calls are throttled, a tenth of the calls fail, and what is new is not seen for ten seconds:

    understudy faults add throttle --operation iam:CreateUser --count 2
    understudy faults add error --code Unavailable --status 503 --rate 0.1
    understudy faults add lag --duration 10s`
}

// Run adds the rule and prints its ID.
func (c *faultsAddCommand) Run() error {
	rule := faults.Rule{
		ID: c.ID, Kind: faults.Kind(c.Kind), Operation: c.Operation, Principal: c.Principal, AccessKey: c.AccessKey,
		Rate: c.Rate, Seed: c.Seed, After: c.After, Count: c.Count, Duration: c.Duration,
		Code: c.Code, Message: c.Message, Status: c.Status,
	}
	m, err := c.manage()
	if err != nil {
		return err
	}
	added, err := m.AddFault(context.Background(), rule)
	if err != nil || c.JSON {
		return m.end(err)
	}
	_, err = fmt.Fprintf(os.Stdout, "added %s; end it with understudy faults remove %s\n", added.Rule.ID, added.Rule.ID)
	return err
}

type faultsListCommand struct {
	endpoint
	JSON bool `name:"json" help:"Print JSON."`
}

// Help is shown by --help.
func (faultsListCommand) Help() string {
	return `SEEN are the calls that the rule is for, HITS those that got into trouble.

    understudy faults list
    understudy faults list --json`
}

// Run prints a line for each rule.
func (c *faultsListCommand) Run() error {
	m, err := c.manage()
	if err != nil {
		return err
	}
	rules, err := m.Faults(context.Background())
	if err != nil || c.JSON {
		return m.end(err)
	}
	if len(rules) == 0 {
		fmt.Fprintln(os.Stdout, "no faults")
		return nil
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tKIND\tFOR\tSEEN\tHITS")
	for _, f := range rules {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\n", decisions.Clean(f.Rule.ID), decisions.Clean(kindOf(&f.Rule)),
			decisions.Clean(scopeOf(&f.Rule)), f.Seen, f.Hits)
	}
	return w.Flush()
}

// kindOf is the kind of a rule with its details.
func kindOf(r *faults.Rule) string {
	text := string(r.Kind)
	if r.Code != "" {
		text += " " + r.Code
	}
	if r.Duration != 0 {
		text += " " + r.Duration.String()
	}
	return text
}

// scopeOf says which calls a rule applies to.
func scopeOf(r *faults.Rule) string {
	var parts []string
	for _, pattern := range []string{r.Operation, r.Principal, r.AccessKey} {
		if pattern != "" {
			parts = append(parts, pattern)
		}
	}
	if len(parts) == 0 {
		return "every call"
	}
	return strings.Join(parts, " ")
}

type faultsRemoveCommand struct {
	endpoint
	ID string `arg:"" name:"id" help:"ID of the rule, as list shows it."`
}

// Help is shown by --help.
func (faultsRemoveCommand) Help() string {
	return `The rules of other IDs stay.

    understudy faults remove fault-1`
}

// Run removes the rule.
func (c *faultsRemoveCommand) Run() error {
	if c.ID == "" {
		return usageError{errors.New("the ID is empty; understudy faults list shows those that there are")}
	}
	m, err := c.manage()
	if err != nil {
		return err
	}
	return m.told(m.RemoveFault(context.Background(), c.ID))
}

type faultsClearCommand struct{ endpoint }

// Help is shown by --help.
func (faultsClearCommand) Help() string {
	return `Rules that come with serve --faults end too, until the server is started again.

    understudy faults clear`
}

// Run removes all rules.
func (c *faultsClearCommand) Run() error {
	m, err := c.manage()
	if err != nil {
		return err
	}
	return m.told(m.ClearFaults(context.Background()))
}
