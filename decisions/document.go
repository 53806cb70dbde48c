package decisions

import (
	"bytes"
	"encoding/json"

	"github.com/understudy-iam/understudy/evaluator"
)

// A draft is a policy document that is being changed, to try what a change
// would do. Its statements keep their text and their order.
type draft struct {
	kind       evaluator.Kind
	origin     evaluator.Origin
	head       map[string]json.RawMessage // without Statement
	statements []json.RawMessage
}

// draftOf takes a compiled policy's document apart; false if it cannot.
func draftOf(p *evaluator.Policy) (*draft, bool) {
	d := &draft{kind: p.Kind(), origin: p.Origin()}
	if err := json.Unmarshal([]byte(p.Document().Source()), &d.head); err != nil {
		return nil, false
	}
	raw := bytes.TrimSpace(d.head["Statement"])
	delete(d.head, "Statement")
	if len(raw) > 0 && raw[0] == '{' {
		d.statements = []json.RawMessage{raw}
		return d, true
	}
	return d, json.Unmarshal(raw, &d.statements) == nil
}

// only drops every statement but the one with the index, and applies change to it.
func (d *draft) only(index int, change func(members map[string]json.RawMessage)) bool {
	var members map[string]json.RawMessage
	if index >= len(d.statements) || json.Unmarshal(d.statements[index], &members) != nil {
		return false
	}
	change(members)
	raw, err := json.Marshal(members)
	d.statements = []json.RawMessage{raw}
	return err == nil
}

// compile makes a policy of the draft; false if it cannot be one.
func (d *draft) compile() (*evaluator.Policy, bool) {
	document := map[string]any{"Statement": d.statements}
	for name, value := range d.head {
		document[name] = value
	}
	raw, err := json.Marshal(document)
	if err != nil {
		return nil, false
	}
	p, err := evaluator.Compile(string(raw), d.kind, d.origin)
	return p, err == nil
}
