package compare

import (
	"encoding/json"

	"github.com/understudy-iam/understudy/evaluator"
)

// Access is what Granted and Public ask about.
type Access struct {
	Actions   []string // as Action has them; none: every action
	Resources []string // as Resource has them; none: every resource
}

// Granted returns what the document allows of one of the actions on one of the resources;
// none if it allows nothing of it. The error is a *evaluator.SyntaxError of the document, or
// of an access that is longer than a document may be.
func Granted(doc *evaluator.Document, a Access, kind evaluator.Kind) ([]Grant, error) {
	but, err := allBut(a)
	if err != nil {
		return nil, err
	}
	rest, err := newSide(but, evaluator.Identity)
	if err != nil {
		return nil, err
	}
	s, err := newSide(doc, kind)
	if err != nil {
		return nil, err
	}
	c := &comparison{old: rest, new: s, callers: callers(kind, s)}
	return c.run(), nil
}

// allBut is a document that allows everything but the access: what another one allows
// beyond it is of the access.
func allBut(a Access) (*evaluator.Document, error) {
	type statement struct {
		Effect                                   string
		Action, NotAction, Resource, NotResource []string `json:",omitempty"`
	}
	all := []string{"*"}
	list := []statement{}
	if len(a.Actions) > 0 {
		list = append(list, statement{Effect: "Allow", NotAction: a.Actions, Resource: all})
	}
	if len(a.Resources) > 0 {
		list = append(list, statement{Effect: "Allow", Action: all, NotResource: a.Resources})
	}
	raw, err := json.Marshal(map[string]any{"Version": evaluator.Version2008, "Statement": list}) // in which "${" is ordinary text
	if err != nil {
		return nil, err
	}
	return evaluator.Parse(string(raw))
}
