package decisions

import (
	"fmt"
	"strings"
)

// check writes one permission of a caller: how it was decided, layer by layer, and what would
// allow it.
func (p *printed) check(c *Check, caller string) {
	p.line("")
	p.wrap("  ", "    ", p.paint(colors[c.Decision], outcome(c.Decision))+"  "+Clean(c.Action)+" on "+Clean(c.Resource))
	p.text(4, "%s", Clean(c.why(caller)))
	if c.Note != "" {
		p.text(4, "%s", Clean(c.Note))
	}
	for i := range c.Layers {
		p.layer(c, &c.Layers[i])
	}
	if len(c.MissingKeys)+len(c.Advice) > 0 {
		p.line("")
		p.advice(c, caller)
	}
	if !p.Context {
		return
	}
	p.line("    Condition keys:")
	for _, k := range c.Context {
		p.text(6, "%s = %s", Clean(k.Name), Clean(strings.Join(k.Values, ", ")))
	}
}

// outcome returns a decision in AWS's words.
func outcome(decision string) string {
	switch decision {
	case "explicitDeny":
		return "explicit deny"
	case "implicitDeny":
		return "implicit deny"
	}
	return "allowed"
}

// why returns the decision in one sentence that names the layer. The server's partition is
// that of the caller's ARN.
func (c *Check) why(caller string) string {
	for i := range c.Layers {
		l := &c.Layers[i]
		if l.Layer != c.DeniedBy || l.Decision != c.Decision || l.Waived {
			continue
		}
		switch l.Reason {
		case "statement-denies":
			return "A Deny statement in the " + l.Name + " applies, and a Deny outweighs every Allow."
		case "nothing-allows", "no-policies":
			return "Nothing in the " + l.Name + " allows it, and what is not allowed is denied."
		case "resource-policy-is-missing":
			if where, _ := elsewhere(c.Resource, caller); where != "" && l.Layer == "trust" {
				return "There is no such " + strings.TrimPrefix(l.Name, "trust policy of ") + ": " + where + "."
			}
			if l.Layer == "trust" {
				return "There is no " + strings.TrimPrefix(l.Name, "trust policy of ") + ", so nothing lets anybody assume it."
			}
		}
	}
	return c.Sentence
}

// layer writes what one layer decided, and by which statements.
func (p *printed) layer(c *Check, l *Layer) {
	state := p.paint(colors[l.Decision], outcome(l.Decision))
	p.line("")
	p.wrap("    ", "      ", Clean(l.Name)+": "+state+Clean(l.because()))
	// A layer that allows is not part of the reason why another one denies.
	quoted := c.Decision == "allowed" || l.Decision != "allowed"
	for i := range l.Statements {
		s := &l.Statements[i]
		if l.Decision == "explicitDeny" && s.Effect == "Allow" {
			p.text(6, "%s allows it, which a Deny outweighs.", upper(Clean(s.name())))
		} else if s.Effect == "Deny" {
			p.statement(s, "denies it:", quoted)
		} else {
			p.statement(s, "allows it:", quoted)
		}
	}
	for i := range l.NearMisses {
		m := &l.NearMisses[i]
		p.statement(&m.Statement, "would allow it but for its "+m.Lacks+":", true)
	}
	for i := range l.Closest {
		p.statement(&l.Closest[i], "comes closest:", true)
	}
}

// because says why a layer decided so, if its statements do not show it.
func (l *Layer) because() string {
	switch {
	case l.LeftOut:
		return ": its policy is left out, for the reason above"
	case l.Waived && (l.Layer == "resource" || l.Layer == "trust"):
		return ", but it need not allow here"
	case l.Waived:
		return ", but the resource-based policy is enough here"
	}
	switch l.Reason {
	case "statement-denies", "statement-allows":
		return ""
	case "nothing-allows":
		return ": no statement allows it" + l.consulted()
	case "no-policies":
		return ": there are no policies"
	case "resource-policy-is-missing":
		return ": there is none, and here it has to allow"
	}
	return ". " + l.Sentence
}

// maxConsulted is how many policies are named that say nothing about the request.
const maxConsulted = 6

// consulted names the policies of a layer if none of its statements is shown.
func (l *Layer) consulted() string {
	if len(l.NearMisses)+len(l.Closest) > 0 || len(l.Policies) == 0 {
		return ""
	}
	var names []string
	for i := range l.Policies {
		names = append(names, l.Policies[i].title())
	}
	if more := len(names) - maxConsulted; more > 0 {
		names = append(names[:maxConsulted], fmt.Sprintf("%d more", more))
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// title returns the name of the policy for people.
func (p *Policy) title() string {
	if p.Name != "" {
		return p.Name
	}
	return p.ID
}
