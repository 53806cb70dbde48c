package lint

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// kind is the kind that was given, or else the one that the document seems to be.
func (o Options) kind(d *document) evaluator.Kind {
	if o.Kind != evaluator.NoKind {
		return o.Kind
	}
	if o.ResourceType == TrustPolicy {
		return evaluator.Trust
	}
	if o.ResourceType != "" {
		return evaluator.Resource
	}
	return d.guess()
}

// Guess returns the kind that a document seems to be. Documents with a principal are
// trust policies, if all their actions assume roles and no resource is named, and else
// resource-based policies. Documents without one are identity-based policies, and trust
// policies if they would be with one.
func Guess(src string) evaluator.Kind {
	root, err := evaluator.ParseTree(src)
	if err != nil {
		return evaluator.Identity
	}
	l := &linter{src: src, names: newNames(), seen: make(map[mark]bool)}
	l.read(root)
	return l.doc.guess()
}

func (d *document) guess() evaluator.Kind {
	if d == nil || len(d.statements) == 0 {
		return evaluator.Identity
	}
	trust, principals := true, false
	for _, s := range d.statements {
		principals = principals || s.has("Principal") || s.has("NotPrincipal")
		trust = trust && s.trusts()
	}
	switch {
	case trust:
		return evaluator.Trust
	case principals:
		return evaluator.Resource
	}
	return evaluator.Identity
}

// trusts reports whether the statement looks like one of a trust policy.
func (s *statement) trusts() bool {
	for _, a := range s.actions {
		name := strings.ToLower(a.text)
		if !strings.HasPrefix(name, "sts:assumerole") && name != "sts:tagsession" && name != "sts:setsourceidentity" &&
			name != "sts:setcontext" {
			return false
		}
	}
	return len(s.actions) > 0 && !s.has("Resource") && !s.has("NotResource")
}
