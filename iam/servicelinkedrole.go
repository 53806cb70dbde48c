package iam

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/uuid"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// maxRoleName is the maximum length of the name of a role.
const maxRoleName = 64

// CreateServiceLinkedRole makes the role that a service has for itself, with the
// service's policy attached. The service chooses its name; a few services let the caller
// add a suffix.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
//
// Such roles count as roles, but are made even if the account has reached the quota of roles, up to 5,000 above it (our
// limit). The answer has the trust policy as the service wrote it, and no description (recorded).
func (s *Service) CreateServiceLinkedRole(ctx context.Context,
	in *iam.CreateServiceLinkedRoleInput) (*iam.CreateServiceLinkedRoleOutput, error) {
	linked, name, err := serviceLinkedRole(s.partition, in)
	if err != nil {
		return nil, err
	}
	written := `{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":["` +
		linked.Service + `"]}}]}`
	trust, err := evaluator.NormalizeTrust(written)
	if err != nil {
		return nil, err
	}
	r, err := s.newRole(name, linked.Path())
	if err != nil {
		return nil, err
	}
	r.TrustPolicy, r.Description = trust, aws.ToString(in.Description)
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		if err := insertServiceLinkedRole(tx, account(ctx), r, linked.PolicyARN); err != nil {
			return err
		}
		return s.checkServiceLinkedRoles(tx, account(ctx))
	})
	if err != nil {
		return nil, err
	}
	out := roleRow(s.in(account(ctx)), r, written)
	return &iam.CreateServiceLinkedRoleOutput{Role: &out}, nil
}

// serviceLinkedRole returns the role of the service that a request names, and the name
// that the role would have.
func serviceLinkedRole(p principal.Partition, in *iam.CreateServiceLinkedRoleInput) (managed.ServiceLinkedRole, string, error) {
	service := aws.ToString(in.AWSServiceName)
	linked, ok := managed.ServiceLinkedRoleOf(p, service)
	switch {
	case !ok:
		return linked, "", noSuchServiceLinkedRole(service)
	case in.CustomSuffix == nil:
		return linked, linked.Name, nil
	case !linked.CustomSuffix:
		return linked, "", noCustomSuffix(service)
	}
	name := linked.Name + "_" + *in.CustomSuffix
	if len(name) > maxRoleName {
		return linked, "", serviceLinkedRoleTooLong(maxRoleName)
	}
	return linked, name, nil
}

func insertServiceLinkedRole(tx persistence.Tx, account string, r *persistence.Role, policyARN string) error {
	if err := orTaken(persistence.Roles.Absent(tx, account, r.Name), serviceLinkedRoleExists, r.Name); err != nil {
		return err
	}
	if policyARN != "" {
		p, err := findManagedPolicy(tx, account, policyARN)
		if err != nil {
			return err
		}
		err = persistence.Attachments.Put(tx, account, &persistence.Attachment{EntityID: r.ID, PolicyARN: p.arn, PolicyName: p.name})
		if err != nil {
			return err
		}
	}
	return persistence.Roles.Put(tx, account, r)
}

// DeleteServiceLinkedRole removes a service-linked role and returns the ID of the task
// that does it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html
//
// AWS asks the service whether it still uses the role, which takes seconds. Here there is
// no service, and the role is deleted at once. Until an answer has said that the task
// succeeded, it counts as running: deleting the role again returns the same task.
func (s *Service) DeleteServiceLinkedRole(ctx context.Context,
	in *iam.DeleteServiceLinkedRoleInput) (*iam.DeleteServiceLinkedRoleOutput, error) {
	id, err := uuid.NewRandomFromReader(s.random)
	if err != nil {
		return nil, err
	}
	out := &iam.DeleteServiceLinkedRoleOutput{}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		name := aws.ToString(in.RoleName)
		r, err := persistence.Roles.Get(tx, account(ctx), name)
		if errors.Is(err, persistence.ErrNotFound) {
			out.DeletionTaskId, err = runningDeletion(tx, account(ctx), name)
		}
		if err != nil || r == nil {
			return err
		}
		if !strings.HasPrefix(r.Path, principal.ServiceRoles) {
			return notServiceLinkedRole(r.Name)
		}
		task := &persistence.DeletionTask{ID: "task" + r.Path + r.Name + "/" + id.String(), RoleName: r.Name, Ordered: s.clock().UTC()}
		out.DeletionTaskId = &task.ID
		return s.removeServiceLinkedRole(tx, account(ctx), r, task)
	})
	return answer(out, err)
}

// runningDeletion returns the ID of the task that deletes the role of that name.
func runningDeletion(tx persistence.Tx, account, name string) (*string, error) {
	t, err := persistence.DeletionTasksByRole.First(tx, account, name)
	if err != nil {
		return nil, orMissing(err, noSuchRole(name))
	}
	return &t.ID, nil
}

func (s *Service) removeServiceLinkedRole(tx persistence.Tx, account string, r *persistence.Role, task *persistence.DeletionTask) error {
	for a, err := range persistence.Attachments.Scan(tx, account, persistence.Key{r.ID}, nil) {
		if err != nil {
			return err
		}
		if err := persistence.Attachments.Delete(tx, account, a.EntityID, a.PolicyName, a.PolicyARN); err != nil {
			return err
		}
	}
	if err := persistence.RemoveAccesses(tx, account, r.ID); err != nil {
		return err
	}
	if err := persistence.Roles.Delete(tx, account, r.Name); err != nil {
		return err
	}
	if err := endDeletions(tx, account, r.Name); err != nil {
		return err
	}
	return s.keepDeletionTask(tx, account, task)
}

// endDeletions ends the tasks of earlier roles of that name: only the deletion of the
// last one is running.
func endDeletions(tx persistence.Tx, account, name string) error {
	for t, err := range persistence.DeletionTasksByRole.Scan(tx, account, persistence.Key{name}, nil) {
		if err != nil {
			return err
		}
		t.Told = true
		if err := persistence.DeletionTasks.Put(tx, account, t); err != nil {
			return err
		}
	}
	return nil
}

// deletionTaskID matches the IDs of deletion tasks; its groups are the service and the
// role.
var deletionTaskID = regexp.MustCompile(`^task/aws-service-role/([^/]+)/([^/]+)/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// GetServiceLinkedRoleDeletionStatus says whether a deletion is in progress or has
// succeeded.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLinkedRoleDeletionStatus.html
func (s *Service) GetServiceLinkedRoleDeletionStatus(ctx context.Context,
	in *iam.GetServiceLinkedRoleDeletionStatusInput) (*iam.GetServiceLinkedRoleDeletionStatusOutput, error) {
	id := aws.ToString(in.DeletionTaskId)
	if !deletionTaskID.MatchString(id) {
		return nil, malformedDeletionTask()
	}
	out := &iam.GetServiceLinkedRoleDeletionStatusOutput{Status: types.DeletionTaskStatusTypeSucceeded}
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		t, err := persistence.DeletionTasks.Get(tx, account(ctx), id)
		if errors.Is(err, persistence.ErrNotFound) {
			return noSuchDeletionTask()
		}
		if err != nil || t.Told {
			return err
		}
		if t.Told = s.ready(t.Ordered, t.Asked); !t.Told {
			t.Asked, out.Status = true, types.DeletionTaskStatusTypeInProgress
		}
		return persistence.DeletionTasks.Put(tx, account(ctx), t)
	})
	return answer(out, err)
}

// serviceLinkedRoleRules are the permissions of the operations above.
func serviceLinkedRoleRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateServiceLinkedRoleInput) ([]authz.Need, error) {
			_, name, err := serviceLinkedRole(q.Partition, in)
			if err != nil { // the operation refuses it, if the caller may make such roles
				name = "*"
			}
			return []authz.Need{{
				Action:   "iam:CreateServiceLinkedRole",
				Resource: q.Own().Entity("role", principal.ServiceRoles+aws.ToString(in.AWSServiceName)+"/", name),
				Keys:     []authz.Key{authz.String("iam:AWSServiceName", aws.ToString(in.AWSServiceName))},
			}}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteServiceLinkedRoleInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:DeleteServiceLinkedRole", in.RoleName)
		}),
		authz.For(func(q *authz.Query, in *iam.GetServiceLinkedRoleDeletionStatusInput) ([]authz.Need, error) {
			return []authz.Need{deletionStatusNeed(q, aws.ToString(in.DeletionTaskId))}, nil
		}),
	}
}

// deletionStatusNeed asks for action on the role that the ID of a task names.
func deletionStatusNeed(q *authz.Query, id string) authz.Need {
	need := authz.Need{Action: "iam:GetServiceLinkedRoleDeletionStatus", Resource: "*"}
	if m := deletionTaskID.FindStringSubmatch(id); m != nil {
		need.Resource = q.Own().Entity("role", principal.ServiceRoles+m[1]+"/", m[2])
	}
	return need
}
