package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/decisions"
)

type alertsTestCommand struct {
	Rules  string   `arg:"" complete:"file" name:"rules" help:"File of rules, as for serve --alerts, or builtin."`
	Events string   `arg:"" complete:"file" name:"events" help:"File of events, a line of JSON each, or of CloudTrail; - is standard input."`
	Expect []string `placeholder:"RULE" help:"@alertsExpect"`
	JSON   bool     `name:"json" help:"Print JSON."`
}

// Help is the end of the help text.
func (*alertsTestCommand) Help() string {
	return `The exit code is 1 if no rule fires, or with --expect if other rules fire than these. No server is needed. Rules that need the state of
one are named and not tested: those with an effect, and the built-in ones that compare a setting with what it was.

    understudy serve --events-file events.jsonl
    understudy alerts test rules.yaml events.jsonl
    understudy alerts test builtin events.jsonl \
      --expect root-used,mfa-deactivated
    understudy alerts test builtin events.jsonl --expect none`
}

// Run tells which rules fire on which events.
func (c *alertsTestCommand) Run() error {
	file, err := readAlerts(c.Rules)
	if err != nil {
		return usageError{err}
	}
	trial, err := alerts.NewTrial(file.Rules)
	if err != nil {
		return err
	}
	if err := c.checkExpected(trial); err != nil {
		return usageError{err}
	}
	list, err := c.fire(trial)
	if err != nil {
		return err
	}
	result := newTrialResult(trial, list)
	if c.JSON {
		err = printJSON(result)
	} else {
		err = c.print(result)
	}
	if err != nil {
		return err
	}
	return c.answer(result)
}

// fire applies the rules to the events.
func (c *alertsTestCommand) fire(t *alerts.Trial) ([]alerts.Firing, error) {
	list := []alerts.Firing{}
	for f, err := range t.Fire(readEvents(c.Events, c.Events)) {
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// noRule is the value of --expect if no rule should fire.
const noRule = "none"

// checkExpected refuses names that are not the name of a tested rule.
func (c *alertsTestCommand) checkExpected(t *alerts.Trial) error {
	if slices.Equal(c.Expect, []string{noRule}) {
		return nil
	}
	for _, name := range c.Expect {
		named := func(r *alerts.Rule) bool { return r.Name == name }
		switch {
		case slices.ContainsFunc(t.Untried, named):
			return fmt.Errorf("--expect: the rule %s needs the state of a server, and is not tested; leave it out, or ask a server with "+
				"understudy alerts", name)
		case !slices.ContainsFunc(t.Tried, named):
			return fmt.Errorf("--expect: %s has no rule %q; give the name of a rule, or %s", c.Rules, name, noRule)
		}
	}
	return nil
}

// trialResult is the result, as --json prints it.
type trialResult struct {
	Rules  []triedRule     `json:"rules"`
	Alerts []alerts.Firing `json:"alerts"`
}

type triedRule struct {
	Name   string `json:"name"`
	Tested bool   `json:"tested"` // false: it needs the state of a server
	Fired  int    `json:"fired"`  // how often
}

func newTrialResult(t *alerts.Trial, list []alerts.Firing) *trialResult {
	r := &trialResult{Rules: []triedRule{}, Alerts: list}
	times := map[string]int{}
	for _, f := range list {
		times[f.Rule]++
	}
	for _, rule := range t.Tried {
		r.Rules = append(r.Rules, triedRule{rule.Name, true, times[rule.Name]})
	}
	for _, rule := range t.Untried {
		r.Rules = append(r.Rules, triedRule{Name: rule.Name})
	}
	return r
}

func (c *alertsTestCommand) print(r *trialResult) error {
	p := &alertPrinter{Printer: &decisions.Printer{Width: terminalWidth(os.Stdout)}, oneLine: !isTerminal(os.Stdout)}
	for _, f := range r.Alerts {
		if _, err := fmt.Fprintf(os.Stdout, "%s:%d: %s %s\n%s", c.Events, f.Line, f.Severity, f.Rule, p.text(f.Sentence)); err != nil {
			return err
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RULE\tFIRED")
	for _, rule := range r.Rules {
		fired := fmt.Sprint(rule.Fired)
		if !rule.Tested {
			fired = "not tested"
		}
		fmt.Fprintf(w, "%s\t%s\n", rule.Name, fired)
	}
	return w.Flush()
}

// answer says whether the rules fired that should.
func (c *alertsTestCommand) answer(r *trialResult) error {
	if len(c.Expect) == 0 {
		if len(r.Alerts) == 0 {
			return errAnsweredNo
		}
		return nil
	}
	var wrong []string
	for _, rule := range r.Rules {
		expected := slices.Contains(c.Expect, rule.Name)
		switch {
		case expected && rule.Fired == 0:
			wrong = append(wrong, rule.Name+" did not fire, and was expected")
		case !expected && rule.Fired > 0:
			wrong = append(wrong, rule.Name+" fired, and was not expected")
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	_, _ = io.WriteString(os.Stderr, strings.Join(wrong, "\n")+"\n")
	return errAnsweredNo
}
