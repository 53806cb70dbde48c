package decisions

import (
	"strings"

	"github.com/understudy-iam/understudy/events"
)

// refusal writes why a call was refused before it was decided, and what to look at.
func (p *printed) refusal(r *events.Refusal) {
	p.line("")
	p.text(2, "Refused before it was decided, for its %s.", Clean(r.Stage))
	p.text(2, "%s", Clean(r.Sentence))
	for _, c := range r.Compared {
		p.line("")
		p.text(4, "%s", Clean(c.What))
		p.wrap("      wants  ", "             ", Clean(c.Want))
		p.wrap("      got    ", "             ", Clean(c.Got))
	}
	if r.Change != "" {
		p.line("")
		p.text(2, "One change with which it would have matched: %s.", strings.TrimSuffix(Clean(r.Change), "."))
	}
	if len(r.Check) > 0 {
		p.line("\n  What to check:")
	}
	for _, c := range r.Check {
		p.wrap("    - ", "      ", Clean(c))
	}
	p.block("Canonical request that the server made, secrets left out", r.CanonicalRequest)
	p.block("String to sign that the server made", r.StringToSign)
}

// block writes a text of many lines as it is.
func (p *printed) block(title, text string) {
	if text == "" {
		return
	}
	p.line("\n  %s:", title)
	for _, line := range strings.Split(text, "\n") {
		p.line("%s", strings.TrimRight("    "+Clean(line), " "))
	}
}
