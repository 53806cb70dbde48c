package main

import (
	"fmt"

	"github.com/understudy-iam/understudy/management"
)

// maxLimits is how many permissions are named that the draft alone does not give.
const maxLimits = 5

// sayLimits says which permissions of the draft stay denied, because another layer than
// identity-based policies denied them.
func (c *draftCommand) sayLimits(n *management.Needs) {
	told, more := map[string]bool{}, 0
	for i := range n.Needs {
		need := &n.Needs[i]
		if len(need.Limits) == 0 || need.Verdict == "denied" && !c.Denied {
			continue
		}
		for _, l := range need.Limits {
			text := fmt.Sprintf("%s on %s stays denied with the draft: %s", need.Action, need.Resource, limited(l))
			switch {
			case told[text]:
			case len(told) == maxLimits:
				more++
			default:
				told[text] = true
				note(text)
			}
		}
	}
	if more > 0 {
		note(counted(more, "more permission stays denied", "more permissions stay denied") + " by such a layer")
	}
}

// limitNames are the layers in the words of AWS.
var limitNames = map[string]string{
	"scp": "service control policies", "rcp": "resource control policies", "boundary": "the permissions boundary",
	"session": "the session policy", "resource": "the policy of the resource", "trust": "the trust policy",
	"vpc-endpoint": "the policy of the VPC endpoint", "identity": "identity-based policies",
}

// limited says how a layer denies something.
func limited(l management.Limit) string {
	name := limitNames[l.Layer]
	if name == "" {
		name = l.Layer + " policies"
	}
	if l.Policy == "" {
		return "not allowed by " + name
	}
	text := fmt.Sprintf("denied by statement %s of %s", l.Statement, l.Policy)
	if l.Layer == "scp" || l.Layer == "rcp" { // the name of the policy says so
		return text
	}
	return text + " (" + name + ")"
}
