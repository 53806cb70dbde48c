package iam

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
)

// kept holds how much an account keeps of records whose number AWS does not limit. AWS
// does not say how much it keeps. docs/limits.md has the numbers.
type kept struct {
	accessJobs, organizationJobs, deletionTasks, delegationRequests, delegationTemplates persistence.Bound

	serviceLinkedRoles int // above the quota of roles, which does not limit them
	serviceAliases     int
}

var usuallyKept = kept{
	accessJobs:          persistence.Bound{Records: 10_000, Bytes: 256 << 20}, // a report on all actions of an administrator has 640 kB
	organizationJobs:    persistence.Bound{Records: 1000, Bytes: 64 << 20},
	deletionTasks:       persistence.Bound{Records: 10_000, Bytes: 16 << 20},
	delegationRequests:  persistence.Bound{Records: 1000, Bytes: 16 << 20},
	delegationTemplates: persistence.Bound{Records: 1000, Bytes: 16 << 20},
	serviceLinkedRoles:  5000,
	serviceAliases:      10_000,
}

// accessJobLife is how long a report on access can be read: our choice, AWS
// does not say.
const accessJobLife = 7 * 24 * time.Hour

func (s *Service) keepAccessJob(tx persistence.Tx, account string, j *persistence.AccessJob) error {
	_, err := persistence.AccessJobs.Keep(tx, account, j, persistence.Fate[persistence.AccessJob]{
		Bound: s.kept.accessJobs,
		Old:   func(old *persistence.AccessJob) bool { return j.Created.Sub(old.Created) >= accessJobLife },
	})
	return err
}

func (s *Service) keepOrganizationJob(tx persistence.Tx, management string, j *persistence.OrganizationJob) error {
	_, err := persistence.OrganizationJobs.Keep(tx, management, j, persistence.Fate[persistence.OrganizationJob]{
		Bound: s.kept.organizationJobs,
		Old:   func(old *persistence.OrganizationJob) bool { return j.Created.Sub(old.Created) >= accessJobLife },
	})
	return err
}

func (s *Service) keepDeletionTask(tx persistence.Tx, account string, t *persistence.DeletionTask) error {
	_, err := persistence.DeletionTasks.Keep(tx, account, t, persistence.Fate[persistence.DeletionTask]{Bound: s.kept.deletionTasks})
	return err
}

// keepDelegationRequest drops only requests that can no longer lead to anything.
func (s *Service) keepDelegationRequest(tx persistence.Tx, r *persistence.DelegationRequest) error {
	now := s.now()
	kept, err := persistence.DelegationRequests.Keep(tx, r.Requestor, r, persistence.Fate[persistence.DelegationRequest]{
		Bound: s.kept.delegationRequests,
		Keep:  func(old *persistence.DelegationRequest) bool { return !isOver(old, now) },
		Drop: func(old *persistence.DelegationRequest) error {
			if old.OwnerAccount == "" {
				return nil
			}
			return unlessAbsent(persistence.OwnedDelegations.Delete(tx, old.OwnerAccount, old.ID))
		},
	})
	if err == nil && !kept {
		return overQuota("DelegationRequestsPerAccount", s.kept.delegationRequests.Records) // the name is not confirmed
	}
	return err
}

// keepDelegationTemplate stores a template, in place of the one with its ARN. It drops no
// other template: somebody may be about to use it.
func (s *Service) keepDelegationTemplate(tx persistence.Tx, account string, t *persistence.DelegationTemplate) error {
	bound, records, bytes := s.kept.delegationTemplates, 1, len(t.Document)
	for other, err := range persistence.DelegationTemplates.Scan(tx, account, nil, nil) {
		if err != nil {
			return err
		}
		if other.ARN != t.ARN {
			records, bytes = records+1, bytes+len(other.Document)
		}
	}
	if records > bound.Records || bytes > bound.Bytes {
		return tooManyDelegationTemplates(account, bound.Records, bound.Bytes)
	}
	return persistence.DelegationTemplates.Put(tx, account, t)
}

// isOver reports whether a request can no longer lead to anything: it was refused, has
// expired, or its token can no longer be exchanged.
func isOver(r *persistence.DelegationRequest, now time.Time) bool {
	switch state, since, _ := delegationState(r, now); state {
	case types.StateTypeRejected, types.StateTypeExpired:
		return true
	case types.StateTypeFinalized:
		return !now.Before(since.Add(time.Duration(r.SessionDuration) * time.Second))
	}
	return false
}

// checkServiceLinkedRoles limits the number of service-linked roles, which AWS's quota does not.
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
