package seed

import "go.yaml.in/yaml/v4"

// node returns the organization in the form that read reads.
func (o *organization) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	add := func(name string, value *yaml.Node) { addMember(n, name, value) }
	add("id", o.id.node())
	add("management", o.management.node())
	add("featureSet", o.featureSet.node())
	if o.trustedAccess.given() {
		add("trustedAccess", plain(o.trustedAccess.value))
	}
	add("administrators", textsNode(o.administrators))
	add("rootFeatures", textsNode(o.rootFeatures))
	var policies []*yaml.Node
	for i := range o.policies {
		policies = append(policies, o.policies[i].node())
	}
	add("policies", listNode(policies))
	add("root", o.root.node())
	return n
}

func (p *organizationPolicy) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	addMember(n, "name", p.name.node())
	addMember(n, "type", p.kind.node())
	addMember(n, "document", (&content{p.document}).node())
	return n
}

func (u *unit) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	addMember(n, "name", u.name.node())
	u.attached.addTo(n)
	var units, accounts []*yaml.Node
	for i := range u.units {
		units = append(units, u.units[i].node())
	}
	for i := range u.accounts {
		accounts = append(accounts, u.accounts[i].node())
	}
	addMember(n, "units", listNode(units))
	addMember(n, "accounts", listNode(accounts))
	return n
}

// node returns only the account's ID if the member has nothing else.
func (m *member) node() *yaml.Node {
	if m.fullAWSAccess && len(m.policies) == 0 {
		return m.id.node()
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	addMember(n, "id", m.id.node())
	m.attached.addTo(n)
	return n
}

func (a *attached) addTo(n *yaml.Node) {
	if !a.fullAWSAccess {
		addMember(n, "fullAWSAccess", plain("false"))
	}
	addMember(n, "policies", textsNode(a.policies))
}

// addMember adds a member to a mapping, unless it is left out.
func addMember(n *yaml.Node, name string, value *yaml.Node) {
	if value != nil {
		n.Content = append(n.Content, plain(name), value)
	}
}

func textsNode(list []text) *yaml.Node {
	var nodes []*yaml.Node
	for i := range list {
		nodes = append(nodes, list[i].node())
	}
	return listNode(nodes)
}

// listNode returns the node of a list; nil if it has no elements.
func listNode(nodes []*yaml.Node) *yaml.Node {
	if len(nodes) == 0 {
		return nil
	}
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: nodes}
}
