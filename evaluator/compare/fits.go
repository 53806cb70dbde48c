package compare

import "github.com/understudy-iam/understudy/evaluator"

// Fits says where a document is not a policy of the kind, as a *evaluator.SyntaxError: each
// statement of a resource-based policy, a trust policy or an RCP has principals, and none of the
// other kinds does. AWS would not store the other one. Compared all the same, a statement
// without principals is about nobody, and nothing new would be found in it.
func Fits(doc *evaluator.Document, kind evaluator.Kind) error {
	for i := range doc.Statements {
		s := &doc.Statements[i]
		has := s.Principals != nil || s.NotPrincipals != nil
		switch kind {
		case evaluator.Resource, evaluator.Trust, evaluator.RCP:
			if !has {
				return &evaluator.SyntaxError{At: s.Start, Message: "the statement has no Principal, which each statement of " +
					kindName(kind) + " needs"}
			}
		case evaluator.Identity, evaluator.Boundary, evaluator.Session, evaluator.SCP:
			if has {
				return &evaluator.SyntaxError{At: s.Start, Message: "the statement has a Principal, which no statement of " +
					kindName(kind) + " has"}
			}
		}
	}
	return nil
}

func kindName(kind evaluator.Kind) string {
	switch kind {
	case evaluator.Resource:
		return "a resource-based policy"
	case evaluator.Trust:
		return "a trust policy"
	case evaluator.Boundary:
		return "a permissions boundary"
	case evaluator.Session:
		return "a session policy"
	case evaluator.SCP:
		return "an SCP"
	case evaluator.RCP:
		return "an RCP"
	}
	return "an identity-based policy"
}
