package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

// whoCanCommand asks a server who may do something.
type whoCanCommand struct {
	asked
	accessFlags
	Account []string `placeholder:"ACCOUNT" help:"@whoCanAccount"`
	Limit   int      `default:"1000" placeholder:"N" help:"Stop after N who may; 0: list all."`
	JSON    bool     `name:"json" help:"Print JSON."`
}

// Help is the end of the help text.
func (*whoCanCommand) Help() string {
	return `Each root user, role and user is asked about as by understudy can, and listed with the statements ` +
		`that allow it. People and services from
outside, who have no user and no role, are not.
The exit code is 0 if anybody may and 1 if nobody may; 2 and 3 mean that there was no answer.

    understudy who-can iam:CreateUser
    understudy who-can sts:AssumeRole arn:aws:iam::000000000000:role/deploy
    aws iam get-account-authorization-details --profile real |
      understudy who-can iam:CreateAccessKey --details -`
}

// surveyed is how many principals are checked before progress is shown.
const surveyed = 2000

// whoCanAnswer is the output of --json.
type whoCanAnswer struct {
	Action    string                 `json:"action"`
	Resource  string                 `json:"resource"`
	Allowed   []management.Allowance `json:"allowed"`
	Seen      int                    `json:"seen"`
	Truncated bool                   `json:"truncated"` // the list was cut by --limit
}

// Run lists them.
func (c *whoCanCommand) Run() error {
	ctx := context.Background()
	access, err := c.access()
	if err != nil {
		return usageError{err}
	}
	for _, account := range c.Account {
		if !principal.ValidAccountID(account) {
			return usageError{notAnAccount("--account", account)}
		}
	}
	if c.Limit < 0 {
		return usageError{fmt.Errorf("--limit %d is negative; give 0 to list all", c.Limit)}
	}
	m, err := c.open(ctx, &c.partitionFlag)
	if err != nil {
		return err
	}
	answer := &whoCanAnswer{Action: c.Action, Resource: access.Resource, Allowed: []management.Allowance{}}
	if answer.Resource == "" {
		answer.Resource = "*"
	}
	if err := c.ask(ctx, m, access, answer); err != nil {
		return m.told(err)
	}
	if err := c.end(answer); err != nil {
		return err
	}
	if len(answer.Allowed) == 0 {
		return errAnsweredNo
	}
	return nil
}

// ask requests all pages, and lists their principals as they come.
func (c *whoCanCommand) ask(ctx context.Context, m *manager, access *management.Access, answer *whoCanAnswer) error {
	p := newProgress()
	defer p.clear()
	q := &management.WhoCan{Access: *access, Accounts: c.Account, Limit: surveyed}
	for {
		page, err := m.WhoCan(ctx, q)
		if err != nil {
			return err
		}
		p.clear()
		answer.Seen += page.Seen
		for _, who := range page.Allowed {
			if c.Limit > 0 && len(answer.Allowed) == c.Limit {
				answer.Truncated = true
				return nil
			}
			answer.Allowed = append(answer.Allowed, who)
			if !c.JSON {
				printAllowance(&who)
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
		p.show("looked at %d principals, %d of them may", answer.Seen, len(answer.Allowed))
	}
}

// printAllowance prints the ARN with the statements: on one line, or with each statement
// on a line of its own if that is too long. A statement too long for one line takes
// several.
func printAllowance(who *management.Allowance) {
	by := []string{}
	if who.Type == "root" {
		by = append(by, "the root user")
	}
	for i := range who.Statements {
		by = append(by, who.Statements[i].String())
	}
	lines := append([]string{who.ARN}, by...)
	for i := range lines {
		lines[i] = decisions.Clean(lines[i])
	}
	between, out := "\n    ", decisions.Printer{Width: terminalWidth(os.Stdout)}
	if line := strings.Join(lines, "  "); len(lines) == 2 && decisions.Columns(line) <= out.Width {
		between = "  "
	}
	fmt.Fprintln(os.Stdout, out.Message(strings.Join(lines, between)))
}

// end prints the total.
func (c *whoCanCommand) end(a *whoCanAnswer) error {
	if c.JSON {
		return printJSON(a)
	}
	switch on := decisions.Clean(c.Action + " on " + a.Resource); {
	case len(a.Allowed) == 0:
		fmt.Fprintf(os.Stdout, "nobody may %s; %d principals were looked at\n", on, a.Seen)
	case a.Truncated:
		fmt.Fprintf(os.Stdout, "at least %d may %s, and there are more: --limit 0 lists all\n", len(a.Allowed), on)
	default:
		fmt.Fprintf(os.Stdout, "%d of %d principals may %s\n", len(a.Allowed), a.Seen, on)
	}
	note(c.resourceNote())
	return nil
}
