package iam

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// AddUserToGroup makes a user a member of a group. For a member it changes nothing and succeeds.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html
func (s *Service) AddUserToGroup(ctx context.Context, in *iam.AddUserToGroupInput) (*iam.AddUserToGroupOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		m, err := membership(tx, account(ctx), in.UserName, in.GroupName)
		if err != nil {
			return err
		}
		return s.insertMembership(tx, account(ctx), m)
	})
	return answer(&iam.AddUserToGroupOutput{}, err)
}

func (s *Service) insertMembership(tx persistence.Tx, account string, m *persistence.Membership) error {
	member, err := persistence.Memberships.Has(tx, account, m.GroupID, m.UserID)
	if err != nil || member {
		return err
	}
	n, err := persistence.MembershipsByUser.Count(tx, account, m.UserID)
	if err != nil {
		return err
	}
	if n >= s.quotas.GroupsPerUser {
		return overQuota("GroupsPerUser", s.quotas.GroupsPerUser)
	}
	return persistence.Memberships.Put(tx, account, m)
}

// RemoveUserFromGroup ends a membership. It succeeds too if there was none, as at AWS.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html
func (s *Service) RemoveUserFromGroup(ctx context.Context, in *iam.RemoveUserFromGroupInput) (*iam.RemoveUserFromGroupOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		m, err := membership(tx, account(ctx), in.UserName, in.GroupName)
		if err != nil {
			return err
		}
		member, err := persistence.Memberships.Has(tx, account(ctx), m.GroupID, m.UserID)
		if err != nil || !member {
			return err
		}
		return persistence.Memberships.Delete(tx, account(ctx), m.GroupID, m.UserID)
	})
	return answer(&iam.RemoveUserFromGroupOutput{}, err)
}

// membership makes the record of a user in a group, whether or not it is stored. If both
// names are unknown, AWS reports the user's (recorded).
func membership(tx persistence.Tx, account string, user, group *string) (*persistence.Membership, error) {
	u, err := findUser(tx, account, aws.ToString(user))
	if err != nil {
		return nil, err
	}
	g, err := findGroup(tx, account, aws.ToString(group))
	if err != nil {
		return nil, err
	}
	return &persistence.Membership{GroupID: g.ID, UserID: u.ID}, nil
}

// ListGroupsForUser lists the groups that a user is in, by name.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html
func (s *Service) ListGroupsForUser(ctx context.Context, in *iam.ListGroupsForUserInput) (*iam.ListGroupsForUserOutput, error) {
	out := &iam.ListGroupsForUserOutput{}
	asked := listing{"ListGroupsForUser/" + aws.ToString(in.UserName), in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		u, err := findUser(tx, account(ctx), aws.ToString(in.UserName))
		if err != nil {
			return err
		}
		groups, err := groupsOfUser(tx, account(ctx), u.ID)
		out.Groups = groupRows(s.in(account(ctx)), pick(p, groups, persistence.Groups.Key))
		return err
	}))
}

// groupsOfUser are the groups that a user is in, by folded name.
func groupsOfUser(tx persistence.Tx, account, userID string) ([]*persistence.Group, error) {
	var groups []*persistence.Group
	for m, err := range persistence.MembershipsByUser.Scan(tx, account, persistence.Key{userID}, nil) {
		if err != nil {
			return nil, err
		}
		g, err := persistence.GroupsByID.First(tx, account, m.GroupID)
		if err != nil {
			return nil, err
		}
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b *persistence.Group) int {
		return persistence.CompareNames(a.Name, b.Name)
	})
	return groups, nil
}

// membershipRules are the permissions of the operations above: a membership
// belongs to the group.
func membershipRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.AddUserToGroupInput) ([]authz.Need, error) {
			return identityNeeds(q, groupKind, "iam:AddUserToGroup", in.GroupName)
		}),
		authz.For(func(q *authz.Query, in *iam.RemoveUserFromGroupInput) ([]authz.Need, error) {
			return identityNeeds(q, groupKind, "iam:RemoveUserFromGroup", in.GroupName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListGroupsForUserInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:ListGroupsForUser", in.UserName)
		}),
	}
}
