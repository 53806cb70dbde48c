package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// SimulateCustomPolicy decides actions by policies that are all in the request.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
//
// There is one result for each action. With ResourceArns it sums up the results for each
// resource: the most restrictive one is the action's.
func (s *Service) SimulateCustomPolicy(ctx context.Context, in *iam.SimulateCustomPolicyInput) (*iam.SimulateCustomPolicyOutput, error) {
	r, err := s.simulate(ctx, &simulationInput{
		operation: "SimulateCustomPolicy",
		actions:   in.ActionNames, resources: in.ResourceArns, option: in.ResourceHandlingOption,
		policies: in.PolicyInputList, boundaries: in.PermissionsBoundaryPolicyInputList,
		resourcePolicy: in.ResourcePolicy, resourceOwner: in.ResourceOwner,
		caller: in.CallerArn, context: in.ContextEntries, levels: in.OrderedOrganizationPolicyInputList,
		maxItems: in.MaxItems, marker: in.Marker,
	})
	if err != nil {
		return nil, err
	}
	return &iam.SimulateCustomPolicyOutput{EvaluationResults: r.results, IsTruncated: r.marker != nil, Marker: r.marker}, nil
}

// SimulatePrincipalPolicy decides actions by the policies of a user, group or
// role, those of a user's groups included, and by further ones in the request.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
//
// The policies are gathered as for enforcement. A permissions boundary in the request
// takes the place of the attached one. CallerArn makes another principal the caller,
// which then has the policies of the source.
func (s *Service) SimulatePrincipalPolicy(ctx context.Context,
	in *iam.SimulatePrincipalPolicyInput) (*iam.SimulatePrincipalPolicyOutput, error) {
	caller := in.CallerArn
	if caller == nil {
		caller = in.PolicySourceArn
	}
	r, err := s.simulate(ctx, &simulationInput{
		operation: "SimulatePrincipalPolicy", source: in.PolicySourceArn, exclusions: in.PolicyExclusionList,
		actions: in.ActionNames, resources: in.ResourceArns, option: in.ResourceHandlingOption,
		policies: in.PolicyInputList, boundaries: in.PermissionsBoundaryPolicyInputList,
		resourcePolicy: in.ResourcePolicy, resourceOwner: in.ResourceOwner,
		caller: caller, context: in.ContextEntries, maxItems: in.MaxItems, marker: in.Marker,
	})
	if err != nil {
		return nil, err
	}
	return &iam.SimulatePrincipalPolicyOutput{EvaluationResults: r.results, IsTruncated: r.marker != nil, Marker: r.marker}, nil
}

// A simulationInput is the input of either operation.
type simulationInput struct {
	operation  string
	source     *string                  // of SimulatePrincipalPolicy
	exclusions []types.PolicyIdentifier // of SimulatePrincipalPolicy
	levels     []types.OrderedOrganizationPolicyType

	actions, resources            []string
	option                        *string
	policies, boundaries          []string
	resourcePolicy, resourceOwner *string
	caller                        *string
	context                       []types.ContextEntry
	maxItems                      *int32
	marker                        *string
}

// A simulation is an input after reading, with the policies that count.
type simulation struct {
	service *Service
	in      *simulationInput
	caller  *principal.Caller // who calls the operation
	tx      persistence.Tx

	actor    actor // who is simulated
	entries  []contextValue
	policies evaluator.Policies // except Resource, which depends on the action
	resource *evaluator.Policy  // ResourcePolicy
	trust    *evaluator.Policy  // the same, as a role's trust policy
	owner    string             // account of ResourceOwner, or empty
	actions  []simulatedAction
	limit    limits
}

// simulated is the output of either operation.
type simulated struct {
	results []types.EvaluationResult
	marker  *string
}

// simulate reads the input, gathers the policies and decides, all on one view
// of the state.
func (s *Service) simulate(ctx context.Context, in *simulationInput) (out *simulated, err error) {
	m := &simulation{service: s, in: in, caller: principal.FromContext(ctx)}
	if err := m.read(); err != nil {
		return nil, err
	}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		m.tx = tx
		if err := m.gather(); err != nil {
			return err
		}
		out, err = m.run(ctx)
		return err
	})
	return out, err
}

// read reads the input, and checks all that does not depend on the state.
func (m *simulation) read() error {
	for _, step := range []func() error{
		m.readPage, m.readActions, m.readResources, m.readContext, m.readPolicies,
		m.readOrganization, m.readOwner, m.readActor, m.readResourcePolicy, m.checkExclusions,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// readPolicies compiles the documents of the request. Those of identities have no
// Principal; if one is there, it is ignored (recorded for GetContextKeys).
func (m *simulation) readPolicies() error {
	identity, err := compileList(m.in.policies, evaluator.Identity, identityInput)
	if err != nil {
		return err
	}
	m.policies.Identity = identity
	if len(m.in.boundaries) > 1 {
		return tooManyBoundaries()
	}
	boundary, err := compileList(m.in.boundaries, evaluator.Boundary, boundaryInput)
	if err != nil {
		return err
	}
	if len(boundary) > 0 {
		m.policies.Boundary = boundary[0]
	}
	return nil
}

// A policyList is an input that holds policy documents, with its names in answers and in
// errors, and the type that answers show for its policies.
type policyList struct{ name, title, kind string }

var (
	identityInput = policyList{"PolicyInputList", "Policy input list", "IAM Policy"}
	boundaryInput = policyList{
		"PermissionsBoundaryPolicyInputList", "Permissions boundary policy input list", "Permissions Boundary Policy",
	}
	scpInput = policyList{"ServiceControlPolicyInputList", "Service control policy input list", "Service Control Policy"}
)

func compileList(documents []string, kind evaluator.Kind, list policyList) ([]*evaluator.Policy, error) {
	policies := make([]*evaluator.Policy, 0, len(documents))
	for i, document := range documents {
		origin := evaluator.Origin{ID: numberedPolicy(list.name, i), Type: list.kind}
		p, err := evaluator.Compile(document, kind, origin)
		if err != nil {
			return nil, invalidPolicyItem(list.title, i+1)
		}
		policies = append(policies, p)
	}
	return policies, nil
}

// simulateRules are the permissions of the operations above, and of
// GetContextKeysForCustomPolicy and GetContextKeysForPrincipalPolicy.
func simulateRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.SimulateCustomPolicyInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:SimulateCustomPolicy", Resource: "*"}}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.SimulatePrincipalPolicyInput) ([]authz.Need, error) {
			return sourceNeeds(q, "iam:SimulatePrincipalPolicy", aws.ToString(in.PolicySourceArn))
		}),
		authz.For(func(*authz.Query, *iam.GetContextKeysForCustomPolicyInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:GetContextKeysForCustomPolicy", Resource: "*"}}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetContextKeysForPrincipalPolicyInput) ([]authz.Need, error) {
			return sourceNeeds(q, "iam:GetContextKeysForPrincipalPolicy", aws.ToString(in.PolicySourceArn))
		}),
	}
}

// sourceNeeds asks for action on the entity whose policies the operation looks at. If the
// account has no such entity, it asks for action on the ARN as it was passed. A denial
// shows the ARN.
func sourceNeeds(q *authz.Query, action, source string) ([]authz.Need, error) {
	need := authz.Need{Action: action, Resource: source}
	ref, ok := parseEntity(q.Partition, source)
	if !ok || ref.account != q.Account() {
		return []authz.Need{need}, nil
	}
	found, err := identityNeed(q, ref.kind, action, ref.name)
	if err != nil {
		return nil, err
	}
	found.Label = ""
	return []authz.Need{found}, nil
}
