package iam

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// CreateGroup makes a group without members or permissions.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html
//
// The name is unique in the account without regard to case.
func (s *Service) CreateGroup(ctx context.Context, in *iam.CreateGroupInput) (*iam.CreateGroupOutput, error) {
	id, err := s.newID(principal.GroupIDPrefix)
	if err != nil {
		return nil, err
	}
	g := &persistence.Group{Name: aws.ToString(in.GroupName), Path: pathOrRoot(in.Path), ID: id, CreateDate: s.now()}
	err = s.store.Update(ctx, func(tx persistence.Tx) error { return s.insertGroup(tx, account(ctx), g) })
	return answer(&iam.CreateGroupOutput{Group: groupOut(s.in(account(ctx)), g)}, err)
}

func (s *Service) insertGroup(tx persistence.Tx, account string, g *persistence.Group) error {
	if err := orTaken(persistence.Groups.Absent(tx, account, g.Name), groupExists, g.Name); err != nil {
		return err
	}
	if err := s.checkCount(tx, account, groupsQuota); err != nil {
		return err
	}
	return persistence.Groups.Put(tx, account, g)
}

// GetGroup describes a group and a page of its members, by name.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html
//
// The members have neither tags nor permissions boundary.
func (s *Service) GetGroup(ctx context.Context, in *iam.GetGroupInput) (*iam.GetGroupOutput, error) {
	out := &iam.GetGroupOutput{}
	asked := listing{"GetGroup/" + aws.ToString(in.GroupName), in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		g, err := findGroup(tx, account(ctx), aws.ToString(in.GroupName))
		if err != nil {
			return err
		}
		members, err := groupMembers(tx, account(ctx), g.ID)
		if err != nil {
			return err
		}
		out.Group = groupOut(s.in(account(ctx)), g)
		out.Users = memberRows(s.in(account(ctx)), pick(p, members, persistence.Users.Key))
		return nil
	}))
}

// groupMembers returns the users of a group by folded name. It reads all of them for each
// page, because memberships are stored by ID, so that renaming a user is cheap.
func groupMembers(tx persistence.Tx, account, groupID string) ([]*persistence.User, error) {
	var users []*persistence.User
	for m, err := range persistence.Memberships.Scan(tx, account, persistence.Key{groupID}, nil) {
		if err != nil {
			return nil, err
		}
		u, err := persistence.UsersByID.First(tx, account, m.UserID)
		if err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	slices.SortFunc(users, func(a, b *persistence.User) int {
		return persistence.CompareNames(a.Name, b.Name)
	})
	return users, nil
}

// memberRows are users as GetGroup shows them: unlike ListUsers, never with
// PasswordLastUsed.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html
func memberRows(account principal.Account, members []*persistence.User) []types.User {
	rows := make([]types.User, len(members))
	for i, u := range members {
		rows[i] = userRow(account, u)
		rows[i].PasswordLastUsed = nil
	}
	return rows
}

// ListGroups lists the groups whose path begins with PathPrefix, by name.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html
func (s *Service) ListGroups(ctx context.Context, in *iam.ListGroupsInput) (*iam.ListGroupsOutput, error) {
	out := &iam.ListGroupsOutput{}
	asked := listing{"ListGroups", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		all := persistence.Groups.Scan(tx, account(ctx), nil, p.after)
		groups, err := fill(p, all, persistence.Groups.Key, func(g *persistence.Group) bool {
			return strings.HasPrefix(g.Path, aws.ToString(in.PathPrefix))
		})
		out.Groups = groupRows(s.in(account(ctx)), groups)
		return err
	}))
}

// UpdateGroup changes a group's name or path. The group keeps its ID, members
// and policies; its ARN changes.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateGroup.html
func (s *Service) UpdateGroup(ctx context.Context, in *iam.UpdateGroupInput) (*iam.UpdateGroupOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		g, err := findGroup(tx, account(ctx), aws.ToString(in.GroupName))
		if err != nil {
			return err
		}
		return renameGroup(tx, account(ctx), g, in)
	})
	return answer(&iam.UpdateGroupOutput{}, err)
}

func renameGroup(tx persistence.Tx, account string, g *persistence.Group, in *iam.UpdateGroupInput) error {
	was := persistence.Groups.Key(g)
	if in.NewPath != nil {
		g.Path = *in.NewPath
	}
	if in.NewGroupName != nil {
		g.Name = *in.NewGroupName
	}
	return orTaken(persistence.Groups.Replace(tx, account, was, g), groupExists, g.Name)
}

// DeleteGroup removes a group that has neither policies nor members.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html
//
// Which of several conflicts AWS reports is not known; here it is the same as for
// DeleteUser.
func (s *Service) DeleteGroup(ctx context.Context, in *iam.DeleteGroupInput) (*iam.DeleteGroupOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		g, err := findGroup(tx, account(ctx), aws.ToString(in.GroupName))
		if err != nil {
			return err
		}
		err = firstConflict(
			conflict{func() (bool, error) { return persistence.Attachments.Any(tx, account(ctx), g.ID) }, mustDetachPolicies},
			conflict{func() (bool, error) { return persistence.InlinePolicies.Any(tx, account(ctx), g.ID) }, mustDeletePolicies},
			conflict{func() (bool, error) { return persistence.Memberships.Any(tx, account(ctx), g.ID) }, mustRemoveFromGroup},
		)
		if err != nil {
			return err
		}
		return persistence.Groups.Delete(tx, account(ctx), g.Name)
	})
	return answer(&iam.DeleteGroupOutput{}, err)
}

func findGroup(tx persistence.Tx, account, name string) (*persistence.Group, error) {
	g, err := persistence.Groups.Get(tx, account, name)
	return found(g, err, noSuchGroup, name)
}

func groupOut(account principal.Account, g *persistence.Group) *types.Group {
	return &types.Group{
		Path: &g.Path, GroupName: &g.Name, GroupId: &g.ID,
		Arn: aws.String(account.Entity("group", g.Path, g.Name)), CreateDate: &g.CreateDate,
	}
}

func groupRows(account principal.Account, groups []*persistence.Group) []types.Group {
	rows := make([]types.Group, len(groups))
	for i, g := range groups {
		rows[i] = *groupOut(account, g)
	}
	return rows
}

// groupRules are the permissions of the operations above.
func groupRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateGroupInput) ([]authz.Need, error) {
			arn := q.Own().Entity("group", pathOrRoot(in.Path), aws.ToString(in.GroupName))
			return []authz.Need{{Action: "iam:CreateGroup", Resource: arn}}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetGroupInput) ([]authz.Need, error) {
			return identityNeeds(q, groupKind, "iam:GetGroup", in.GroupName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListGroupsInput) ([]authz.Need, error) {
			return []authz.Need{listNeed(q, "iam:ListGroups", "group", in.PathPrefix)}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateGroupInput) ([]authz.Need, error) {
			return renameNeeds(q, groupKind, "iam:UpdateGroup", rename{in.GroupName, in.NewGroupName, in.NewPath})
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteGroupInput) ([]authz.Need, error) {
			return identityNeeds(q, groupKind, "iam:DeleteGroup", in.GroupName)
		}),
	}
}
