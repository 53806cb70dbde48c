package iam

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// organizationReportTime is how long a report that nobody has asked for counts as
// running. During that time the same order gets the ID of the same job (seen at AWS).
const organizationReportTime = time.Minute

// GenerateOrganizationsAccessReport orders a report on the services that service control
// policies, or one of them, allow for the root, a unit or an account of the organization,
// and on the accounts that used them last. It shows the state at the time of the order.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateOrganizationsAccessReport.html
//
// Only the management account may order reports, one at a time.
func (s *Service) GenerateOrganizationsAccessReport(ctx context.Context,
	in *iam.GenerateOrganizationsAccessReportInput) (*iam.GenerateOrganizationsAccessReportOutput, error) {
	id, err := s.newReport(ctx)
	if err != nil {
		return nil, err
	}
	job := persistence.OrganizationJob{
		ID: id, Path: entityPath(in), PolicyID: aws.ToString(in.OrganizationsPolicyId), Created: s.clock().UTC(),
	}
	out := &iam.GenerateOrganizationsAccessReportOutput{}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		part, err := findOrganizationPart(ctx, tx, job.Path)
		if err != nil {
			return err
		}
		running, err := runningOrganizationJob(tx, account(ctx), job.Created)
		if err != nil {
			return err
		}
		if running != nil {
			out.JobId = &running.ID
			if running.Path != job.Path || running.PolicyID != job.PolicyID {
				return organizationReportRuns()
			}
			return nil
		}
		fresh := job
		if err := s.fillOrganizationJob(tx, part, &fresh); err != nil {
			return err
		}
		out.JobId = &job.ID
		return s.keepOrganizationJob(tx, account(ctx), &fresh)
	})
	return answer(out, err)
}

// entityPath returns the path that a report is about. A slash at its end, which AWS's
// pattern allows, makes no difference.
func entityPath(in *iam.GenerateOrganizationsAccessReportInput) string {
	return strings.Trim(aws.ToString(in.EntityPath), "/")
}

// runningOrganizationJob returns the report that is running, which can only be the one
// that was ordered last; nil if none is.
func runningOrganizationJob(tx persistence.Tx, management string, now time.Time) (*persistence.OrganizationJob, error) {
	j, err := persistence.OrganizationJobs.Youngest(tx, management)
	if err != nil || j.Asked || now.Sub(j.Created) >= organizationReportTime {
		return nil, unlessAbsent(err)
	}
	return j, nil
}

// fillOrganizationJob puts into the report what may be used and what was used.
func (s *Service) fillOrganizationJob(tx persistence.Tx, part *organizationPart, job *persistence.OrganizationJob) error {
	var err error
	if job.Services, err = part.services(tx, job.PolicyID); err != nil {
		return err
	}
	for _, id := range part.accounts {
		m, err := persistence.Members.Get(tx, id)
		if err != nil {
			return err
		}
		if job.PolicyID != "" && !part.limits(job.PolicyID, m) {
			continue
		}
		accesses, err := accountAccesses(tx, id, part.pathOf(id, m))
		if err != nil {
			return err
		}
		job.Accesses = append(job.Accesses, accesses...)
	}
	return nil
}

// accountAccesses returns the last attempt of anybody in the account, for each service.
func accountAccesses(tx persistence.Tx, account, path string) ([]persistence.AccountAccess, error) {
	last := map[string]*persistence.Access{}
	for a, err := range persistence.Accesses.Scan(tx, account, nil, nil) {
		if err != nil {
			return nil, err
		}
		last[a.Service] = later(last[a.Service], a)
	}
	var list []persistence.AccountAccess
	for service, a := range last {
		list = append(list, persistence.AccountAccess{Path: path, Service: service, Time: a.Time, Region: a.Region})
	}
	slices.SortFunc(list, func(a, b persistence.AccountAccess) int { return strings.Compare(a.Service, b.Service) })
	return list, nil
}

// GetOrganizationsAccessReport shows a report on an organization, sorted by service
// unless the caller wants the most recently used ones first.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOrganizationsAccessReport.html
//
// The first question gets the answer that the report is still being made.
func (s *Service) GetOrganizationsAccessReport(ctx context.Context,
	in *iam.GetOrganizationsAccessReportInput) (*iam.GetOrganizationsAccessReportOutput, error) {
	j, ready, err := s.askOrganizationJob(ctx, account(ctx), aws.ToString(in.JobId))
	if err != nil {
		return nil, err
	}
	p, err := jobPage("GetOrganizationsAccessReport/"+string(in.SortKey), j.ID, in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.GetOrganizationsAccessReportOutput{JobStatus: types.JobStatusTypeInProgress, JobCreationDate: &j.Created}
	if !ready {
		return out, nil
	}
	rows := make([]types.AccessDetail, len(j.Services))
	unused := 0
	for i, service := range j.Services {
		rows[i] = s.organizationAccessOut(j, service)
		if *rows[i].TotalAuthenticatedEntities == 0 {
			unused++
		}
	}
	out.JobStatus, out.JobCompletionDate = types.JobStatusTypeCompleted, &j.Created
	out.NumberOfServicesAccessible = aws.Int32(int32(len(rows)))
	out.NumberOfServicesNotAccessed = aws.Int32(int32(unused))
	slices.SortFunc(rows, accessOrders[in.SortKey])
	out.AccessDetails = accessPage(p, j.ID, rows)
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return out, nil
}

func (s *Service) askOrganizationJob(ctx context.Context, management, id string) (j *persistence.OrganizationJob, ready bool, err error) {
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		j, err = persistence.OrganizationJobs.Get(tx, management, id)
		if err != nil {
			return orMissing(err, noSuchJob(id))
		}
		if ready = s.ready(j.Created, j.Asked); ready {
			return nil
		}
		j.Asked = true
		return persistence.OrganizationJobs.Put(tx, management, j)
	})
	return j, ready, err
}

// organizationAccessOut is a row of a report. The row of IAM always has a region, the one
// in which IAM is in the partition; other services have a region only if they were used.
// AWS does so, recorded.
func (s *Service) organizationAccessOut(j *persistence.OrganizationJob, service string) types.AccessDetail {
	row := types.AccessDetail{ServiceName: aws.String(serviceName(service)), ServiceNamespace: &service}
	if service == "iam" {
		row.Region = aws.String(s.partition.Region())
	}
	n := int32(0)
	for i := range j.Accesses {
		a := &j.Accesses[i]
		if a.Service != service {
			continue
		}
		n++
		if row.LastAuthenticatedTime == nil || a.Time.After(*row.LastAuthenticatedTime) {
			row.EntityPath, row.LastAuthenticatedTime, row.Region = &a.Path, &a.Time, &a.Region
		}
	}
	row.TotalAuthenticatedEntities = &n
	return row
}

// accessOrders are the orders of a report by SortKey; services that were used
// at the same time, or never, are in the order of their namespaces.
var accessOrders = map[types.SortKeyType]func(a, b types.AccessDetail) int{
	"": byNamespace,
	types.SortKeyTypeServiceNamespaceAscending:  byNamespace,
	types.SortKeyTypeServiceNamespaceDescending: func(a, b types.AccessDetail) int { return byNamespace(b, a) },
	types.SortKeyTypeLastAuthenticatedTimeAscending: func(a, b types.AccessDetail) int {
		return cmp.Or(aws.ToTime(a.LastAuthenticatedTime).Compare(aws.ToTime(b.LastAuthenticatedTime)), byNamespace(a, b))
	},
	types.SortKeyTypeLastAuthenticatedTimeDescending: func(a, b types.AccessDetail) int {
		return cmp.Or(aws.ToTime(b.LastAuthenticatedTime).Compare(aws.ToTime(a.LastAuthenticatedTime)), byNamespace(a, b))
	},
}

// accessPage takes a page of the rows. They can be in several orders, so the marker is
// the last row shown.
func accessPage(p *page, jobID string, rows []types.AccessDetail) []types.AccessDetail {
	if p.after != nil {
		last := slices.IndexFunc(rows, func(d types.AccessDetail) bool { return *d.ServiceNamespace == p.after[1] })
		rows = rows[last+1:]
	}
	if len(rows) > p.size {
		rows, p.truncated = rows[:p.size], true
		p.last = persistence.Key{jobID, *rows[p.size-1].ServiceNamespace}
	}
	return rows
}

func byNamespace(a, b types.AccessDetail) int {
	return strings.Compare(*a.ServiceNamespace, *b.ServiceNamespace)
}

// organizationReportRules are the permissions of the operations above. The operation that
// reads a report has no resource.
func organizationReportRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.GenerateOrganizationsAccessReportInput) ([]authz.Need, error) {
			need := authz.Need{
				Action: "iam:GenerateOrganizationsAccessReport", Resource: q.Own().IAM("access-report/" + entityPath(in)),
			}
			if in.OrganizationsPolicyId != nil {
				need.Keys = append(need.Keys, authz.String("iam:OrganizationsPolicyId", *in.OrganizationsPolicyId))
			}
			return []authz.Need{need}, nil
		}),
		authz.For(func(*authz.Query, *iam.GetOrganizationsAccessReportInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:GetOrganizationsAccessReport", Resource: "*"}}, nil
		}),
	}
}
