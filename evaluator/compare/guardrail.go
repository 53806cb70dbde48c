package compare

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
)

// FullAccess is the Statement of a grant that no statement of the new document makes: see
// Compare.
const FullAccess = -1

// beside is a document as it counts. An SCP or RCP that allows nothing is attached beside AWS's
// FullAWSAccess or RCPFullAWSAccess, without which nothing would be allowed, whatever it says.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func beside(doc *evaluator.Document, kind evaluator.Kind) *evaluator.Document {
	allows := func(s evaluator.Statement) bool { return s.Effect == evaluator.Allow }
	if kind != evaluator.SCP && kind != evaluator.RCP || slices.ContainsFunc(doc.Statements, allows) {
		return doc
	}
	all := everything().Document().Statements[0]
	all.Index = len(doc.Statements)
	with := *doc
	with.Statements = append(slices.Clone(doc.Statements), all)
	return &with
}

// notOf marks the grants of the statement that beside has added to the document.
func notOf(doc *evaluator.Document, grants []Grant) []Grant {
	for i := range grants {
		if grants[i].Statement == len(doc.Statements) {
			grants[i].Statement = FullAccess
		}
	}
	return grants
}
