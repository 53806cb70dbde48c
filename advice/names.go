package advice

import (
	"cmp"
	"fmt"

	"github.com/understudy-iam/understudy/evaluator"
)

// layerTitles are AWS's words for the policies of a layer: one of them, and all.
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

// LayerTitle is AWS's name of a layer, such as "identity-based policies" or "trust
// policy"; empty if the kind is not that of a layer.
func LayerTitle(kind evaluator.Kind) string { return layerTitles[kind].all }

// layerTitle is what people call the policies of a place.
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

// levelName is a level of a layer, as records name it; empty if it has no levels.
func (s *search) levelName(at place) string { return named(s.Level, at) }

// levelTitle is what people call a level.
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

// policyName is what people call a policy.
func policyName(o evaluator.Origin, kind evaluator.Kind) string {
	if hasPrincipal(kind) {
		return layerTitles[kind].one
	}
	return cmp.Or(o.Name, "policy "+o.ID)
}

// callerName is what people call the caller whose identity-based policies count.
func callerName(p *evaluator.Principal) string {
	switch p.Kind {
	case evaluator.User, evaluator.FederatedUser:
		return "user " + lastPart(p.EntityARN)
	case evaluator.RoleSession:
		return "role " + lastPart(p.EntityARN)
	}
	return "the caller"
}
