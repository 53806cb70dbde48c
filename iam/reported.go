package iam

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// A reported is the user, group, role or policy that a report is about.
type reported struct {
	identity identity
	policy   managedPolicy // if identity.kind is nil
}

// findReported finds the subject of a report by its ARN. The path does not count, not
// even a policy's; AWS does so (recorded). unsupported makes the error for other ARNs of
// IAM.
func (s *Service) findReported(ctx context.Context, tx persistence.Tx, arn string, unsupported func(string) error) (*reported, error) {
	parts, ok := principal.ParseARN(arn)
	switch {
	case !ok:
		return nil, malformedARN(arn)
	case !s.partition.Is(parts):
		return nil, foreignPartition()
	case parts.Service != "iam":
		return nil, foreignService()
	}
	noun, _, name := parts.Entity()
	switch kind := identityKinds[noun]; {
	case noun == "policy" && managed.Is(arn):
	case parts.AccountID != account(ctx):
		return nil, foreignEntity(principal.FromContext(ctx).ARN, arn)
	case kind != nil && name != "":
		i, err := kind.find(tx, account(ctx), name)
		if errors.Is(err, persistence.ErrNotFound) {
			return nil, noSuchARN(arn)
		}
		return &reported{identity: i}, err
	case noun != "policy" || name == "":
		return nil, unsupported(arn)
	}
	p, err := reportedPolicy(tx, account(ctx), arn, name)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, noSuchARN(arn)
	}
	return &reported{policy: p}, err
}

func reportedPolicy(tx persistence.Tx, account, arn, name string) (managedPolicy, error) {
	if managed.Is(arn) {
		return findManagedPolicy(tx, account, arn)
	}
	p, err := persistence.Policies.Get(tx, account, name)
	if err != nil {
		return managedPolicy{}, err
	}
	return customerPolicy(p), nil
}

// reportNeeds asks for action on the subject of a report, by its own ARN and with its
// tags, since findReported finds it by other paths and in other case too. If it does not
// exist, the resource is the ARN that was passed.
func reportNeeds(q *authz.Query, action string, arn *string) ([]authz.Need, error) {
	// The owner is the caller's account, since the operation itself refuses a subject of another account.
	need := authz.Need{Action: action, Resource: aws.ToString(arn), Owner: q.Account()}
	parts, _ := principal.ParseARN(need.Resource)
	if parts.AccountID != q.Account() {
		return []authz.Need{need}, nil // AWS's own policies have no tags
	}
	noun, _, name := parts.Entity()
	if noun == "policy" {
		p, err := persistence.Policies.Get(q.Tx, q.Account(), name)
		if err == nil {
			need.Resource, need.Tags = p.ARN, p.Tags
		}
		return []authz.Need{need}, unlessAbsent(err)
	}
	kind := identityKinds[noun]
	if kind == nil {
		return []authz.Need{need}, nil
	}
	i, err := kind.find(q.Tx, q.Account(), name)
	if err == nil {
		need.Resource, need.Tags = i.ARN(q.Partition), i.Tags
	}
	return []authz.Need{need}, unlessAbsent(err)
}

// reach returns what the identity's policies allow, or the policy alone.
func (r *reported) reach(tx persistence.Tx, account string) (*reach, error) {
	if r.identity.kind == nil {
		held, err := managedReach(tx, account, r.policy)
		if err != nil {
			return nil, err
		}
		return newReach(held.document), nil
	}
	held, err := heldPolicies(tx, r.identity)
	documents := make([]*evaluator.Document, len(held))
	for i, p := range held {
		documents[i] = p.document
	}
	return newReach(documents...), err
}

// entities returns the users and roles whose accesses a report counts: the user or role
// itself, a group's members, or all that have the policy, through groups too.
func (r *reported) entities(tx persistence.Tx, account principal.Account) ([]persistence.JobEntity, error) {
	var list []persistence.JobEntity
	var err error
	switch kind := r.identity.kind; kind {
	case nil:
		list, err = policyHolders(tx, account, r.policy.arn)
	case groupKind:
		list, err = members(tx, account, r.identity.ID)
	default:
		i := r.identity
		list = []persistence.JobEntity{{ID: i.ID, ARN: i.ARN(account.Partition), Name: i.Name, Path: i.Path, Role: kind == roleKind}}
	}
	slices.SortFunc(list, func(a, b persistence.JobEntity) int { return strings.Compare(a.ARN, b.ARN) })
	return slices.CompactFunc(list, func(a, b persistence.JobEntity) bool { return a.ID == b.ID }), err
}

func members(tx persistence.Tx, account principal.Account, groupID string) ([]persistence.JobEntity, error) {
	var list []persistence.JobEntity
	for m, err := range persistence.Memberships.Scan(tx, account.ID, persistence.Key{groupID}, nil) {
		if err != nil {
			return nil, err
		}
		u, err := persistence.UsersByID.First(tx, account.ID, m.UserID)
		if err != nil {
			return nil, err
		}
		list = append(list, userEntity(account, u))
	}
	return list, nil
}

func userEntity(account principal.Account, u *persistence.User) persistence.JobEntity {
	return persistence.JobEntity{ID: u.ID, ARN: userARN(account, u), Name: u.Name, Path: u.Path}
}

func policyHolders(tx persistence.Tx, account principal.Account, arn string) ([]persistence.JobEntity, error) {
	var list []persistence.JobEntity
	for a, err := range persistence.AttachmentsByPolicy.Scan(tx, account.ID, persistence.Key{arn}, nil) {
		if err != nil {
			return nil, err
		}
		more, err := holdersOf(tx, account, a.EntityID)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// holdersOf returns the users and roles that an ID means: a group's members, or the
// user or role itself.
func holdersOf(tx persistence.Tx, account principal.Account, id string) ([]persistence.JobEntity, error) {
	switch {
	case strings.HasPrefix(id, principal.GroupIDPrefix):
		return members(tx, account, id)
	case strings.HasPrefix(id, principal.RoleIDPrefix):
		r, err := persistence.RolesByID.First(tx, account.ID, id)
		if err != nil {
			return nil, err
		}
		arn := account.Entity("role", r.Path, r.Name)
		return []persistence.JobEntity{{ID: r.ID, ARN: arn, Name: r.Name, Path: r.Path, Role: true}}, nil
	}
	u, err := persistence.UsersByID.First(tx, account.ID, id)
	if err != nil {
		return nil, err
	}
	return []persistence.JobEntity{userEntity(account, u)}, nil
}
