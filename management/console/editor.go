package console

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
)

// finding is what Access Analyzer finds in a document, for the editor. Lines and columns
// are counted from 1.
type finding struct {
	Line      int32  `json:"line"`
	Column    int32  `json:"column"`
	EndLine   int32  `json:"endLine"`
	EndColumn int32  `json:"endColumn"`
	Severity  string `json:"severity"` // error, warning or info
	Code      string `json:"code"`
	Text      string `json:"text"`
}

// severities are the editor's words for the types of findings.
var severities = map[types.ValidatePolicyFindingType]string{
	types.ValidatePolicyFindingTypeError:           "error",
	types.ValidatePolicyFindingTypeSecurityWarning: "warning",
	types.ValidatePolicyFindingTypeWarning:         "warning",
	types.ValidatePolicyFindingTypeSuggestion:      "info",
}

// listFindings answers what ValidatePolicy finds in an identity-based policy, as who the
// browser acts as: the list is empty for whom it is denied.
func (q *request) listFindings() error {
	found := []finding{}
	out, err := q.analyzer().ValidatePolicy(q.ctx(), &accessanalyzer.ValidatePolicyInput{
		PolicyDocument: aws.String(q.r.PostForm.Get("document")), PolicyType: types.PolicyTypeIdentityPolicy,
	})
	if err != nil {
		if _, explained := q.explain(err); !explained {
			return err
		}
		out = &accessanalyzer.ValidatePolicyOutput{}
	}
	for _, f := range out.Findings {
		for _, at := range f.Locations {
			from, to := at.Span.Start, at.Span.End
			found = append(found, finding{
				Line: *from.Line, Column: *from.Column + 1, EndLine: *to.Line, EndColumn: *to.Column + 1,
				Severity: severities[f.FindingType], Code: aws.ToString(f.IssueCode), Text: aws.ToString(f.FindingDetails),
			})
		}
	}
	q.w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(q.w).Encode(found)
}
