package advice

import (
	"cmp"
	"fmt"

	"github.com/understudy-iam/understudy/evaluator"
)

// layerTitles are AWS's words for one policy of a layer, and for all of them.
var layerTitles = map[evaluator.Kind]struct{ one, all string }{
	evaluator.Identity:    {"an identity-based policy", "identity-based policies"},
	evaluator.Boundary:    {"the permissions boundary", "permissions boundary"},
	evaluator.Session:     {"the session policy", "session policies"},
	evaluator.Resource:    {"the resource-based policy", "resource-based policy"},
	evaluator.Trust:       {"the trust policy", "trust policy"},
	evaluator.SCP:         {"an SCP", "SCPs"},
	evaluator.RCP:         {"an RCP", "RCPs"},
	evaluator.VPCEndpoint: {"the VPC endpoint policy", "VPC endpoint policy"},
}

// LayerTitle is AWS's name for a layer, such as "identity-based policies" or "trust
// policy"; empty if the kind is not a layer.
func LayerTitle(kind evaluator.Kind) string { return layerTitles[kind].all }

// layerTitle names the policies of a place for people.
func (s *search) layerTitle(at place) string {
	title := layerTitles[at.kind].one
	if level := s.levelTitle(at); at.kind == evaluator.Session && at.level > 0 {
		title = "the policy that narrows the session"
		if level != "" {
			title += " (" + level + ")"
		}
	} else if level != "" {
		title += " of " + level
	}
	return title
}

// levelName is the name of a level in records; empty if the layer has no levels.
func (s *search) levelName(at place) string { return named(s.Level, at) }

// levelTitle names a level for people.
func (s *search) levelTitle(at place) string {
	return cmp.Or(named(s.LevelTitle, at), s.levelName(at))
}

func named(f func(evaluator.Kind, int) string, at place) string {
	if f == nil {
		return ""
	}
	return f(at.kind, at.level)
}

// statementName says which statement it is: "statement 2 of inline policy own of user
// ana".
func (s *search) statementName(x *exam) string {
	name := fmt.Sprintf("statement %d", x.source.Index+1)
	if x.source.Sid != "" {
		name = "statement " + x.source.Sid
	}
	name += " of " + policyName(x.policy.Origin(), x.at.kind)
	if x.at.kind == evaluator.SCP || x.at.kind == evaluator.RCP {
		if level := s.levelTitle(x.at); level != "" {
			name += " of " + level
		}
	}
	return name
}

// policyName names a policy for people.
func policyName(o evaluator.Origin, kind evaluator.Kind) string {
	if hasPrincipal(kind) {
		return layerTitles[kind].one
	}
	return cmp.Or(o.Name, "policy "+o.ID)
}

// callerName names for people the caller whose identity-based policies count.
func callerName(p *evaluator.Principal) string {
	switch p.Kind {
	case evaluator.User, evaluator.FederatedUser:
		return "user " + lastPart(p.EntityARN)
	case evaluator.RoleSession:
		return "role " + lastPart(p.EntityARN)
	}
	return "the caller"
}
