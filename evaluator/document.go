package evaluator

import "iter"

// Document is a parsed policy document. It shows what was written: nothing is
// normalised, and values that AWS would refuse to store may be in it.
type Document struct {
	Version    string // "2008-10-17", "2012-10-17", or empty when absent
	ID         string
	Statements []Statement

	src         string
	version     Position // where Version is, or the document if it has none
	versionLate bool     // Version comes after a Statement that is an object
	faults      []fault
	partition   string // for which it is validated
}

// Statement is one statement of a document.
type Statement struct {
	Index  int // in its document, from 0
	Sid    string
	HasSid bool
	Effect Effect

	// At most one of each pair is written in a well-formed document; an empty
	// non-nil slice is a list without elements.
	Principals, NotPrincipals []PrincipalRef
	Actions, NotActions       []Text
	Resources, NotResources   []Text
	Conditions                []Condition

	// Start is the place of the statement's opening brace and End the place just after its
	// closing brace.
	Start, End Position

	// SpanStart and SpanEnd are the positions that the simulator shows: a
	// span begins where the token before the statement ends (the bracket, the
	// closing brace of the statement before) or, for a Statement that is not a
	// list, one column after its own opening brace.
	SpanStart, SpanEnd Position

	has      elements
	from, to int32 // in the source
}

// Text is a string of a document with its place.
type Text struct {
	Value string
	At    Position
}

// Condition is one key under one operator.
type Condition struct {
	Operator string // as written, such as "ForAnyValue:StringLikeIfExists"
	Key      string
	Values   []Text
	At       Position // of the key
}

// PrincipalRef is one principal that a document names.
type PrincipalRef struct {
	Statement int    // index of the statement
	Not       bool   // in NotPrincipal
	Type      string // "AWS", "Service", "Federated", "CanonicalUser"; empty for "*" without a type
	Value     string
	At        Position

	from, to int32
}

// Principals yields every principal that the document names, in the order in
// which they are written.
func (d *Document) Principals() iter.Seq[PrincipalRef] {
	return func(yield func(PrincipalRef) bool) {
		for i := range d.Statements {
			s := &d.Statements[i]
			for _, list := range [...][]PrincipalRef{s.Principals, s.NotPrincipals} {
				for _, p := range list {
					if !yield(p) {
						return
					}
				}
			}
		}
	}
}

// Source returns the text that was parsed.
func (d *Document) Source() string { return d.src }

// Text returns the statement with the index as it is written; it must be one of the
// document's.
func (d *Document) Text(index int) string { return d.TextOf(&d.Statements[index]) }

// TextOf returns the statement, which is one of the document's, as it is written.
func (d *Document) TextOf(s *Statement) string { return d.src[s.from:s.to] }
