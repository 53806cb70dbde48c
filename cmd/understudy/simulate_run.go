package main

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// Limits of one call that simulates.
const (
	partActions  = 1000 // AWS's limit for a page
	partRequests = 2000 // actions times resources, which takes a moment
)

// simulateFunc makes one call for an input, whose answer is one page.
type simulateFunc func(context.Context, *iam.SimulateCustomPolicyInput) ([]types.EvaluationResult, error)

// inParts simulates part after part of the actions, so that a large question shows
// progress and ends soon when it is interrupted.
func inParts(ctx context.Context, in *iam.SimulateCustomPolicyInput, simulate simulateFunc) (all []types.EvaluationResult, err error) {
	p := newProgress()
	defer p.clear()
	part := *in
	for actions := range slices.Chunk(in.ActionNames, max(1, min(partActions, partRequests/max(1, len(in.ResourceArns))))) {
		part.ActionNames, part.MaxItems = actions, aws.Int32(int32(len(actions)))
		results, err := simulate(ctx, &part)
		if err != nil {
			return nil, err
		}
		if all = append(all, results...); len(all) < len(in.ActionNames) {
			p.show("simulated %d of %d actions", len(all), len(in.ActionNames))
		}
	}
	return all, nil
}

// simulate calls the simulator of this process.
func (s simulator) simulate(ctx context.Context, in *iam.SimulateCustomPolicyInput) ([]types.EvaluationResult, error) {
	out, err := s.SimulateCustomPolicy(ctx, in)
	if err != nil {
		if refused := refusal(err); refused != nil {
			return nil, refused
		}
		return nil, err
	}
	return out.EvaluationResults, nil
}

// simulate asks the server about the principal.
func (p *simulatedPrincipal) simulate(ctx context.Context, in *iam.SimulateCustomPolicyInput) ([]types.EvaluationResult, error) {
	out, err := p.client.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: &p.arn, ActionNames: in.ActionNames, ResourceArns: in.ResourceArns, ContextEntries: in.ContextEntries,
		PolicyInputList: in.PolicyInputList, PermissionsBoundaryPolicyInputList: in.PermissionsBoundaryPolicyInputList,
		ResourcePolicy: in.ResourcePolicy, ResourceOwner: in.ResourceOwner, CallerArn: in.CallerArn, MaxItems: in.MaxItems,
	})
	if err != nil {
		return nil, spoken(err)
	}
	return out.EvaluationResults, nil
}
