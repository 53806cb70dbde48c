package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/draft"
	"github.com/understudy-iam/understudy/management"
)

// draftCommand writes the least policy that calls need.
type draftCommand struct {
	endpoint
	Principal string   `placeholder:"NAME|ARN" help:"@draftPrincipal"`
	Since     string   `placeholder:"WHEN" help:"Only calls since a time such as 2027-01-31T08:00:00Z, or a duration such as 5m ago."`
	From      []string `sep:"none" complete:"file" placeholder:"FILE" help:"@draftFrom"`
	Format    string   `default:"json" enum:"json,hcl,yaml" placeholder:"FORMAT" help:"json, hcl for Terraform, or yaml for CloudFormation."`
	Wildcards string   `default:"none" enum:"none,ids,names" placeholder:"HOW" help:"@draftWildcards"`
	Keep      []string `placeholder:"KEY" help:"@draftKeep"`
	Denied    bool     `help:"Count calls that were denied as needed too."`
	Size      int      `placeholder:"N" help:"@draftSize"`
	Explain   bool     `help:"Show which requests need each statement instead of the policy."`
	Diff      bool     `help:"Show what the policies that the principal has lack, and what no call used."`
	Check     string   `complete:"policy" placeholder:"FILE" help:"@draftCheck"`
	Trust     bool     `help:"Draft the trust policy of a role, from those who assumed it."`
}

// Help is the end of the help text.
func (*draftCommand) Help() string {
	return `The policy allows what the calls needed and nothing else: those that were allowed, and those that ` +
		`would be denied by serve --enforcement=log. What
the policy of a resource allows by itself is not in it. The exit code of --check and --diff is 1 if a call needs more than the ` +
		`policies allow; 2 and 3 mean that there was no answer, and 2 of --check also that some calls are not known any more.

    understudy draft --principal app --since 1h
    understudy draft --principal role/deploy --wildcards ids --format hcl
    understudy draft --principal app --check policies/app.json
    understudy draft --principal role/deploy --trust`
}

// Run drafts, or compares.
func (c *draftCommand) Run() error {
	if err := c.checkFlags(); err != nil {
		return usageError{err}
	}
	n, err := c.needs()
	if err != nil {
		return err
	}
	c.say(n)
	switch {
	case c.Check != "":
		return c.check(n)
	case c.Diff:
		return c.diff(n)
	}
	d, err := c.draft(n)
	if err != nil {
		return usageError{fmt.Errorf("%w with --size", err)}
	}
	if len(d.Documents) == 0 {
		say(c.nothing(n))
		return nil
	}
	_, err = io.WriteString(os.Stdout, c.text(n, d))
	return err
}

// nothing says that there is no draft.
func (c *draftCommand) nothing(n *management.Needs) string {
	if c.Trust {
		return "no call assumed " + whose(n) + ": nothing is drafted"
	}
	return "no call needs a policy: nothing is drafted"
}

func (c *draftCommand) checkFlags() error {
	for _, key := range c.Keep {
		if !strings.Contains(key, ":") {
			return fmt.Errorf("--keep %q is not a condition key; give one such as aws:RequestedRegion", key)
		}
	}
	switch {
	case c.Size < 0:
		return fmt.Errorf("--size %d is negative; give how many characters a document may have", c.Size)
	case c.Trust && c.Diff:
		return errors.New("--diff is about the policies of a principal, and --trust about who may assume a role; give one of them")
	case c.Check != "" && (c.Diff || c.Explain):
		return errors.New("--check compares with a file, and takes neither --diff nor --explain; give one of them")
	case c.Diff && len(c.From) > 0:
		return errors.New("--diff asks a server which policies the principal has, and --from asks none; compare with --check FILE")
	case c.Diff && c.Explain:
		return errors.New("--explain shows the draft, and --diff what there is beside it; give one of them")
	}
	return nil
}

// needs asks the server, or reads the files.
func (c *draftCommand) needs() (*management.Needs, error) {
	if len(c.From) > 0 {
		n, err := c.readNeeds()
		if err != nil {
			return nil, usageError{err}
		}
		return n, nil
	}
	m, err := c.manage()
	if err != nil {
		return nil, err
	}
	n, err := m.Needs(context.Background(), &management.NeedQuery{Principal: c.Principal, Since: c.Since})
	if fault := (*management.Fault)(nil); errors.As(err, &fault) { // that nobody has the name is not an answer, and so not the answer no
		return nil, usageError{fault}
	}
	if err != nil {
		return nil, m.told(err)
	}
	if c.Trust && n.Principal.Type != "role" {
		return nil, usageError{fmt.Errorf("--trust drafts the trust policy of a role, and %s is not one; give a role with --principal", whose(n))}
	}
	return n, nil
}

func (c *draftCommand) options() draft.Options {
	return draft.Options{Wildcards: draft.Wildcards(c.Wildcards), Size: c.Size, Keep: c.Keep, Denied: c.Denied}
}

func (c *draftCommand) draft(n *management.Needs) (*draft.Draft, error) {
	if c.Trust {
		return draft.Trust(n.Assumed(), c.options())
	}
	return draft.Identity(n.Drafted(), c.options())
}

// say reports on standard error what is not known about the calls.
func (c *draftCommand) say(n *management.Needs) {
	if gap := c.gap(n); gap != "" && c.Check == "" {
		note(gap)
	}
	denied := 0
	for i := range n.Needs {
		if n.Needs[i].Verdict == "denied" {
			denied += len(n.Needs[i].RequestIDs)
		}
	}
	if denied > 0 && !c.Denied && !c.Trust {
		note(counted(denied, "permission was denied and is not in the draft; --denied adds it",
			"permissions were denied and are not in the draft; --denied adds them"))
	}
	if !c.Trust {
		c.sayLimits(n)
	}
}

// gap says which calls are missing; empty if none are.
func (c *draftCommand) gap(n *management.Needs) string {
	switch {
	case !n.Whole && n.WholeSince != nil:
		return fmt.Sprintf("calls before %s are not kept any more, and what they needed is missing; start the server with a larger --events",
			n.WholeSince.UTC().Format("2006-01-02T15:04:05Z"))
	case !n.Whole:
		return "the calls needed more than an answer can hold, and some is missing; give --since"
	case n.Undecided > 0:
		return counted(n.Undecided, "call was made", "calls were made") +
			" while enforcement was off, and the permissions needed then are missing; use serve --enforcement=log"
	}
	return ""
}

// text is the draft in the format of the flags.
func (c *draftCommand) text(n *management.Needs, d *draft.Draft) string {
	switch {
	case c.Explain:
		return explained(d)
	case c.Format == "hcl":
		return d.HCL(identifier(n.Principal.Name))
	case c.Format == "yaml":
		return d.YAML()
	}
	return d.JSON()
}

// shownRequests is how many requests are shown for a statement.
const shownRequests = 5

// explained shows each statement with the requests that need it.
func explained(d *draft.Draft) string {
	var b strings.Builder
	for i := range d.Documents {
		for j := range d.Documents[i].Statements {
			s := &d.Documents[i].Statements[j]
			fmt.Fprintf(&b, "%s\n", s.Sid)
			section(&b, "for", entities(s.Principals))
			section(&b, "allows", s.Actions)
			section(&b, "on", s.Resources)
			var when []string
			for _, o := range s.Conditions {
				when = append(when, fmt.Sprintf("%s %s %s", o.Key, o.Operator, strings.Join(o.Values, ", ")))
			}
			section(&b, "if", when)
			requests := s.Requests[:min(len(s.Requests), shownRequests)]
			if more := len(s.Requests) - len(requests); more > 0 {
				requests = append(slices.Clone(requests), fmt.Sprintf("and %d more", more))
			}
			section(&b, "requests", requests)
			b.WriteByte('\n')
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func entities(list []draft.Entity) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.Type+" "+e.Value)
	}
	return out
}

// section writes a word, with values in a column to its right.
func section(b *strings.Builder, word string, values []string) {
	for _, v := range values {
		fmt.Fprintf(b, "  %-8s  %s\n", word, decisions.Clean(v))
		word = ""
	}
}

// identifier makes a name valid in Terraform's language.
func identifier(name string) string {
	out := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, name)
	if out == "" || out[0] >= '0' && out[0] <= '9' || out[0] == '-' {
		return "policy_" + out
	}
	return out
}

// compile compiles documents of the kind.
func compile(documents []string, names []string, kind evaluator.Kind) ([]*evaluator.Policy, error) {
	var out []*evaluator.Policy
	for i, text := range documents {
		p, err := evaluator.Compile(text, kind, evaluator.Origin{Name: names[i]})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", names[i], err)
		}
		out = append(out, p)
	}
	return out, nil
}
