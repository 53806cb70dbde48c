package audit

import (
	"slices"
	"sync"
)

// A Check is something that an audit looks for.
type Check struct {
	ID         string
	Severity   Severity
	Title      string   // what is found, in one sentence without a full stop
	Why        string   // what follows from it
	References []string // the IDs of the same check elsewhere: CIS 6.0, Security Hub (FSBP), Prowler

	// run looks for it; nil of escalations, which are found all at once.
	run func(*state, *Check) error
}

// Checks returns all checks: escalations, and then hygiene, each in the order of their IDs.
func Checks() []Check { return slices.Concat(escalations(), hygiene()) }

// Find returns the check of an ID.
func Find(id string) (Check, bool) {
	c, ok := byID()[id]
	return c, ok
}

// byID has all checks.
var byID = sync.OnceValue(func() map[string]Check {
	all := map[string]Check{}
	for _, c := range Checks() {
		all[c.ID] = c
	}
	return all
})
