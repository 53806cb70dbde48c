package compare

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// Grant is something that the new document allows and the old one does not.
type Grant struct {
	Statement int // of the new document, by its index; or FullAccess

	// Caller, Action, Resource and Context are an example.
	Caller   Caller
	Action   string
	Resource string
	Context  []Value

	// Proved says that the evaluator has decided the example: the new document allows it, and the
	// old one does not. Otherwise it could not be proved that nothing is granted, and no
	// example was found; Context is empty.
	Proved bool
}

// maxGrants is how many grants are looked for.
const maxGrants = 200

// Compare returns what the new document grants and the old one does not, in the order
// of its statements; none if it grants nothing new. The kind is that of both documents.
// The error is a *evaluator.SyntaxError, also of a document that is not of the kind; see Fits.
//
// An SCP or RCP that only denies counts together with AWS's policy that allows everything,
// beside which it is attached. What that policy grants has FullAccess as its Statement, and
// comes last.
func Compare(old, new *evaluator.Document, kind evaluator.Kind) ([]Grant, error) {
	for _, doc := range []*evaluator.Document{new, old} {
		if err := Fits(doc, kind); err != nil {
			return nil, err
		}
	}
	before, err := newSide(beside(old, kind), kind)
	if err != nil {
		return nil, err
	}
	after, err := newSide(beside(new, kind), kind)
	if err != nil {
		return nil, err
	}
	c := &comparison{old: before, new: after, callers: callers(kind, before, after)}
	return notOf(new, c.run()), nil
}

// comparison is one search for grants.
type comparison struct {
	old, new *side
	callers  []Caller
	public   exposure // only what lets in everybody is looked for
	grants   []Grant
	tried    int // see maxTried
	work     int // see maxWork
	known    map[openKey]openness
	bounds
	explored map[string][]*reached
	large    map[string]bool // automatons that are too large
}

func (c *comparison) run() []Grant {
	c.known = map[openKey]openness{}
	c.explored, c.large, c.bounds = map[string][]*reached{}, map[string]bool{}, bounds{maxPlaces, maxFound}
	for _, action := range c.actions() {
		after, before := c.new.about(action), c.old.about(action)
		for i := range c.callers {
			if len(c.grants) < maxGrants {
				c.look(action, &c.callers[i], after, before)
			}
		}
	}
	slices.SortStableFunc(c.grants, func(a, b Grant) int { return a.Statement - b.Statement })
	return c.grants
}

// actions are one of each class that the documents tell apart, and those that no service
// has and a document names.
func (c *comparison) actions() []string {
	texts := append(c.old.actionTexts(), c.new.actionTexts()...)
	slices.Sort(texts)
	texts = slices.Compact(texts)
	list := slices.Clone(new(actions.Classes).Representatives(texts))
	if i := slices.Index(list, actions.Unknown); i >= 0 {
		list[i] = familiar(texts)
	}
	for _, t := range texts {
		if one := concrete(t); !slices.ContainsFunc(list, func(a string) bool { return matches(t, a) }) {
			if _, known := catalog.FindAction(one); !known {
				list = append(list, one)
			}
		}
	}
	return list
}

// familiar is an action that people know, of the class of the action that no service has; or
// that one.
func familiar(texts []string) string {
	for _, action := range []string{"iam:CreateUser", "s3:PutObject", "ec2:RunInstances", "dynamodb:PutItem", "lambda:InvokeFunction"} {
		if !slices.ContainsFunc(texts, func(t string) bool { return matches(t, action) != matches(t, actions.Unknown) }) {
			return action
		}
	}
	return actions.Unknown
}

// look compares what the statements about an action say of it and a caller, for all resources.
func (c *comparison) look(action string, caller *Caller, after, before []*statement) {
	others := func(s *statement) bool { return !s.names(&caller.Principal) }
	after, before = slices.DeleteFunc(slices.Clone(after), others), slices.DeleteFunc(slices.Clone(before), others)
	if !slices.ContainsFunc(after, allows) {
		return
	}
	e := c.explore(after, before)
	seen := map[*statement]bool{}
	whole := e.whole
	for _, r := range e.reached {
		if c.work += len(e.places) / 16; c.work > maxWork {
			whole = false
			break
		}
		in := e.cell(r, c.spend)
		in.grants(c.open, func(s *statement, v claims) {
			if !seen[s] {
				seen[s] = c.report(&question{caller, action, r.resource}, s, in, v)
			}
		})
	}
	if !whole {
		c.unproved(after, caller, action)
	}
}

func allows(s *statement) bool { return s.Effect == evaluator.Allow }

// maxWork bounds what a comparison takes: pairs of conditions that are compared, and values that
// are looked at. Two ordinary documents of 50 KB take some 100,000.
const maxWork = 3_000_000

// spend counts the comparison of some claims with those of a statement. It is false if no
// more is to be spent: then nothing is taken for proved.
func (c *comparison) spend(v claims, s *statement) bool {
	c.work += 1 + len(v.list)*len(s.Conditions)
	for i := range s.Conditions {
		c.work += len(s.Conditions[i].Values) / 4
	}
	return c.work <= maxWork
}

// unproved reports that not all resources were looked at.
func (c *comparison) unproved(after []*statement, caller *Caller, action string) {
	for _, s := range after {
		if allows(s) && c.someOpen(s) {
			c.grants = append(c.grants, Grant{Statement: s.Index, Caller: *caller, Action: action, Resource: "*"})
			return
		}
	}
}
