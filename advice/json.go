package advice

import (
	"bytes"
	"encoding/json"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/ordered"
)

// extended is a string or list of strings with one more.
func extended(raw json.RawMessage, value string) (json.RawMessage, bool) {
	list, ok := stringsOf(raw)
	if !ok {
		return nil, false
	}
	return ordered.Text(append(list, value)), true
}

func stringsOf(raw json.RawMessage) ([]string, bool) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, true
	}
	var list []string
	err := json.Unmarshal(raw, &list)
	return list, err == nil
}

// document is a policy taken apart into its statements.
type document struct {
	head       ordered.Object // without Statement
	statements []*statement
}

// statement is one statement of a document as it is written. It is parsed only if needed:
// a document may have hundreds.
type statement struct {
	raw    json.RawMessage
	parsed ordered.Object
}

func written(o ordered.Object) *statement { return &statement{o.Raw(), o} }

// object are the members of the statement.
func (s *statement) object() ordered.Object {
	if s.parsed == nil {
		s.parsed, _ = ordered.Read(s.raw)
	}
	return s.parsed
}

func readDocument(p *evaluator.Policy) (*document, bool) {
	var source bytes.Buffer // on one line, as in commands
	if json.Compact(&source, []byte(p.Document().Source())) != nil {
		return nil, false
	}
	all, ok := ordered.Read(source.Bytes())
	if !ok {
		return nil, false
	}
	d := &document{}
	var list []json.RawMessage
	for _, m := range all {
		if m.Name != "Statement" {
			d.head = append(d.head, m)
			continue
		}
		if json.Unmarshal(m.Value, &list) != nil {
			list = []json.RawMessage{m.Value}
		}
	}
	for _, raw := range list {
		d.statements = append(d.statements, &statement{raw: raw})
	}
	return d, true
}

// newDocument is a policy without statements.
func newDocument() *document {
	return &document{head: ordered.Object{}.With("Version", ordered.Text(evaluator.Version2012))}
}

// with is the document with one statement replaced, or with one added after the last.
func (d *document) with(index int, changed ordered.Object) string {
	list := make([][]byte, 0, len(d.statements)+1)
	for _, s := range d.statements {
		list = append(list, s.raw)
	}
	if index < len(list) {
		list[index] = changed.Raw()
	} else {
		list = append(list, changed.Raw())
	}
	all := "[" + string(bytes.Join(list, []byte{','})) + "]"
	return string(d.head.With("Statement", json.RawMessage(all)).Raw())
}

// only is the document with that statement and no other.
func (d *document) only(statement ordered.Object) string {
	return string(d.head.With("Statement", ordered.Text([]json.RawMessage{statement.Raw()})).Raw())
}
