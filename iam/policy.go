package iam

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// A managedPolicy is a policy of the customer or of AWS, for the operations that work on
// both.
type managedPolicy struct {
	name, path, arn, id, description string
	defaultVersion                   string // "v1"
	created, updated                 time.Time
	tags                             []persistence.Tag
	record                           *persistence.Policy // nil if it is AWS's
	reserved                         bool                // only AWS can attach it
}

func customerPolicy(p *persistence.Policy) managedPolicy {
	return managedPolicy{
		name: p.Name, path: p.Path, arn: p.ARN, id: p.ID, description: p.Description,
		defaultVersion: versionID(p.DefaultVersion), created: p.CreateDate, updated: p.UpdateDate,
		tags: p.Tags, record: p,
	}
}

func awsPolicy(p managed.Policy) managedPolicy {
	return managedPolicy{
		name: p.Name, path: p.Path, arn: p.ARN, id: p.ID, description: p.Description,
		defaultVersion: p.DefaultVersionID, created: p.CreateDate, updated: p.UpdateDate,
		reserved: p.Reserved(),
	}
}

// CreatePolicy makes a customer managed policy with its first version, v1.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
//
// The name is unique in the account without regard to case and path. The
// answer leaves out the description.
func (s *Service) CreatePolicy(ctx context.Context, in *iam.CreatePolicyInput) (*iam.CreatePolicyOutput, error) {
	tags, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	if err := s.checkManagedDocument(aws.ToString(in.PolicyDocument)); err != nil {
		return nil, err
	}
	id, err := s.newID(principal.PolicyIDPrefix)
	if err != nil {
		return nil, err
	}
	p := &persistence.Policy{
		Name: aws.ToString(in.PolicyName), Path: pathOrRoot(in.Path), ID: id, Description: aws.ToString(in.Description),
		CreateDate: s.now(), Tags: tags,
	}
	p.ARN, p.UpdateDate = s.in(account(ctx)).Entity("policy", p.Path, p.Name), p.CreateDate
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		p := *p
		if err := s.checkNewPolicy(tx, account(ctx), p.Name); err != nil {
			return err
		}
		return putPolicyVersion(tx, account(ctx), &p, newVersion{aws.ToString(in.PolicyDocument), p.CreateDate, true})
	})
	if err != nil {
		return nil, err
	}
	p.DefaultVersion = 1
	out := policyRow(customerPolicy(p), policyUse{})
	out.Tags = tagsOut(tags)
	return &iam.CreatePolicyOutput{Policy: &out}, nil
}

// checkManagedDocument refuses a document that cannot be a version of a managed policy.
func (s *Service) checkManagedDocument(document string) error {
	if err := documentFault(evaluator.Validation{
		Partition: s.partition.String(), Managed: true,
	}.Validate(document, evaluator.Identity)); err != nil {
		return err
	}
	if evaluator.Size(document) > s.quotas.PolicySize {
		return overQuota("PolicySize", s.quotas.PolicySize)
	}
	return nil
}

func (s *Service) checkNewPolicy(tx persistence.Tx, account, name string) error {
	if err := orTaken(persistence.Policies.Absent(tx, account, name), policyExists, name); err != nil {
		return err
	}
	return s.checkCount(tx, account, policiesQuota)
}

// GetPolicy describes a managed policy of the account or of AWS.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
//
// Tags are in the answer even when there are none.
func (s *Service) GetPolicy(ctx context.Context, in *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
	arn := aws.ToString(in.PolicyArn)
	if err := s.checkPolicyARN(arn); err != nil {
		return nil, err
	}
	out := &iam.GetPolicyOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		p, err := findManagedPolicy(tx, account(ctx), arn)
		if err != nil {
			return orMissing(err, policyNotGot(arn))
		}
		use, err := countUse(tx, account(ctx), arn)
		row := policyRow(p, use)
		row.Tags = tagsAlwaysOut(p.tags)
		if p.description != "" {
			row.Description = &p.description
		}
		out.Policy = &row
		return err
	})
	return answer(out, err)
}

// policyNotGot is the refusal of GetPolicy. AWS has one text for a missing AWS
// managed policy and another for one of the customer (recorded).
func policyNotGot(arn string) error {
	if managed.Is(arn) {
		return noSuchPolicy(arn)
	}
	return notAttachable(arn)
}

// DeletePolicy removes a customer managed policy that is used nowhere and has
// no version left but the default one.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
func (s *Service) DeletePolicy(ctx context.Context, in *iam.DeletePolicyInput) (*iam.DeletePolicyOutput, error) {
	arn := aws.ToString(in.PolicyArn)
	if err := s.checkOwnPolicy(arn, account(ctx), "delete policies"); err != nil {
		return nil, err
	}
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := findPolicy(tx, account(ctx), arn)
		if err != nil {
			return orMissing(err, noSuchPolicy(arn))
		}
		return deletePolicy(tx, account(ctx), p)
	})
	return answer(&iam.DeletePolicyOutput{}, err)
}

func deletePolicy(tx persistence.Tx, account string, p *persistence.Policy) error {
	for _, used := range []func() (bool, error){
		func() (bool, error) { return persistence.AttachmentsByPolicy.Any(tx, account, p.ARN) },
		func() (bool, error) { return persistence.UsersByBoundary.Any(tx, account, p.ARN) },
		func() (bool, error) { return persistence.RolesByBoundary.Any(tx, account, p.ARN) },
	} {
		found, err := used()
		if err != nil {
			return err
		}
		if found {
			return policyAttached()
		}
	}
	for v, err := range persistence.PolicyVersions.Scan(tx, account, persistence.Key{p.ID}, nil) {
		if err != nil {
			return err
		}
		if v.Number != p.DefaultVersion {
			return policyHasVersions()
		}
	}
	err := persistence.PolicyVersions.Delete(tx, account, p.ID, persistence.VersionKey(p.DefaultVersion))
	if err != nil {
		return fmt.Errorf("default version of %s: %w", p.ARN, err)
	}
	return persistence.Policies.Delete(tx, account, p.Name)
}

// checkPolicyARN refuses a string that is not the ARN of a managed policy.
func (s *Service) checkPolicyARN(arn string) error {
	parts, ok := principal.ParseARN(arn)
	switch {
	case !ok:
		return malformedARN(arn)
	case !s.partition.Is(parts):
		return foreignPartition()
	case parts.Service != "iam":
		return foreignService()
	case parts.Region != "", !strings.HasPrefix(parts.Resource, "policy/"):
		return notPolicyARN(arn)
	}
	return nil
}

// checkOwnPolicy refuses an ARN that is not a policy of the account. what names
// the change in AWS's text.
func (s *Service) checkOwnPolicy(arn, account, what string) error {
	if err := s.checkPolicyARN(arn); err != nil {
		return err
	}
	if parts, _ := principal.ParseARN(arn); parts.AccountID != account {
		return notOwned(what)
	}
	return nil
}

// findPolicy finds a customer managed policy of the account by its ARN, the path
// included.
func findPolicy(tx persistence.Tx, account, arn string) (*persistence.Policy, error) {
	name := principal.Name(arn)
	p, err := persistence.Policies.Get(tx, account, name)
	if err != nil {
		return nil, err
	}
	if p.ARN != arn {
		return nil, persistence.ErrNotFound
	}
	return p, nil
}

// findManagedPolicy finds a policy of the account or of AWS.
func findManagedPolicy(tx persistence.Tx, account, arn string) (managedPolicy, error) {
	if managed.Is(arn) {
		p, ok := managed.Lookup(arn)
		if !ok {
			return managedPolicy{}, persistence.ErrNotFound
		}
		return awsPolicy(p), nil
	}
	p, err := findPolicy(tx, account, arn)
	if err != nil {
		return managedPolicy{}, err
	}
	return customerPolicy(p), nil
}

// A policyUse counts where a policy is used in an account.
type policyUse struct {
	attached int // to users, groups and roles
	boundary int // of users and roles
}

func countUse(tx persistence.Tx, account, arn string) (policyUse, error) {
	attached, err1 := persistence.AttachmentsByPolicy.Count(tx, account, arn)
	users, err2 := persistence.UsersByBoundary.Count(tx, account, arn)
	roles, err3 := persistence.RolesByBoundary.Count(tx, account, arn)
	return policyUse{attached, users + roles}, errors.Join(err1, err2, err3)
}

// policyRow is a policy as lists show it. IsAttachable is true even for policies that
// only AWS can attach (recorded).
func policyRow(p managedPolicy, use policyUse) types.Policy {
	return types.Policy{
		PolicyName: &p.name, PolicyId: &p.id, Arn: &p.arn, Path: &p.path, DefaultVersionId: &p.defaultVersion,
		AttachmentCount: aws.Int32(int32(use.attached)), PermissionsBoundaryUsageCount: aws.Int32(int32(use.boundary)),
		IsAttachable: true, CreateDate: &p.created, UpdateDate: &p.updated,
	}
}

// policyRules are the permissions of the operations on policies.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
func policyRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreatePolicyInput) ([]authz.Need, error) {
			arn := q.Own().Entity("policy", pathOrRoot(in.Path), aws.ToString(in.PolicyName))
			needs := createNeeds("iam:CreatePolicy", "iam:TagPolicy", arn, in.Tags, nil)
			for i := range needs {
				needs[i].Label = "policy " + aws.ToString(in.PolicyName) // also of iam:TagPolicy (seen in denials)
			}
			return needs, nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetPolicyInput) ([]authz.Need, error) {
			return policyNeeds(q, "iam:GetPolicy", in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.ListPoliciesInput) ([]authz.Need, error) {
			need := listNeed(q, "iam:ListPolicies", "policy", in.PathPrefix)
			need.Label = "policy path " + pathOrRoot(in.PathPrefix)
			return []authz.Need{need}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.DeletePolicyInput) ([]authz.Need, error) {
			return policyNeeds(q, "iam:DeletePolicy", in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.ListEntitiesForPolicyInput) ([]authz.Need, error) {
			return policyNeeds(q, "iam:ListEntitiesForPolicy", in.PolicyArn)
		}),
	}
}

// policyNeeds is the permission for an operation on a managed policy.
func policyNeeds(q *authz.Query, action string, arn *string) ([]authz.Need, error) {
	need, err := policyNeed(q, action, aws.ToString(arn))
	return []authz.Need{need}, err
}
