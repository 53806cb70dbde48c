package decisions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// advice writes what can be done about the denial of the caller with the ARN.
func (p *printed) advice(c *Check, caller string) {
	if len(c.MissingKeys) > 0 {
		p.text(4, "missing condition keys: %s", Clean(strings.Join(c.MissingKeys, ", ")))
	}
	if len(c.Advice) > 0 {
		p.line("    What to do:")
	}
	for i := range c.Advice {
		p.oneAdvice(i+1, &c.Advice[i])
	}
	if owner := c.changed(caller); p.Env != "" && owner != "" {
		p.text(4, "A command that changes a policy is for those who may do that, such as the root user of the account: %s",
			strings.ReplaceAll(`eval "$(`+p.Env+" --as "+owner+`)"`, " ", "\u00a0"))
	}
}

// changed returns the ARN of the root user of the account in which the first command of the
// advice changes a policy; empty if no command does.
func (c *Check) changed(caller string) string {
	for i := range c.Advice {
		for _, x := range c.Advice[i].Steps {
			if x.Edit == nil || x.Command == "" || x.Layer == evaluator.Session.String() { // the caller passes that one
				continue
			}
			of := caller
			if x.Layer == evaluator.Trust.String() || x.Layer == evaluator.Resource.String() {
				of = c.Resource
			}
			if a, ok := principal.ParseARN(of); ok && a.AccountID != "" {
				return principal.Partition(a.Partition).In(a.AccountID).Root()
			}
		}
	}
	return ""
}

// summaryAdvice writes the first advice about each denial, in short, and the same advice only
// once.
func (p *printed) summaryAdvice(r *Record) {
	var said []string
	for i := range r.Checks {
		list := r.Checks[i].Advice
		if len(list) == 0 || slices.Contains(said, list[0].Steps[0].Sentence) {
			continue
		}
		said = append(said, list[0].Steps[0].Sentence)
		p.text(4, "%s", Clean(list[0].Steps[0].Sentence))
	}
}

// examples is the number of requests that stay denied that are shown.
const examples = 2

// inAdvice is the indent of what belongs to a piece of advice.
const inAdvice = 9

func (p *printed) oneAdvice(number int, a *advice.Advice) {
	blanks := strings.Repeat(" ", inAdvice)
	for i := range a.Steps {
		x := &a.Steps[i]
		if i == 0 {
			p.wrap(fmt.Sprintf("      %d. ", number), blanks, Clean(x.Sentence))
		} else {
			p.text(inAdvice, "And: %s", Clean(x.Sentence))
		}
		p.change(blanks, x)
	}
	for _, w := range a.Warnings {
		p.text(inAdvice, "%s: %s", warningWords[w.Concern], Clean(w.Sentence))
	}
	if some := a.StaysDenied[:min(len(a.StaysDenied), examples)]; len(some) > 0 {
		p.text(inAdvice, "Stays denied, for example: %s.", Clean(strings.Join(some, "; ")))
	}
}

// longCommand is the largest number of lines of a command that is shown: a command with a
// long policy would hide everything else.
const longCommand = 60

// change writes how a step is made: a statement that changes is shown before the command that
// stores its policy.
func (p *printed) change(indent string, x *advice.Step) {
	changes := x.Edit != nil && len(x.Edit.Before) > 0
	if changes {
		p.diff(indent, x.Edit.Diff)
	}
	shown := printed{Printer: p.Printer}
	shown.command(indent+"  ", x.Command)
	long := strings.Count(shown.String(), "\n") > longCommand || len(x.Command) > 100*longCommand
	if long {
		p.text(inAdvice, "The command with the whole policy has %d characters; --json has it.", len(x.Command))
	} else {
		p.WriteString(shown.String())
	}
	if x.Arguments != "" {
		p.text(inAdvice, "Add to the call: %s", Clean(x.Arguments))
	}
	// The command for a policy that is new shows all of it.
	if x.Edit != nil && !changes && (x.Edit.Policy != "" || x.Command == "" || long) {
		p.diff(indent, x.Edit.Diff)
	}
}

var warningWords = map[advice.Concern]string{
	advice.Escalation: "Warning, escalation", advice.OpensToOthers: "Warning, opens to others",
	advice.LoosensGuardrail: "Warning, loosens a guardrail", advice.AllowsMore: "Warning, allows more",
}
