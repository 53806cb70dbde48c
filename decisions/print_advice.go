package decisions

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/advice"
)

// advice writes what can be done about a denial.
func (p *printed) advice(c *Check) {
	if len(c.MissingKeys) > 0 {
		p.text(4, "missing condition keys: %s", Clean(strings.Join(c.MissingKeys, ", ")))
	}
	if len(c.Advice) > 0 {
		p.line("    What to do:")
	}
	for i := range c.Advice {
		p.oneAdvice(i+1, &c.Advice[i])
	}
}

// summaryAdvice writes the first advice about each denial, in short.
func (p *printed) summaryAdvice(r *Record) {
	for i := range r.Checks {
		if list := r.Checks[i].Advice; len(list) > 0 {
			p.text(4, "%s", Clean(list[0].Steps[0].Sentence))
		}
	}
}

// examples is how many of the requests that stay denied are shown.
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

// longCommand is how many characters a command may have to be shown: one with a long
// policy would hide what else there is to read.
const longCommand = 2000

// change writes how a step is made: a statement that changes is shown before the command
// that puts its policy.
func (p *printed) change(indent string, x *advice.Step) {
	changes := x.Edit != nil && len(x.Edit.Before) > 0
	if changes {
		p.diff(indent, x.Edit.Diff)
	}
	if len(x.Command) > longCommand {
		p.text(inAdvice, "The command has %d characters; --json has it.", len(x.Command))
	} else {
		p.command(indent+"  ", x.Command)
	}
	if x.Arguments != "" {
		p.text(inAdvice, "Add to the call: %s", Clean(x.Arguments))
	}
	if x.Edit != nil && !changes {
		p.diff(indent, x.Edit.Diff)
	}
}

var warningWords = map[advice.Concern]string{
	advice.Escalation: "Warning, escalation", advice.OpensToOthers: "Warning, opens to others",
	advice.LoosensGuardrail: "Warning, loosens a guardrail", advice.AllowsMore: "Warning, allows more",
}
