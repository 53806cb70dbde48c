package accessanalyzer

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// maxResults is how many findings a page has at most, which AWS does not document: as many
// as a document can have.
const maxResults = lint.MaxFindings

// kinds are the kinds of policies, by AWS's names.
var kinds = map[types.PolicyType]evaluator.Kind{
	types.PolicyTypeIdentityPolicy:        evaluator.Identity,
	types.PolicyTypeResourcePolicy:        evaluator.Resource,
	types.PolicyTypeServiceControlPolicy:  evaluator.SCP,
	types.PolicyTypeResourceControlPolicy: evaluator.RCP,
}

// ValidatePolicy finds what is wrong with a policy document.
// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
//
// The findings are those that AWS has checks for, in the order of the document, each with
// one location. A document that AWS does not store has a finding of the type ERROR. Only a
// resource policy can be validated for a resource type. Findings are in English, whatever the
// locale.
func (s *Service) ValidatePolicy(_ context.Context, in *accessanalyzer.ValidatePolicyInput) (*accessanalyzer.ValidatePolicyOutput, error) {
	document := aws.ToString(in.PolicyDocument)
	if in.ValidatePolicyResourceType != "" && in.PolicyType != types.PolicyTypeResourcePolicy {
		return nil, invalidInput()
	}
	size := maxResults
	if in.MaxResults != nil {
		size = int(*in.MaxResults)
	}
	if size < 1 || size > maxResults {
		return nil, invalidMaxResults()
	}
	mark := markOf(document, string(in.PolicyType), string(in.ValidatePolicyResourceType), string(in.Locale))
	from, err := readToken(in.NextToken, mark)
	if err != nil {
		return nil, err
	}
	found := findings(document, options(document, in))
	out := &accessanalyzer.ValidatePolicyOutput{Findings: []types.ValidatePolicyFinding{}}
	page := found[min(from, len(found)):min(from+size, len(found))]
	places := newPlaces(document)
	for i := range page {
		out.Findings = append(out.Findings, places.describe(&page[i]))
	}
	if from+size < len(found) {
		out.NextToken = aws.String(newToken(from+size, mark))
	}
	return out, nil
}

// options say what the document is. The policy of a role is a resource policy too; without
// a resource type it is known by its actions.
func options(document string, in *accessanalyzer.ValidatePolicyInput) lint.Options {
	o := lint.Options{Kind: kinds[in.PolicyType], ResourceType: string(in.ValidatePolicyResourceType)}
	unknown := o.Kind == evaluator.Resource && o.ResourceType == ""
	if o.ResourceType == lint.TrustPolicy || unknown && lint.Guess(document) == evaluator.Trust {
		o.Kind = evaluator.Trust
	}
	return o
}

// findings are those of the checks that AWS has. That a document would not be stored is said
// too, where no check of AWS's says why.
func findings(document string, o lint.Options) []lint.Finding {
	return slices.DeleteFunc(lint.Lint(document, o), func(f lint.Finding) bool {
		return f.Code.Own() && f.Code != lint.Refused
	})
}

// describe is a finding as AWS answers it.
func (p *places) describe(f *lint.Finding) types.ValidatePolicyFinding {
	check, _ := lint.Find(f.Code)
	return types.ValidatePolicyFinding{
		FindingType: types.ValidatePolicyFindingType(f.Type), IssueCode: aws.String(string(f.Code)), FindingDetails: &f.Message,
		LearnMoreLink: aws.String(check.Link()), Locations: []types.Location{p.location(f.Span)},
	}
}
