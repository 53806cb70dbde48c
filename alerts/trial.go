package alerts

import (
	"context"
	"iter"

	"github.com/understudy-iam/understudy/events"
)

// Trial says which rules fire for events that were recorded, without a server. What
// needs the state of one is not tried: effects, and the built-in rules that compare a
// setting with what it was. One goroutine may use it.
type Trial struct {
	Tried   []*Rule
	Untried []*Rule

	judge   *Judge
	posture *Posture
}

// NewTrial makes a Trial of rules.
func NewTrial(rules []*Rule) (*Trial, error) {
	t := &Trial{}
	var kinds []string
	for _, r := range rules {
		if r.needsState() {
			t.Untried = append(t.Untried, r)
			continue
		}
		t.Tried = append(t.Tried, r)
		if r.find != "" {
			kinds = append(kinds, r.find)
		}
	}
	t.judge = NewJudge(t.Tried)
	var err error
	t.posture, err = NewPosture(context.Background(), PostureOptions{}, kinds)
	return t, err
}

// needsState reports whether events alone do not say that the rule fires.
func (r *Rule) needsState() bool {
	return r.Effect != nil || r.find == trustOpened || r.find == boundaryWidened || r.find == passwordWeakened
}

// Firing is a rule that fires for an event of a file.
type Firing struct {
	Line int `json:"line"` // of the event in the file, from 1
	*Alert
}

// Fire tells which rules fire, for records in the order of their calls. Records of one
// call, in several accounts, follow each other. An error of the records is the last.
func (t *Trial) Fire(records iter.Seq2[events.ReadRecord, error]) iter.Seq2[Firing, error] {
	return func(yield func(Firing, error) bool) {
		var call []events.ReadRecord
		for r, err := range records {
			if err != nil {
				if t.fire(call, yield) {
					yield(Firing{}, err)
				}
				return
			}
			if shared := r.Record.SharedEventID; len(call) > 0 && (shared == "" || shared != call[0].Record.SharedEventID) {
				if !t.fire(call, yield) {
					return
				}
				call = nil
			}
			call = append(call, r)
		}
		t.fire(call, yield)
	}
}

// fire tells which rules fire for the records of one call. It reports whether more is
// wanted.
func (t *Trial) fire(call []events.ReadRecord, yield func(Firing, error) bool) bool {
	if len(call) == 0 {
		return true
	}
	o := &Occurrence{}
	line := map[string]int{}
	for _, r := range call {
		o.Records = append(o.Records, r.Record)
		line[r.Record.EventID] = r.Line
	}
	var err error
	if o.Findings, err = t.posture.After(context.Background(), &events.Event{}, o.Records); err != nil {
		return yield(Firing{}, err)
	}
	for _, a := range t.judge.Look(o) {
		if !yield(Firing{line[a.Event.ID], a}, nil) {
			return false
		}
	}
	return true
}
