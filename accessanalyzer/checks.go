package accessanalyzer

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/evaluator/compare"
)

// The messages and descriptions of the checks are those of the examples in AWS's models of
// the API and in the AWS CLI, except where it says otherwise.

// CheckNoNewAccess checks that a document grants nothing that another one does not grant.
// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html
//
// PASS is proved. FAIL names each statement of the new document that grants something new,
// and each of which the opposite cannot be proved.
func (s *Service) CheckNoNewAccess(
	ctx context.Context, in *accessanalyzer.CheckNoNewAccessInput,
) (*accessanalyzer.CheckNoNewAccessOutput, error) {
	kind := checkKinds[in.PolicyType]
	before, err := parse("existingPolicyDocument", in.ExistingPolicyDocument, kind)
	if err != nil {
		return nil, err
	}
	after, err := parse("newPolicyDocument", in.NewPolicyDocument, kind)
	if err != nil {
		return nil, err
	}
	grants, err := s.granted(ctx, "newPolicyDocument", func() ([]compare.Grant, error) { return compare.Compare(before, after, kind) })
	if err != nil {
		return nil, err
	}
	if len(grants) == 0 {
		return &accessanalyzer.CheckNoNewAccessOutput{
			Result:  types.CheckNoNewAccessResultPass,
			Message: aws.String("The modified permissions do not grant new access compared to your existing policy."), // text not confirmed
		}, nil
	}
	return &accessanalyzer.CheckNoNewAccessOutput{
		Result:  types.CheckNoNewAccessResultFail,
		Message: aws.String("The modified permissions grant new access compared to your existing policy."),
		Reasons: reasons(after, grants, "New access in the statement"),
	}, nil
}

// CheckAccessNotGranted checks that a document does not allow any of the actions on any of
// the resources.
// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckAccessNotGranted.html
//
// Actions and resources may have wildcards. Without actions all count, and without resources
// too; one of both must be there.
func (s *Service) CheckAccessNotGranted(
	ctx context.Context, in *accessanalyzer.CheckAccessNotGrantedInput,
) (*accessanalyzer.CheckAccessNotGrantedOutput, error) {
	access, err := accessOf(in.Access)
	if err != nil {
		return nil, err
	}
	kind := checkKinds[in.PolicyType]
	doc, err := parse("policyDocument", in.PolicyDocument, kind)
	if err != nil {
		return nil, err
	}
	grants, err := s.granted(ctx, "policyDocument", func() ([]compare.Grant, error) { return compare.Granted(doc, access, kind) })
	if err != nil {
		return nil, err
	}
	if len(grants) == 0 {
		return &accessanalyzer.CheckAccessNotGrantedOutput{
			Result:  types.CheckAccessNotGrantedResultPass,
			Message: aws.String("The policy document does not grant access to perform the listed actions or resources."),
		}, nil
	}
	return &accessanalyzer.CheckAccessNotGrantedOutput{
		Result:  types.CheckAccessNotGrantedResultFail,
		Message: aws.String("The policy document grants access to perform one or more of the listed actions or resources."),
		Reasons: reasons(doc, grants, "One or more of the listed actions or resources in the statement"),
	}, nil
}

// accessOf reads the access, of which the model admits one.
func accessOf(list []types.Access) (compare.Access, error) {
	var a compare.Access
	for _, one := range list {
		a.Actions, a.Resources = one.Actions, one.Resources
	}
	if len(a.Actions)+len(a.Resources) == 0 {
		return a, noAccess()
	}
	for _, action := range a.Actions {
		service, name, ok := strings.Cut(action, ":")
		if action != "*" && (!ok || service == "" || name == "") {
			return a, invalidAction(action)
		}
	}
	for _, resource := range a.Resources {
		if resource != "*" && !strings.HasPrefix(resource, "arn:") {
			return a, invalidResource(resource)
		}
	}
	return a, nil
}
