package services

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// refineStates decides about versions and aliases as about their state machine, with
// states:StateMachineQualifier, and adds the permissions that members ask for.
// https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
func refineStates(r *reader, n *Needs) error {
	n.Needs = asStateMachines(n.Needs)
	switch r.call.Operation {
	case "CreateStateMachineAlias":
		// AWS does not document which qualifier counts here: we use the alias that is created.
		alias, err := r.text("name")
		if err != nil {
			return err
		}
		for i := range n.Needs {
			setKey(&n.Needs[i], authz.Strings(qualifierKey, alias))
		}
	case "CreateStateMachine", "UpdateStateMachine":
		return askedFor(r, n, "publish", r.request.need("states:PublishStateMachineVersion", n.Needs[0].Resource))
	case "TestState":
		return askedFor(r, n, "revealSecrets", r.request.need("states:RevealSecrets", "*"))
	}
	return nil
}

const qualifierKey = "states:StateMachineQualifier"

// asStateMachines replaces versions and aliases by their state machines, without duplicates.
func asStateMachines(needs []authz.Need) []authz.Need {
	out, seen := needs[:0], map[string]bool{}
	for _, need := range needs {
		a, ok := principal.ParseARN(need.Resource)
		if name, is := strings.CutPrefix(a.Resource, "stateMachine:"); ok && is {
			name, qualifier, qualified := strings.Cut(name, ":")
			if qualified {
				a.Resource = "stateMachine:" + name
				become(&need, a.String())
				need.Keys = append(need.Keys, authz.Strings(qualifierKey, qualifier))
			}
		}
		if key := need.Action + " " + need.Resource; !seen[key] {
			seen[key] = true
			out = append(out, need)
		}
	}
	return out
}

// askedFor adds a need if the member is true.
func askedFor(r *reader, n *Needs, member string, need authz.Need) error {
	text, err := r.text(member)
	if text == "true" {
		n.Needs = append(n.Needs, need)
	}
	return err
}
