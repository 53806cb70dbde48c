package accessanalyzer

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
)

// checkKinds are the kinds of policies that can be checked, by AWS's names.
var checkKinds = map[types.AccessCheckPolicyType]evaluator.Kind{
	types.AccessCheckPolicyTypeIdentityPolicy: evaluator.Identity,
	types.AccessCheckPolicyTypeResourcePolicy: evaluator.Resource,
}

// parse reads the document of a parameter, which must be one that AWS would store. The
// policy of a role counts as one of a resource: its Principal may be *, as in AWS's examples.
func parse(member string, document *string, kind evaluator.Kind) (*evaluator.Document, error) {
	src := aws.ToString(document)
	doc, err := evaluator.Parse(src)
	if err == nil {
		if kind == evaluator.Trust {
			kind = evaluator.Resource
		}
		err = evaluator.Validate(src, kind)
	}
	if err != nil {
		return nil, invalidDocument(member, err)
	}
	return doc, nil
}

// granted looks for grants in the document of a parameter when its turn comes. A
// comparison takes a processor, and megabytes if the documents are large: there are as
// many at once as there are processors. The wait ends when the caller goes away.
func (s *Service) granted(ctx context.Context, member string, look func() ([]compare.Grant, error)) ([]compare.Grant, error) {
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	grants, err := look()
	if err != nil {
		return nil, invalidDocument(member, err)
	}
	return grants, nil
}

// reasons are the statements that grant something, in their order, each once; nil if there
// are none. What is said of a statement begins with the sentence.
func reasons(doc *evaluator.Document, grants []compare.Grant, sentence string) []types.ReasonSummary {
	var list []types.ReasonSummary
	seen := map[int]bool{}
	for i := range grants {
		index := grants[i].Statement
		if seen[index] {
			continue
		}
		seen[index] = true
		r := types.ReasonSummary{StatementIndex: aws.Int32(int32(index))}
		if sid := doc.Statements[index].Sid; sid != "" {
			r.StatementId, r.Description = &sid, aws.String(sentence+" with sid: "+sid+".")
		} else {
			r.Description = aws.String(sentence + " with index: " + strconv.Itoa(index) + ".")
		}
		list = append(list, r)
	}
	return list
}
