package iam

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/persistence"
)

// CreatePolicyVersion adds a version to a customer managed policy.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html
//
// Numbers are never used again. The default version stays as it is unless
// SetAsDefault is true; UpdateDate moves in either case (recorded).
func (s *Service) CreatePolicyVersion(ctx context.Context, in *iam.CreatePolicyVersionInput) (*iam.CreatePolicyVersionOutput, error) {
	arn := aws.ToString(in.PolicyArn)
	if err := s.checkOwnPolicy(arn, account(ctx), "create versions for policies"); err != nil {
		return nil, err
	}
	if err := s.checkManagedDocument(aws.ToString(in.PolicyDocument)); err != nil {
		return nil, err
	}
	v := newVersion{aws.ToString(in.PolicyDocument), s.now(), in.SetAsDefault}
	out := &iam.CreatePolicyVersionOutput{}
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := findPolicy(tx, account(ctx), arn)
		if err != nil {
			return orMissing(err, notAttachable(arn))
		}
		if err := s.checkRoomForVersion(tx, account(ctx), p); err != nil {
			return err
		}
		if err := putPolicyVersion(tx, account(ctx), p, v); err != nil {
			return err
		}
		out.PolicyVersion = versionOut(policyVersion{p.LastVersion, v.date}, p.DefaultVersion)
		return nil
	})
	return answer(out, err)
}

// A newVersion describes a version of a policy that is to be made.
type newVersion struct {
	document  string
	date      time.Time
	asDefault bool
}

// putPolicyVersion stores the next version of the policy, and the policy.
func putPolicyVersion(tx persistence.Tx, account string, p *persistence.Policy, v newVersion) error {
	p.LastVersion++
	p.UpdateDate = v.date
	if v.asDefault {
		p.DefaultVersion = p.LastVersion
	}
	record := &persistence.PolicyVersion{PolicyID: p.ID, Number: p.LastVersion, Document: v.document, CreateDate: v.date}
	if err := persistence.PolicyVersions.Put(tx, account, record); err != nil {
		return err
	}
	return persistence.Policies.Put(tx, account, p)
}

func (s *Service) checkRoomForVersion(tx persistence.Tx, account string, p *persistence.Policy) error {
	n := 0
	for _, err := range persistence.PolicyVersions.Scan(tx, account, persistence.Key{p.ID}, nil) {
		if err != nil {
			return err
		}
		n++
	}
	if n >= s.quotas.VersionsPerPolicy {
		return tooManyVersions(s.quotas.VersionsPerPolicy)
	}
	return nil
}

// GetPolicyVersion returns one version of a managed policy with its document.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
func (s *Service) GetPolicyVersion(ctx context.Context, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
	arn, id := aws.ToString(in.PolicyArn), aws.ToString(in.VersionId)
	if err := s.checkPolicyARN(arn); err != nil {
		return nil, err
	}
	out := &iam.GetPolicyVersionOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		version, document, err := findVersion(tx, account(ctx), arn, id)
		if err != nil {
			return orMissing(err, noSuchPolicyVersion(arn, id))
		}
		version.Document = documentOut(document)
		out.PolicyVersion = version
		return nil
	})
	return answer(out, err)
}

// findVersion finds a version of a policy of the account or of AWS.
func findVersion(tx persistence.Tx, account, arn, id string) (*types.PolicyVersion, string, error) {
	p, err := findManagedPolicy(tx, account, arn)
	if err != nil {
		return nil, "", err
	}
	number, ok := versionNumber(id)
	if !ok {
		return nil, "", persistence.ErrNotFound
	}
	if p.record != nil {
		v, err := persistence.PolicyVersions.Get(tx, account, p.id, persistence.VersionKey(number))
		if err != nil {
			return nil, "", err
		}
		return versionOut(policyVersion{v.Number, v.CreateDate}, p.record.DefaultVersion), v.Document, nil
	}
	document, ok := managed.Document(arn, id)
	if !ok {
		return nil, "", persistence.ErrNotFound
	}
	latest, _ := versionNumber(p.defaultVersion)
	for _, v := range awsVersions(arn) {
		if v.number == number {
			return versionOut(v, latest), document, nil
		}
	}
	return nil, "", persistence.ErrNotFound
}

// ListPolicyVersions lists the versions of a managed policy, newest first,
// without their documents.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html
func (s *Service) ListPolicyVersions(ctx context.Context, in *iam.ListPolicyVersionsInput) (*iam.ListPolicyVersionsOutput, error) {
	arn := aws.ToString(in.PolicyArn)
	if err := s.checkPolicyARN(arn); err != nil {
		return nil, err
	}
	out := &iam.ListPolicyVersionsOutput{}
	asked := listing{"ListPolicyVersions " + arn, in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		policy, err := findManagedPolicy(tx, account(ctx), arn)
		if err != nil {
			return orMissing(err, notAttachable(arn))
		}
		versions, err := versionsOf(tx, account(ctx), policy)
		if err != nil {
			return err
		}
		page, err := fill(p, versionsAfter(versions, p.after), versionPosition, nil)
		current, _ := versionNumber(policy.defaultVersion)
		out.Versions = make([]types.PolicyVersion, len(page))
		for i, v := range page {
			out.Versions[i] = *versionOut(v, current)
		}
		return err
	}))
}

// SetDefaultPolicyVersion makes a version the default one, which counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html
func (s *Service) SetDefaultPolicyVersion(ctx context.Context,
	in *iam.SetDefaultPolicyVersionInput) (*iam.SetDefaultPolicyVersionOutput, error) {
	arn, id := aws.ToString(in.PolicyArn), aws.ToString(in.VersionId)
	if err := s.checkOwnPolicy(arn, account(ctx), "update policies"); err != nil {
		return nil, err
	}
	err := s.updateVersion(ctx, arn, id, func(tx persistence.Tx, p *persistence.Policy, number int) error {
		p.DefaultVersion = number
		return persistence.Policies.Put(tx, account(ctx), p)
	})
	return answer(&iam.SetDefaultPolicyVersionOutput{}, err)
}

// DeletePolicyVersion removes a version that is not the default one.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html
func (s *Service) DeletePolicyVersion(ctx context.Context, in *iam.DeletePolicyVersionInput) (*iam.DeletePolicyVersionOutput, error) {
	arn, id := aws.ToString(in.PolicyArn), aws.ToString(in.VersionId)
	if err := s.checkOwnPolicy(arn, account(ctx), "delete policy versions for policies"); err != nil {
		return nil, err
	}
	err := s.updateVersion(ctx, arn, id, func(tx persistence.Tx, p *persistence.Policy, number int) error {
		if number == p.DefaultVersion {
			return versionIsDefault()
		}
		return persistence.PolicyVersions.Delete(tx, account(ctx), p.ID, persistence.VersionKey(number))
	})
	return answer(&iam.DeletePolicyVersionOutput{}, err)
}

// updateVersion runs f in a transaction, on a version that exists.
func (s *Service) updateVersion(ctx context.Context, arn, id string, f func(persistence.Tx, *persistence.Policy, int) error) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := findPolicy(tx, account(ctx), arn)
		if err != nil {
			return orMissing(err, noSuchPolicyVersion(arn, id))
		}
		number, ok := versionNumber(id)
		if ok {
			ok, err = persistence.PolicyVersions.Has(tx, account(ctx), p.ID, persistence.VersionKey(number))
		}
		if err != nil {
			return err
		}
		if !ok {
			return noSuchPolicyVersion(arn, id)
		}
		return f(tx, p, number)
	})
}

// A policyVersion is a version as lists show it.
type policyVersion struct {
	number int
	date   time.Time
}

// versionsOf are the versions of a policy, newest first.
func versionsOf(tx persistence.Tx, account string, p managedPolicy) ([]policyVersion, error) {
	if p.record == nil {
		return awsVersions(p.arn), nil
	}
	var list []policyVersion
	for v, err := range persistence.PolicyVersions.Scan(tx, account, persistence.Key{p.id}, nil) {
		if err != nil {
			return nil, err
		}
		list = append(list, policyVersion{v.Number, v.CreateDate})
	}
	slices.Reverse(list)
	return list, nil
}

func awsVersions(arn string) []policyVersion {
	var list []policyVersion
	for _, v := range managed.Versions(arn) {
		if number, ok := versionNumber(v.ID); ok {
			list = append(list, policyVersion{number, v.CreateDate})
		}
	}
	return list
}

// versionsAfter yields the versions that are older than the one at the position.
func versionsAfter(list []policyVersion, after persistence.Key) iter.Seq2[policyVersion, error] {
	return func(yield func(policyVersion, error) bool) {
		for _, v := range list {
			if after != nil && persistence.VersionKey(v.number) >= after[0] {
				continue
			}
			if !yield(v, nil) {
				return
			}
		}
	}
}

func versionPosition(v policyVersion) persistence.Key {
	return persistence.Key{persistence.VersionKey(v.number)}
}

// versionOut is a version without its document.
func versionOut(v policyVersion, current int) *types.PolicyVersion {
	return &types.PolicyVersion{
		VersionId: aws.String(versionID(v.number)), IsDefaultVersion: v.number == current, CreateDate: aws.Time(v.date),
	}
}

func versionID(number int) string { return "v" + strconv.Itoa(number) }

// versionNumber reads a version ID. The pattern of the API allows a suffix after a dot,
// which no version has.
func versionNumber(id string) (int, bool) {
	digits, ok := strings.CutPrefix(id, "v")
	if !ok {
		return 0, false
	}
	number, err := strconv.Atoi(digits)
	return number, err == nil && versionID(number) == id && number < 1e9
}

// policyVersionRules are the permissions of the operations above.
func policyVersionRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreatePolicyVersionInput) ([]authz.Need, error) {
			return policyNeeds(q, "iam:CreatePolicyVersion", in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.GetPolicyVersionInput) ([]authz.Need, error) {
			need, err := policyNeed(q, "iam:GetPolicyVersion", aws.ToString(in.PolicyArn))
			need.Label += " version " + aws.ToString(in.VersionId) // seen in a denial, GSA/datagov-ssb #166
			return []authz.Need{need}, err
		}),
		authz.For(func(q *authz.Query, in *iam.ListPolicyVersionsInput) ([]authz.Need, error) {
			return policyNeeds(q, "iam:ListPolicyVersions", in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.SetDefaultPolicyVersionInput) ([]authz.Need, error) {
			return policyNeeds(q, "iam:SetDefaultPolicyVersion", in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.DeletePolicyVersionInput) ([]authz.Need, error) {
			return policyNeeds(q, "iam:DeletePolicyVersion", in.PolicyArn)
		}),
	}
}
