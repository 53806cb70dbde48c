package services

import (
	"slices"

	"github.com/understudy-iam/understudy/authz"
)

// refinements add to the table's needs what the table cannot express: keys that are made of several
// members, and resources that the request gives by another name.
var refinements = map[string]func(*reader, *Needs) error{
	"ec2":            refineEC2,
	"ecr":            refineECR,
	"elbv2":          refineListeners,
	"events":         refineEvents,
	"kinesis":        refineKinesis,
	"kms":            refineKMS,
	"lambda":         refineLambda,
	"logs":           refineLogs,
	"secretsmanager": refineSecrets,
	"ssm":            refineParameters,
	"stepfunctions":  refineStates,
}

// become replaces the resource of a need.
func become(n *authz.Need, resource string) {
	n.Resource, n.Owner = resource, owner(resource)
}

// alsoNeed adds, after a need, the same need for another resource.
func alsoNeed(n *Needs, i int, resource string) {
	other := n.Needs[i]
	if other.Resource == resource {
		return
	}
	other.Keys = slices.Clone(other.Keys)
	become(&other, resource)
	n.Needs = slices.Insert(n.Needs, i+1, other)
}

// setKey adds a key, or replaces the one with the same name.
func setKey(need *authz.Need, key authz.Key) {
	if !replaceKey(need, key) {
		need.Keys = append(need.Keys, key)
	}
}

// replaceKey replaces the key with the same name, if there is one.
func replaceKey(need *authz.Need, key authz.Key) bool {
	i := slices.IndexFunc(need.Keys, func(k authz.Key) bool { return k.Name == key.Name })
	if i >= 0 {
		need.Keys = slices.Clone(need.Keys) // which several needs may share
		need.Keys[i] = key
	}
	return i >= 0
}
