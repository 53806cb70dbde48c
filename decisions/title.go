package decisions

import (
	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// title returns the name of a layer for people, such as "SCPs of OU Work" or "trust policy of
// role audit".
func title(c *authz.Check, l *evaluator.Layer) string {
	name := advice.LayerTitle(l.Kind)
	switch l.Kind {
	case evaluator.Session:
		if limit := limitName(&c.Policies, l); limit != "" {
			return limit + " of the session"
		}
	case evaluator.SCP, evaluator.RCP:
		if level := levelTitle(c, l); level != "" {
			name += " of " + level
		}
	case evaluator.Trust, evaluator.Resource:
		if of := ownerTitle(c.Need.Resource); of != "" {
			name += " of " + of
		}
	}
	return name
}

// levelTitle returns the name of an organization's level for people, such as "OU Work".
func levelTitle(c *authz.Check, l *evaluator.Layer) string {
	var names []string
	switch l.Kind {
	case evaluator.SCP:
		names = c.SCPLevels
	case evaluator.RCP:
		names = c.RCPLevels
	}
	if len(l.Matches) == 0 && len(policiesOf(&c.Policies, l)) == 0 && l.Decision == evaluator.Allowed {
		return "" // exempt: there is no level
	}
	if l.Level < len(names) {
		return names[l.Level]
	}
	return levelName(c, l)
}

// ownerTitle returns the name of the resource that has a policy: "role audit", or its ARN.
func ownerTitle(resource string) string {
	if resource == "*" {
		return ""
	}
	if name := entityTitle(resource); name != "" {
		return name
	}
	return resource
}

// entityTitle returns "user alice" for the ARN of a user, and the same for roles and groups;
// it is empty for any other ARN.
func entityTitle(arn string) string {
	parts, ok := principal.ParseARN(arn)
	kind, _, name := parts.Entity()
	if !ok || name == "" || parts.Service != "iam" || kind != "user" && kind != "role" && kind != "group" {
		return ""
	}
	return kind + " " + name
}

// called gives the policies of the layer names that depend on where they are attached: "SCP
// DenyRegions of OU Work", "trust policy of role audit".
func (l *Layer) called(c *authz.Check, from *evaluator.Layer) {
	of := ""
	switch from.Kind {
	case evaluator.SCP, evaluator.RCP:
		of = levelTitle(c, from)
	case evaluator.Trust, evaluator.Resource:
		of = ownerTitle(c.Need.Resource)
	}
	if of == "" {
		return
	}
	name := func(p *Policy) {
		if p.Name != "" {
			p.Name += " of " + of
		}
	}
	for i := range l.Policies {
		name(&l.Policies[i])
	}
	for i := range l.Statements {
		name(&l.Statements[i].Policy)
	}
	for i := range l.NearMisses {
		name(&l.NearMisses[i].Statement.Policy)
	}
	for i := range l.Closest {
		name(&l.Closest[i].Policy)
	}
}
