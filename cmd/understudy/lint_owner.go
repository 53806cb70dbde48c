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

// seedOwner is whose policies a part of a seed has.
type seedOwner struct {
	account string
	noun    string // such as user; empty outside of everything that has policies
	name    string
}

// seedNouns are what the elements of the lists of a seed are called, and which member has
// their name.
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

// organizationNouns are what policies of organizations are called.
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

// kind is the kind of the owner's policies, but for trust policies; NoKind if it does not show.
func (o seedOwner) kind() evaluator.Kind {
	switch {
	case o.account == "" || o.noun == "":
		return evaluator.NoKind
	case o.noun == resourceNoun:
		return evaluator.Resource
	}
	return evaluator.Identity
}

// title is what people call the policy that is at the place; empty if that is not known.
// With several accounts in the file, it says in which one it is.
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

// isOldVersion reports whether an element of the list of a managed policy's versions has no
// effect, because another one is the default version.
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
