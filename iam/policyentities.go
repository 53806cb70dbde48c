package iam

import (
	"context"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// ListEntitiesForPolicy lists the users, groups and roles of the account that
// a managed policy is attached to or that have it as permissions boundary.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
//
// An entity that uses the policy in both ways is listed once. PathPrefix limits the list
// by the entities' paths. EntityFilter has values for kinds of policies too, with which
// the answer is empty (recorded).
func (s *Service) ListEntitiesForPolicy(ctx context.Context, in *iam.ListEntitiesForPolicyInput) (*iam.ListEntitiesForPolicyOutput, error) {
	arn := aws.ToString(in.PolicyArn)
	if err := s.checkPolicyARN(arn); err != nil {
		return nil, err
	}
	out := emptyEntities()
	asked := listing{"ListEntitiesForPolicy " + arn, in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		_, err := findManagedPolicy(tx, account(ctx), arn)
		if err != nil {
			return orMissing(err, notAttachable(arn))
		}
		u := policyUsers{tx, account(ctx), arn, in.PolicyUsageFilter}
		page, err := fill(p, u.from(p.after), policyUserPosition, func(e policyUser) bool { return wantsEntity(in, e) })
		for _, e := range page {
			addEntity(out, e)
		}
		return err
	}))
}

func emptyEntities() *iam.ListEntitiesForPolicyOutput {
	return &iam.ListEntitiesForPolicyOutput{
		PolicyGroups: []types.PolicyGroup{}, PolicyUsers: []types.PolicyUser{}, PolicyRoles: []types.PolicyRole{},
	}
}

func addEntity(out *iam.ListEntitiesForPolicyOutput, e policyUser) {
	switch e.kind {
	case userKind:
		out.PolicyUsers = append(out.PolicyUsers, types.PolicyUser{UserName: &e.Name, UserId: &e.ID})
	case groupKind:
		out.PolicyGroups = append(out.PolicyGroups, types.PolicyGroup{GroupName: &e.Name, GroupId: &e.ID})
	case roleKind:
		out.PolicyRoles = append(out.PolicyRoles, types.PolicyRole{RoleName: &e.Name, RoleId: &e.ID})
	}
}

func wantsEntity(in *iam.ListEntitiesForPolicyInput, e policyUser) bool {
	if in.EntityFilter != "" && !strings.EqualFold(string(in.EntityFilter), e.kind.noun) {
		return false
	}
	return strings.HasPrefix(e.Path, aws.ToString(in.PathPrefix))
}

// A policyUser is an identity that uses a policy, and its place in the list.
type policyUser struct {
	identity
	position persistence.Key
}

func policyUserPosition(e policyUser) persistence.Key { return e.position }

// policyUsers are the identities that use a policy in the ways that usage asks
// for; all if it is empty. Positions begin with the number of the index that they belong to.
type policyUsers struct {
	tx      persistence.Tx
	account string
	arn     string
	usage   types.PolicyUsageType
}

const (
	inAttachments    = "1"
	inUserBoundaries = "2"
	inRoleBoundaries = "3"
)

// from yields the identities after the position: first those with the policy attached,
// then users and then roles that have it only as boundary.
func (u policyUsers) from(after persistence.Key) iter.Seq2[policyUser, error] {
	part, rest := inAttachments, persistence.Key(nil)
	if len(after) > 0 {
		part, rest = after[0], after[1:]
	}
	return func(yield func(policyUser, error) bool) {
		for _, source := range []struct {
			part string
			seq  func(persistence.Key) iter.Seq2[policyUser, error]
		}{{inAttachments, u.attached}, {inUserBoundaries, u.users}, {inRoleBoundaries, u.roles}} {
			if source.part < part {
				continue
			}
			for e, err := range source.seq(rest) {
				if !yield(e, err) || err != nil {
					return
				}
			}
			rest = nil
		}
	}
}

func (u policyUsers) attached(after persistence.Key) iter.Seq2[policyUser, error] {
	return func(yield func(policyUser, error) bool) {
		if u.usage == types.PolicyUsageTypePermissionsBoundary {
			return
		}
		for a, err := range persistence.AttachmentsByPolicy.Scan(u.tx, u.account, persistence.Key{u.arn}, after) {
			var i identity
			if err == nil {
				i, err = identityByID(u.tx, u.account, a.EntityID)
			}
			var position persistence.Key
			if err == nil {
				position = append(persistence.Key{inAttachments, a.PolicyARN, a.EntityID}, persistence.Attachments.Key(a)...)
			}
			if !yield(policyUser{i, position}, err) || err != nil {
				return
			}
		}
	}
}

func (u policyUsers) users(after persistence.Key) iter.Seq2[policyUser, error] {
	scan := persistence.UsersByBoundary.Scan(u.tx, u.account, persistence.Key{u.arn}, after)
	return bounded(u, scan, func(r *persistence.User) policyUser {
		return policyUser{
			newIdentity(authz.UserHolder(u.account, r)),
			append(persistence.Key{inUserBoundaries, u.arn}, persistence.Users.Key(r)...),
		}
	})
}

func (u policyUsers) roles(after persistence.Key) iter.Seq2[policyUser, error] {
	scan := persistence.RolesByBoundary.Scan(u.tx, u.account, persistence.Key{u.arn}, after)
	return bounded(u, scan, func(r *persistence.Role) policyUser {
		return policyUser{
			newIdentity(authz.RoleHolder(u.account, r)),
			append(persistence.Key{inRoleBoundaries, u.arn}, persistence.Roles.Key(r)...),
		}
	})
}

// bounded passes the users or roles of the scan to yieldBounded.
func bounded[R any](u policyUsers, scan iter.Seq2[*R, error], use func(*R) policyUser) iter.Seq2[policyUser, error] {
	return func(yield func(policyUser, error) bool) {
		for r, err := range scan {
			if err != nil {
				yield(policyUser{}, err)
				return
			}
			if !u.yieldBounded(use(r), yield) {
				return
			}
		}
	}
}

// yieldBounded yields an identity that has the policy as boundary, unless attached yields
// the identity too. It reports whether to go on.
func (u policyUsers) yieldBounded(e policyUser, yield func(policyUser, error) bool) bool {
	if u.usage == types.PolicyUsageTypePermissionsPolicy {
		return false
	}
	if u.usage == "" {
		both, err := persistence.AttachmentsByPolicy.Any(u.tx, u.account, u.arn, e.ID)
		if err != nil {
			yield(policyUser{}, err)
			return false
		}
		if both {
			return true
		}
	}
	return yield(e, nil)
}

// identityByID finds a user, group or role by its unique ID.
func identityByID(tx persistence.Tx, account, id string) (identity, error) {
	h, err := authz.HolderByID(tx, account, id)
	return newIdentity(h), err
}
