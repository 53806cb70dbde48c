package iam

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
)

// kept is how much an account keeps of what callers can make as much of as they
// like. AWS does not say how much it keeps. docs/limits.md has the numbers.
type kept struct {
	accessJobs, organizationJobs, deletionTasks, delegationRequests persistence.Bound

	serviceLinkedRoles int // above the quota of roles, which does not bound them
	serviceAliases     int
}

var usuallyKept = kept{
	accessJobs:         persistence.Bound{Records: 10_000, Bytes: 256 << 20}, // one of all actions of an administrator has 640 kB
	organizationJobs:   persistence.Bound{Records: 1000, Bytes: 64 << 20},
	deletionTasks:      persistence.Bound{Records: 10_000, Bytes: 16 << 20},
	delegationRequests: persistence.Bound{Records: 1000, Bytes: 16 << 20},
	serviceLinkedRoles: 5000,
	serviceAliases:     10_000,
}

// accessJobLife is how long a report on access can be read: our choice, AWS
// does not say.
const accessJobLife = 7 * 24 * time.Hour

func (s *Service) keepAccessJob(tx persistence.Tx, account string, j *persistence.AccessJob) error {
	_, err := persistence.AccessJobs.MakeRoom(tx, account, s.kept.accessJobs, persistence.Fate[persistence.AccessJob]{
		Old: func(old *persistence.AccessJob) bool { return j.Created.Sub(old.Created) >= accessJobLife },
	})
	if err != nil {
		return err
	}
	return persistence.AccessJobs.Add(tx, account, j)
}

func (s *Service) keepOrganizationJob(tx persistence.Tx, management string, j *persistence.OrganizationJob) error {
	_, err := persistence.OrganizationJobs.MakeRoom(tx, management, s.kept.organizationJobs, persistence.Fate[persistence.OrganizationJob]{
		Old: func(old *persistence.OrganizationJob) bool { return j.Created.Sub(old.Created) >= accessJobLife },
	})
	if err != nil {
		return err
	}
	return persistence.OrganizationJobs.Add(tx, management, j)
}

func (s *Service) keepDeletionTask(tx persistence.Tx, account string, t *persistence.DeletionTask) error {
	if _, err := persistence.DeletionTasks.MakeRoom(tx, account, s.kept.deletionTasks, persistence.Fate[persistence.DeletionTask]{}); err != nil {
		return err
	}
	return persistence.DeletionTasks.Add(tx, account, t)
}

// keepDelegationRequest drops requests from which nothing can come any more, and no
// others.
func (s *Service) keepDelegationRequest(tx persistence.Tx, r *persistence.DelegationRequest) error {
	now := s.now()
	room, err := persistence.DelegationRequests.MakeRoom(tx, r.Requestor, s.kept.delegationRequests, persistence.Fate[persistence.DelegationRequest]{
		Keep: func(old *persistence.DelegationRequest) bool { return !isOver(old, now) },
		Drop: func(old *persistence.DelegationRequest) error {
			if old.OwnerAccount == "" {
				return nil
			}
			return unlessAbsent(persistence.OwnedDelegations.Delete(tx, old.OwnerAccount, old.ID))
		},
	})
	if err != nil {
		return err
	}
	if !room {
		return overQuota("DelegationRequestsPerAccount", s.kept.delegationRequests.Records) // the name is not confirmed
	}
	return persistence.DelegationRequests.Add(tx, r.Requestor, r)
}

// isOver reports whether nothing can come of a request any more: it was refused, has
// expired, or its token cannot be traded any longer.
func isOver(r *persistence.DelegationRequest, now time.Time) bool {
	switch state, since, _ := delegationState(r, now); state {
	case types.StateTypeRejected, types.StateTypeExpired:
		return true
	case types.StateTypeFinalized:
		return !now.Before(since.Add(time.Duration(r.SessionDuration) * time.Second))
	}
	return false
}

// checkServiceLinkedRoles bounds the roles of services, which AWS's quota does not.
func (s *Service) checkServiceLinkedRoles(tx persistence.Tx, account string) error {
	n, err := persistence.Roles.Count(tx, account)
	if err != nil {
		return err
	}
	limit, err := s.limit(tx, account, rolesQuota, n)
	if err != nil || n <= limit+s.kept.serviceLinkedRoles {
		return err
	}
	return overQuota("RolesPerAccount", limit+s.kept.serviceLinkedRoles)
}
