package decisions

import (
	"cmp"
	"strings"
)

// stageWords are words for people for the stages at which a call can be refused.
var stageWords = map[string]string{
	"key": "access key or session token", "code": "one-time code", "token": "token or assertion",
}

// refusal writes why a call was refused, and what to look at.
func (p *printed) refusal(record *Record) {
	r, when := record.Refusal, "before it was decided, "
	if len(record.Checks) > 0 {
		when = ""
	}
	p.line("")
	switch r.Stage {
	case "server":
		p.text(2, "It failed %sin the server.", when)
	case "setting":
		p.text(2, "Policies allow the call, and a setting of its resource refuses it.")
	default:
		p.text(2, "Refused %sfor its %s.", when, cmp.Or(stageWords[r.Stage], Clean(r.Stage)))
	}
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

// block writes a string of many lines without breaking them.
func (p *printed) block(title, text string) {
	if text == "" {
		return
	}
	p.line("\n  %s:", title)
	for _, line := range strings.Split(text, "\n") {
		p.line("%s", strings.TrimRight("    "+Clean(line), " "))
	}
}
