package draft

import (
	"maps"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// Wide is an entry of a statement that matches more than the calls needed: an entry of
// Action or Resource with a wildcard.
type Wide struct {
	Policy    *evaluator.Policy
	Statement int    // by its index
	Entry     string // as written
	IsAction  bool   // of Action; otherwise of Resource

	// Needed lists the actions or resources of the calls that the entry matched, sorted,
	// each once. Of is the number of actions in the catalogue that an action's entry
	// matches.
	Needed []string
	Of     int
}

// Wider returns the entries of Allow statements of which calls needed only a part, in order.
// An action's entry is returned if it matches further actions in the catalogue. A resource's
// entry is returned if no call needed all of it (a call whose action has no resource types
// does), and if no Resource of a draft with the same Options is as wide.
func Wider(calls []Call, policies []*evaluator.Policy, o Options) []Wide {
	used := usage(calls, policies, o)
	var out []Wide
	for _, p := range policies {
		d := p.Document()
		for i := range d.Statements {
			s := &d.Statements[i]
			if calls := used[place{p, i}]; s.Effect == evaluator.Allow && len(calls) > 0 {
				out = append(out, wideActions(p, s, calls)...)
				out = append(out, wideResources(p, s, calls, o)...)
			}
		}
	}
	return out
}

func wideActions(p *evaluator.Policy, s *evaluator.Statement, calls []*Call) (out []Wide) {
	for _, a := range s.Actions {
		if !strings.ContainsAny(a.Value, "*?") {
			continue
		}
		pattern := evaluator.NewActionPattern(a.Value)
		needed := make(map[string]bool)
		for _, c := range calls {
			if pattern.Matches(c.Action) {
				needed[find(c.Action).text] = true
			}
		}
		if all := len(catalog.Matching(a.Value)); len(needed) > 0 && all > len(needed) {
			out = append(out, Wide{Policy: p, Statement: s.Index, Entry: a.Value, IsAction: true,
				Needed: slices.Sorted(maps.Keys(needed)), Of: all})
		}
	}
	return out
}

func wideResources(p *evaluator.Policy, s *evaluator.Statement, calls []*Call, o Options) (out []Wide) {
	version := p.Document().Version
	for _, r := range s.Resources {
		if !strings.ContainsAny(r.Value, "*?") || hasVariable(r.Value, version) {
			continue
		}
		pattern := evaluator.NewResourcePattern(r.Value, version)
		needed, whole := make(map[string]bool), false
		for _, c := range calls {
			if !pattern.Matches(c.resource()) {
				continue
			}
			a := find(c.Action)
			drafted := o.Wildcards.pattern(&a.Action, a.ok, c.resource())
			whole = whole || drafted == r.Value || drafted == "*"
			needed[c.resource()] = true
		}
		if len(needed) > 0 && !whole {
			out = append(out, Wide{Policy: p, Statement: s.Index, Entry: r.Value, Needed: slices.Sorted(maps.Keys(needed))})
		}
	}
	return out
}
