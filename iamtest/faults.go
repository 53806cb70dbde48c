package iamtest

import (
	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/server"
)

// Faults holds the rules by which a server makes calls fail, so that a client's
// retries can be tested.
type Faults struct {
	t      TB
	server *server.Server
}

// Add adds a rule, which makes the calls that it matches fail, and returns the
// rule's ID:
//
//	id := srv.Faults.Add(faults.Rule{Kind: faults.Throttle, Operation: "iam:CreateUser", Count: 2})
//	... a client that retries creates the user ...
//	if srv.Faults.Hits(id) != 2 { ... }
//
// The test fails if the rule is not valid.
func (f *Faults) Add(r faults.Rule) (id string) {
	f.t.Helper()
	added, err := f.server.AddFault(r)
	if err != nil {
		f.t.Fatalf("iamtest: Faults.Add: %v", err)
	}
	return added.Rule.ID
}

// Hits returns the number of calls that the rule has affected.
func (f *Faults) Hits(id string) int {
	f.t.Helper()
	for _, s := range f.server.Faults() {
		if s.Rule.ID == id {
			return s.Hits
		}
	}
	f.t.Fatalf("iamtest: Faults.Hits: there is no rule %q", id)
	return 0
}

// List returns the rules, with what they have done.
func (f *Faults) List() []faults.State { return f.server.Faults() }

// Remove ends a rule.
func (f *Faults) Remove(id string) {
	f.t.Helper()
	if err := f.server.RemoveFault(id); err != nil {
		f.t.Fatalf("iamtest: Faults.Remove(%q): %v", id, err)
	}
}

// Clear ends all rules.
func (f *Faults) Clear() { f.server.ClearFaults() }
