package main

import (
	"cmp"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/evaluator"
)

// Members of seeds.
const (
	seedAccounts = "accounts"
	seedPolicies = "policies"
	seedVersions = "versions"
)

// seedOwner is the owner of the policies in a part of a seed.
type seedOwner struct {
	account string
	noun    string // such as user; empty outside of any owner
	name    string
}

// seedNouns are the names for the elements of the lists of a seed, and the members that
// have the elements' names.
var seedNouns = map[string]struct{ noun, name string }{
	"users":               {"user", "name"},
	"groups":              {"group", "name"},
	"roles":               {"role", "name"},
	seedPolicies:          {"managed policy", "name"},
	"delegationTemplates": {templateNoun, "name"},
	"delegationRequests":  {"delegation request", "id"},
	"resourcePolicies":    {resourceNoun, "resource"},
}

const (
	resourceNoun = "policy of the resource"
	templateNoun = "delegation template"
)

// organizationNouns are the names for policies of organizations.
var organizationNouns = map[evaluator.Kind]string{evaluator.SCP: "service control policy", evaluator.RCP: "resource control policy"}

// of is the owner of the policies in a mapping, which is at the place.
func (o seedOwner) of(n *yaml.Node, at yamlPart) seedOwner {
	if at.name == seedAccounts {
		return seedOwner{account: scalar(n, "id")}
	}
	words, known := seedNouns[at.name]
	name := scalar(n, words.name)
	if !known || name == "" {
		return o
	}
	return seedOwner{o.account, cmp.Or(organizationNouns[at.kind], words.noun), name}
}

// kind is the kind of the owner's policies, except trust policies; NoKind if the owner
// does not show it.
func (o seedOwner) kind() evaluator.Kind {
	switch {
	case o.account == "" || o.noun == "":
		return evaluator.NoKind
	case o.noun == resourceNoun:
		return evaluator.Resource
	}
	return evaluator.Identity
}

// title names the policy at the place for people; empty if that is not known. If the file
// has several accounts, the title has the account too.
func (p yamlPart) title(many bool) string {
	var title string
	switch o := p.owner; {
	case o.noun == "":
		return ""
	case p.parent == "inline":
		title = "inline policy " + p.name + " of " + o.noun + " " + o.name
	case p.name == "trust":
		title = "trust policy of " + o.noun + " " + o.name
	default:
		title = o.noun + " " + o.name
	}
	if many && p.owner.account != "" {
		title += " in account " + p.owner.account
	}
	return title
}

// isOldVersion reports whether an element of a managed policy's list of versions has no
// effect because another one is the default version.
func isOldVersion(list, element *yaml.Node, name string) bool {
	isDefault := func(n *yaml.Node) bool { return scalar(n, "default") == "true" }
	return name == seedVersions && !isDefault(element) && slices.ContainsFunc(list.Content, isDefault)
}

// scalar is the value of a member of a mapping; empty if it has none.
func scalar(n *yaml.Node, name string) string {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if value := n.Content[i+1]; n.Content[i].Value == name && value.Kind == yaml.ScalarNode {
			return value.Value
		}
	}
	return ""
}
