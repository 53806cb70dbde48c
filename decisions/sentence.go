package decisions

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// layerNames are what people call the layers.
var layerNames = map[evaluator.Kind]string{
	evaluator.Identity: "identity-based policies", evaluator.Boundary: "the permissions boundary", evaluator.Session: "the session policies",
	evaluator.Resource: "the resource-based policy", evaluator.Trust: "the role's trust policy", evaluator.SCP: "the service control policies",
	evaluator.RCP: "the resource control policies", evaluator.VPCEndpoint: "the VPC endpoint policy",
}

func layerName(l *evaluator.Layer, level string) string {
	name := layerNames[l.Kind]
	switch {
	case l.Kind == evaluator.Session && level != "":
		return "the session's " + level
	case level != "":
		name += " of " + level
	}
	return name
}

func removeSentence(l *evaluator.Layer, s *Statement, level string) string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		name = s.Sid
	}
	return fmt.Sprintf("In %s, the Deny %s of %s (line %d, column %d) must not apply to this request.",
		layerName(l, level), name, s.Policy.ID, s.Start.Line, s.Start.Column)
}

func (t *trial) addSentence(l *evaluator.Layer, a *Added, level string) string {
	what := "allow " + a.Action
	if a.Resource != "" {
		what += " on " + a.Resource
	}
	for _, name := range a.Principal {
		what += " to " + name
	}
	switch {
	case l.Reason == evaluator.SessionPolicyWasNotPassed:
		return "The credentials were asked for without a session policy; ask for them with one that does " + what + "."
	case l.Reason == evaluator.ResourcePolicyIsMissing && l.Kind == evaluator.Trust:
		return "There is no such role; its trust policy has to " + what + "."
	}
	name := layerName(l, level)
	return strings.ToUpper(name[:1]) + name[1:] + " must " + what + "; nothing in this layer does."
}
