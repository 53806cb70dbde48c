package alerts

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/understudy-iam/understudy/events"
)

// Judge says which rules fire for events, which are shown to it in their order. One
// goroutine may use it.
type Judge struct {
	rules    []*Rule
	bursts   []*burst // of each rule; nil where it has none
	patterns bool     // a rule has a pattern
}

// NewJudge makes a Judge of rules.
func NewJudge(rules []*Rule) *Judge { return newJudge(rules, nil) }

// newJudge makes a Judge that counts on where the one before has counted for the same rule.
func newJudge(rules []*Rule, before *Judge) *Judge {
	j := &Judge{rules: rules, bursts: make([]*burst, len(rules))}
	for i, r := range rules {
		j.patterns = j.patterns || r.Pattern != nil
		if r.AtLeast > 0 {
			j.bursts[i] = before.burstOf(r)
		}
	}
	return j
}

// burstOf is what was counted for a rule that has not changed, or a new count.
func (j *Judge) burstOf(r *Rule) *burst {
	if j != nil {
		for i, was := range j.rules {
			if was.same(r) && j.bursts[i] != nil {
				return j.bursts[i]
			}
		}
	}
	return newBurst(r)
}

// Occurrence is a call as rules see it.
type Occurrence struct {
	Records  []*events.Record // of the call: one for each account that it is an event of
	Changes  []Change         // that it has made
	Findings []Finding        // that were made about it
}

// Look returns the alerts for the call, at most one for each rule.
func (j *Judge) Look(o *Occurrence) []*Alert {
	var list []*Alert
	counted := make([]bool, len(j.rules)) // a call with several records counts once
	for _, record := range o.Records {
		envelope := NewEnvelope(record)
		event := j.decoded(&envelope)
		for i, r := range j.rules {
			if counted[i] || r.Pattern != nil && !r.Pattern.Match(event) {
				continue
			}
			var a *Alert
			if a, counted[i] = j.fires(i, o, &envelope); a != nil {
				list = append(list, a)
			}
		}
	}
	return list
}

// decoded is the event as patterns look at it; nil if none does.
func (j *Judge) decoded(e *Envelope) (event any) {
	if !j.patterns {
		return nil
	}
	text, err := json.Marshal(e)
	if err == nil {
		err = json.Unmarshal(text, &event)
	}
	if err != nil {
		return nil // a record is JSON, and one that were not would match nothing
	}
	return event
}

// fires makes the alert of a rule whose pattern matches; nil: it asks for something
// else that is not so, or the burst has too few calls still. It reports whether the call
// counts for the rule.
func (j *Judge) fires(i int, o *Occurrence, e *Envelope) (a *Alert, counts bool) {
	r := j.rules[i]
	a = &Alert{ID: alertID(r, e), Time: e.Detail.EventTime, Rule: r.Name, Severity: r.Severity, Description: r.Description, Event: *e}
	switch {
	case r.Effect != nil:
		if a.Changes = asked(r.Effect, o.Changes); len(a.Changes) == 0 {
			return nil, false
		}
		a.Sentence = sentenceOfChanges(a.Changes) + ": " + sentenceOf(e.Detail)
	case r.find != "":
		found := found(o.Findings, r.find)
		if found == "" {
			return nil, false
		}
		a.Sentence = found + ": " + sentenceOf(e.Detail)
	default:
		a.Sentence = sentenceOf(e.Detail)
	}
	if b := j.bursts[i]; b != nil {
		if !b.add(countedAs(e.Detail), e.Detail.EventTime) {
			return nil, true
		}
		if r.AtLeast == 1 {
			return a, true
		}
		a.Sentence = fmt.Sprintf("%d such calls of one caller within %s, of which the last is: %s", r.AtLeast,
			sentenceOfTime(r.Within), a.Sentence)
	}
	return a, true
}

// found is what was found of the kind; empty if nothing was.
func found(list []Finding, kind string) string {
	for _, f := range list {
		if f.Kind == kind {
			return f.Sentence
		}
	}
	return ""
}

// alertID is the same for the same rule and event.
func alertID(r *Rule, e *Envelope) string {
	sum := sha256.Sum256([]byte(r.Name + "\x00" + e.ID))
	return fmt.Sprintf("%x", sum[:16])
}
