package compare

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
)

// side is one of the two documents.
type side struct {
	kind       evaluator.Kind
	policy     *evaluator.Policy
	statements []*statement
}

// statement is one statement of a side, with what it says of resources as entries of the
// automaton.
type statement struct {
	*evaluator.Statement
	of      *side
	version string
	actions []*evaluator.ActionPattern // of Action, or of NotAction
	entries []*entry
	not     bool // the entries are those of NotResource
	all     bool // it has neither, and applies to all

	apart []claims // see variants
}

// entry is one entry of Resource or NotResource.
type entry struct {
	text    string
	symbols []evaluator.Symbol
}

func newSide(doc *evaluator.Document, kind evaluator.Kind) (*side, error) {
	policy, err := doc.Compile(kind, evaluator.Origin{})
	if err != nil {
		return nil, err
	}
	s := &side{kind: kind, policy: policy}
	for i := range doc.Statements {
		s.statements = append(s.statements, newStatement(s, &doc.Statements[i], doc.Version, kind))
	}
	return s, nil
}

func newStatement(of *side, source *evaluator.Statement, version string, kind evaluator.Kind) *statement {
	s := &statement{Statement: source, of: of, version: version, not: source.NotResources != nil}
	for _, t := range slices.Concat(source.Actions, source.NotActions) { // of which there is one
		s.actions = append(s.actions, evaluator.NewActionPattern(t.Value))
	}
	texts := source.Resources
	if s.not {
		texts = source.NotResources
	}
	s.all = texts == nil && (kind == evaluator.Resource || kind == evaluator.Trust)
	for _, t := range texts {
		if symbols, ok := evaluator.ResourceSymbols(t.Value, version); ok {
			s.entries = append(s.entries, &entry{t.Value, symbols})
		}
	}
	return s
}

// actionTexts are the texts of Action and NotAction.
func (s *side) actionTexts() []string {
	var list []string
	for _, st := range s.statements {
		for _, t := range slices.Concat(st.Actions, st.NotActions) {
			list = append(list, t.Value)
		}
	}
	return list
}

// about are the statements about the action.
func (s *side) about(action string) []*statement {
	return slices.DeleteFunc(slices.Clone(s.statements), func(st *statement) bool { return !st.about(action) })
}

// about reports whether the statement is about the action.
func (s *statement) about(action string) bool {
	named := slices.ContainsFunc(s.actions, func(p *evaluator.ActionPattern) bool { return p.Matches(action) })
	return named != (s.NotActions != nil)
}

// names reports whether the statement is about the principal.
func (s *statement) names(p *evaluator.Principal) bool { return s.of.policy.Names(s.Index, p) }

// matches reports whether an entry of Action covers the action.
func matches(text, action string) bool { return evaluator.NewActionPattern(text).Matches(action) }
