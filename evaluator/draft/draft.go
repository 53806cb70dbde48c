package draft

import (
	"fmt"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// ManagedPolicySize is AWS's quota for the size of a managed policy, in characters without white space.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
const ManagedPolicySize = 6144

// Options say how a draft is written. The zero Options work.
type Options struct {
	Wildcards Wildcards // empty means NoWildcards

	// Size is the largest size of a document, in characters without white space as
	// evaluator.Size counts them; 0 means ManagedPolicySize.
	Size int

	// Keep lists condition keys that are kept if a call has them, besides those of Kept.
	Keep []string

	// Denied says that denied calls count as needed too.
	Denied bool
}

// Draft is a policy. If it does not fit into one document it has several, which must be
// attached together.
type Draft struct {
	Documents []Document // none if nothing is needed
}

// Document is one policy document of a Draft.
type Document struct {
	Statements []Statement
}

// Statement is an Allow statement of a Draft.
type Statement struct {
	Sid        string   // unique in the Draft, such as "S3Read"; letters and digits
	Service    string   // the prefix of the actions; empty if they have none
	ReadOnly   bool     // AWS's access level of each action is Read or List
	Principals []Entity // of a trust policy; sorted
	Actions    []string // sorted
	Resources  []string // sorted, as a policy has them; none in a trust policy
	Conditions []Condition
	Requests   []string // the IDs of the requests that need the statement, sorted

	from []*permission
}

// Entity is a principal as named in a policy.
type Entity struct {
	Type  string // "AWS", "Service" or "Federated"
	Value string
}

// Identity drafts the identity-based policy that the calls need: the same for the same
// set of calls. Statements are grouped by service; those that only read come first.
//
// It returns an error if a single permission is longer than Options.Size.
func Identity(calls []Call, o Options) (*Draft, error) {
	return assemble(statements(collect(calls, o)), o)
}

// Needs reports whether the draft has to allow a call.
func (o *Options) Needs(c *Call) bool {
	return c.Verdict == Allowed || c.Verdict == WouldBeDenied || c.Verdict == Denied && o.Denied
}

// permission is an action on a resource under conditions.
type permission struct {
	action, resource string
	service          string
	reads            bool
	conditions       []Condition
	requests         map[string]bool
}

// collect makes permissions from calls, each once, in an order that does not depend
// on the calls' order.
func collect(calls []Call, o Options) []*permission {
	all := make(map[string]*permission)
	actions := make(map[string]known)
	for i := range calls {
		c := &calls[i]
		if !o.Needs(c) || c.Action == "" {
			continue
		}
		a, ok := actions[c.Action]
		if !ok {
			a = find(c.Action)
			actions[c.Action] = a
		}
		p := &permission{
			action: a.text, service: a.Service, reads: a.reads,
			resource:   o.Wildcards.pattern(&a.Action, a.ok, c.resource()),
			conditions: conditions(c, a.text, o.Keep),
		}
		add(all, p, c.RequestID)
	}
	return narrow(all)
}

// known is an action with its entry in the catalogue.
type known struct {
	catalog.Action
	ok    bool
	text  string
	reads bool
}

func find(action string) known {
	a, ok := catalog.FindAction(action)
	if !ok {
		service, _ := cutAction(action)
		return known{Action: catalog.Action{Service: service}, text: action}
	}
	return known{a, true, a.Service + ":" + a.Name, a.Access == catalog.Read || a.Access == catalog.List}
}

// assemble puts statements into documents, in their order, and names them.
func assemble(list []Statement, o Options) (*Draft, error) {
	limit := o.Size
	if limit == 0 {
		limit = ManagedPolicySize
	}
	list, err := fit(list, limit)
	if err != nil {
		return nil, err
	}
	name(list)
	d := &Draft{}
	empty := evaluator.Size((&Document{}).String())
	size := 0
	for i := range list {
		list[i].justify()
		n := evaluator.Size(list[i].text("")) + 1 // with the comma before it
		if i == 0 || size+n > limit {
			d.Documents, size = append(d.Documents, Document{}), empty
		}
		last := &d.Documents[len(d.Documents)-1]
		last.Statements, size = append(last.Statements, list[i]), size+n
	}
	return d, nil
}

// fit splits statements that are longer than the limit for a document.
func fit(list []Statement, limit int) ([]Statement, error) {
	var out []Statement
	room := limit - evaluator.Size((&Document{}).String()) - sidRoom
	for _, s := range list {
		if evaluator.Size(s.text("")) <= room {
			out = append(out, s)
			continue
		}
		a, b, ok := halves(&s)
		if !ok {
			return nil, fmt.Errorf("%s on %s needs more than the %d characters that a document may have; allow longer documents",
				s.Actions[0], s.Resources[0], limit)
		}
		both, err := fit([]Statement{a, b}, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, both...)
	}
	return out, nil
}
