package decisions

import (
	"encoding/json"
	"strings"
)

// advice writes what would allow the request.
func (p *printed) advice(c *Check) {
	if len(c.MissingKeys) > 0 {
		p.text(4, "missing condition keys: %s", Clean(strings.Join(c.MissingKeys, ", ")))
	}
	if len(c.Changes) > 0 {
		p.line("    To allow it:")
	}
	for i, change := range c.Changes {
		p.text(6, "%d. %s", i+1, Clean(change.Sentence))
		if change.Add != nil {
			raw, err := json.Marshal(change.Add)
			if err == nil {
				p.line("         %s", Clean(string(raw)))
			}
		}
	}
}

// summaryAdvice writes the same in short, below the line of a call.
func (p *printed) summaryAdvice(r *Record) {
	for i := range r.Checks {
		for _, change := range r.Checks[i].Changes {
			p.text(4, "%s", Clean(change.Sentence))
		}
	}
}
