package iam

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// GetAccountAuthorizationDetails shows all users, groups, roles and policies of the
// account with what they allow, or only the kinds that Filter names. The pages lead
// through all of them, one kind after the other.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
//
// The answer always has the four lists. Rows differ from those of other calls: a user
// without inline policies has no UserPolicyList, roles have neither MaxSessionDuration
// nor description, policies neither description nor tags (recorded). Of AWS's policies
// only those in use are shown, with all their versions (recorded).
func (s *Service) GetAccountAuthorizationDetails(ctx context.Context,
	in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	filter := slices.Clone(in.Filter)
	slices.Sort(filter)
	p, err := newPage(fmt.Sprint("GetAccountAuthorizationDetails", slices.Compact(filter)), in.MaxItems, in.Marker)
	if err != nil {
		return nil, foreignDetailsMarker()
	}
	out := &iam.GetAccountAuthorizationDetailsOutput{
		Policies: []types.ManagedPolicyDetail{}, UserDetailList: []types.UserDetail{},
		RoleDetailList: []types.RoleDetail{}, GroupDetailList: []types.GroupDetail{},
	}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		d := details{service: s, tx: tx, account: s.in(account(ctx)), filter: filter, out: out}
		items, err := fill(p, d.all(p.after), func(i detail) persistence.Key { return i.position }, nil)
		if err != nil {
			return err
		}
		for _, i := range items {
			if err := i.show(); err != nil {
				return err
			}
		}
		return nil
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
}

// details fills the lists of an answer.
type details struct {
	service *Service
	tx      persistence.Tx
	account principal.Account
	filter  []types.EntityType
	out     *iam.GetAccountAuthorizationDetailsOutput
}

// A detail is one entity of any kind. Its position is the kind's number and the
// place within the kind.
type detail struct {
	position persistence.Key
	show     func() error
}

// all yields what comes after the position, kind by kind.
func (d *details) all(after persistence.Key) iter.Seq2[detail, error] {
	kinds := []struct {
		kind types.EntityType
		scan func(after persistence.Key) iter.Seq2[detail, error]
	}{
		{types.EntityTypeUser, d.users},
		{types.EntityTypeGroup, d.groups},
		{types.EntityTypeRole, d.roles},
		{types.EntityTypeLocalManagedPolicy, d.ownPolicies},
		{types.EntityTypeAWSManagedPolicy, d.awsPolicies},
	}
	return func(yield func(detail, error) bool) {
		for i, k := range kinds {
			number := fmt.Sprint(i)
			if len(d.filter) > 0 && !slices.Contains(d.filter, k.kind) || len(after) > 0 && number < after[0] {
				continue
			}
			var within persistence.Key
			if len(after) > 0 && number == after[0] {
				within = after[1:]
			}
			for item, err := range k.scan(within) {
				item.position = append(persistence.Key{number}, item.position...)
				if !yield(item, err) || err != nil {
					return
				}
			}
		}
	}
}

// each turns a scan into details.
func each[R any](scan iter.Seq2[*R, error], position func(*R) persistence.Key, show func(*R) error) iter.Seq2[detail, error] {
	return func(yield func(detail, error) bool) {
		for r, err := range scan {
			item := detail{}
			if err == nil {
				item = detail{position(r), func() error { return show(r) }}
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

func (d *details) users(after persistence.Key) iter.Seq2[detail, error] {
	return each(persistence.Users.Scan(d.tx, d.account.ID, nil, after), persistence.Users.Key, d.user)
}

func (d *details) user(u *persistence.User) error {
	row := types.UserDetail{
		Path: &u.Path, UserName: &u.Name, UserId: &u.ID, Arn: aws.String(userARN(d.account, u)), CreateDate: &u.CreateDate,
		GroupList: []string{}, Tags: tagsAlwaysOut(u.Tags), PermissionsBoundary: boundaryOut(u.Boundary),
	}
	groups, err := groupsOfUser(d.tx, d.account.ID, u.ID)
	for _, g := range groups {
		row.GroupList = append(row.GroupList, g.Name)
	}
	if err == nil {
		row.AttachedManagedPolicies, err = d.attached(u.ID)
	}
	if err == nil {
		row.UserPolicyList, err = d.inline(u.ID)
	}
	if len(row.UserPolicyList) == 0 {
		row.UserPolicyList = nil
	}
	d.out.UserDetailList = append(d.out.UserDetailList, row)
	return err
}

func (d *details) groups(after persistence.Key) iter.Seq2[detail, error] {
	return each(persistence.Groups.Scan(d.tx, d.account.ID, nil, after), persistence.Groups.Key, d.group)
}

func (d *details) group(g *persistence.Group) error {
	row := types.GroupDetail{
		Path: &g.Path, GroupName: &g.Name, GroupId: &g.ID, CreateDate: &g.CreateDate,
		Arn: aws.String(d.account.Entity("group", g.Path, g.Name)),
	}
	var err error
	if row.GroupPolicyList, err = d.inline(g.ID); err == nil {
		row.AttachedManagedPolicies, err = d.attached(g.ID)
	}
	d.out.GroupDetailList = append(d.out.GroupDetailList, row)
	return err
}

func (d *details) roles(after persistence.Key) iter.Seq2[detail, error] {
	return each(persistence.Roles.Scan(d.tx, d.account.ID, nil, after), persistence.Roles.Key, d.role)
}

func (d *details) role(r *persistence.Role) error {
	trust, err := shownTrust(d.tx, d.account, r.TrustPolicy)
	if err != nil {
		return err
	}
	base := roleRow(d.account, r, trust)
	row := types.RoleDetail{
		Path: base.Path, RoleName: base.RoleName, RoleId: base.RoleId, Arn: base.Arn, CreateDate: base.CreateDate,
		AssumeRolePolicyDocument: base.AssumeRolePolicyDocument,
		Tags:                     tagsAlwaysOut(r.Tags), PermissionsBoundary: boundaryOut(r.Boundary),
		RoleLastUsed: roleUseOut(d.service.roleUse(d.account.ID, r)),
	}
	if row.InstanceProfileList, err = d.profiles(r.ID); err == nil {
		row.RolePolicyList, err = d.inline(r.ID)
	}
	if err == nil {
		row.AttachedManagedPolicies, err = d.attached(r.ID)
	}
	d.out.RoleDetailList = append(d.out.RoleDetailList, row)
	return err
}

func (d *details) profiles(roleID string) ([]types.InstanceProfile, error) {
	var list []*persistence.InstanceProfile
	for p, err := range persistence.InstanceProfilesByRole.Scan(d.tx, d.account.ID, persistence.Key{roleID}, nil) {
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return instanceProfileRows(d.tx, d.account, list)
}

func (d *details) inline(entityID string) ([]types.PolicyDetail, error) {
	list := []types.PolicyDetail{}
	for p, err := range persistence.InlinePolicies.Scan(d.tx, d.account.ID, persistence.Key{entityID}, nil) {
		if err != nil {
			return nil, err
		}
		list = append(list, types.PolicyDetail{PolicyName: &p.Name, PolicyDocument: documentOut(p.Document)})
	}
	return list, nil
}

func (d *details) attached(entityID string) ([]types.AttachedPolicy, error) {
	list := []types.AttachedPolicy{}
	for a, err := range persistence.Attachments.Scan(d.tx, d.account.ID, persistence.Key{entityID}, nil) {
		if err != nil {
			return nil, err
		}
		list = append(list, types.AttachedPolicy{PolicyName: &a.PolicyName, PolicyArn: &a.PolicyARN})
	}
	return list, nil
}

func (d *details) ownPolicies(after persistence.Key) iter.Seq2[detail, error] {
	all := persistence.Policies.Scan(d.tx, d.account.ID, nil, after)
	return each(all, persistence.Policies.Key, func(p *persistence.Policy) error { return d.policy(customerPolicy(p)) })
}

// awsPolicies yields the policies of AWS that are attached in the account or are a boundary there.
func (d *details) awsPolicies(after persistence.Key) iter.Seq2[detail, error] {
	return func(yield func(detail, error) bool) {
		inUse, err := (&summary{tx: d.tx, account: d.account.ID}).managedInUse()
		if err != nil {
			yield(detail{}, err)
			return
		}
		for _, arn := range slices.Sorted(maps.Keys(inUse)) {
			p, ok := managed.Lookup(arn)
			if !ok || len(after) > 0 && arn <= after[0] {
				continue
			}
			if !yield(detail{persistence.Key{arn}, func() error { return d.policy(awsPolicy(p)) }}, nil) {
				return
			}
		}
	}
}

func (d *details) policy(p managedPolicy) error {
	use, err := countUse(d.tx, d.account.ID, p.arn)
	if err != nil {
		return err
	}
	versions, err := versionsOf(d.tx, d.account.ID, p)
	if err != nil {
		return err
	}
	row := types.ManagedPolicyDetail{
		PolicyName: &p.name, PolicyId: &p.id, Arn: &p.arn, Path: &p.path, DefaultVersionId: &p.defaultVersion,
		AttachmentCount: aws.Int32(int32(use.attached)), PermissionsBoundaryUsageCount: aws.Int32(int32(use.boundary)),
		IsAttachable: true, CreateDate: &p.created, UpdateDate: &p.updated, PolicyVersionList: []types.PolicyVersion{},
	}
	current, _ := versionNumber(p.defaultVersion)
	for _, v := range versions {
		document, err := versionDocument(d.tx, d.account.ID, p, v.number)
		if err != nil {
			return err
		}
		shown := versionOut(v, current)
		shown.Document = documentOut(document)
		row.PolicyVersionList = append(row.PolicyVersionList, *shown)
	}
	d.out.Policies = append(d.out.Policies, row)
	return nil
}

// versionDocument returns the document of a version that exists.
func versionDocument(tx persistence.Tx, account string, p managedPolicy, number int) (string, error) {
	if p.record == nil {
		document, ok := managed.Document(p.arn, versionID(number))
		if !ok {
			return "", fmt.Errorf("%w: %s has no version %d", persistence.ErrDamaged, p.arn, number)
		}
		return document, nil
	}
	v, err := persistence.PolicyVersions.Get(tx, account, p.id, persistence.VersionKey(number))
	if err != nil {
		return "", fmt.Errorf("iam: version %d of %s: %w", number, p.arn, err)
	}
	return v.Document, nil
}

// authorizationDetailRules are the permissions of the operation above, which has
// no resource.
func authorizationDetailRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.GetAccountAuthorizationDetailsInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:GetAccountAuthorizationDetails", Resource: "*"}}, nil
		}),
	}
}
