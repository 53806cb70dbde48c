package iam

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/uuid"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// GenerateServiceLastAccessedDetails orders a report on the services that a user, group,
// role or policy may use, and on who has used them last. It shows the state at the time
// of the order.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
//
// The report belongs to the user or role session that orders it: for others it does not
// exist (recorded).
func (s *Service) GenerateServiceLastAccessedDetails(ctx context.Context,
	in *iam.GenerateServiceLastAccessedDetailsInput) (*iam.GenerateServiceLastAccessedDetailsOutput, error) {
	id, err := s.newReport(ctx)
	if err != nil {
		return nil, err
	}
	now := s.clock().UTC()
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := s.findReported(ctx, tx, aws.ToString(in.Arn), unreportedEntity)
		if err != nil {
			return err
		}
		job := &persistence.AccessJob{
			ID: id, Owner: principal.FromContext(ctx).UserID, Created: now,
			ActionLevel: in.Granularity == types.AccessAdvisorUsageGranularityTypeActionLevel,
		}
		if err := r.fill(tx, s.in(account(ctx)), job); err != nil {
			return err
		}
		return s.keepAccessJob(tx, account(ctx), job)
	})
	return answer(&iam.GenerateServiceLastAccessedDetailsOutput{JobId: &id}, err)
}

// newReport makes the ID of a report, and stores the uses that the report shows.
func (s *Service) newReport(ctx context.Context) (string, error) {
	if err := s.FlushUses(ctx); err != nil {
		return "", err
	}
	id, err := uuid.NewRandomFromReader(s.random)
	return id.String(), err
}

// fill puts into the job what may be used and what was used.
func (r *reported) fill(tx persistence.Tx, account principal.Account, job *persistence.AccessJob) error {
	within, err := r.reach(tx, account.ID)
	if err != nil {
		return err
	}
	for _, namespace := range within.services() {
		service := persistence.JobService{Namespace: namespace}
		if job.ActionLevel {
			service.Actions = within.trackedActions(namespace)
		}
		job.Services = append(job.Services, service)
	}
	if job.Entities, err = r.entities(tx, account); err != nil {
		return err
	}
	for _, e := range job.Entities {
		for a, err := range persistence.Accesses.Scan(tx, account.ID, persistence.Key{e.ID}, nil) {
			if err != nil {
				return err
			}
			job.Accesses = append(job.Accesses, *a)
		}
	}
	return nil
}

// GetServiceLastAccessedDetails shows a report by service.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html
//
// AWS takes some seconds. Here the report is made at once, but shown only when it is
// ready.
func (s *Service) GetServiceLastAccessedDetails(ctx context.Context,
	in *iam.GetServiceLastAccessedDetailsInput) (*iam.GetServiceLastAccessedDetailsOutput, error) {
	j, ready, err := s.askAccessJob(ctx, aws.ToString(in.JobId))
	if err != nil {
		return nil, err
	}
	p, err := jobPage("GetServiceLastAccessedDetails", j.ID, in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.GetServiceLastAccessedDetailsOutput{JobStatus: types.JobStatusTypeInProgress, JobCreationDate: &j.Created}
	if !ready {
		return out, nil
	}
	out.JobStatus, out.JobCompletionDate = types.JobStatusTypeCompleted, &j.Created
	out.JobType = types.AccessAdvisorUsageGranularityTypeServiceLevel
	if j.ActionLevel {
		out.JobType = types.AccessAdvisorUsageGranularityTypeActionLevel
	}
	out.ServicesLastAccessed = []types.ServiceLastAccessed{}
	services := pick(p, j.Services, func(s persistence.JobService) persistence.Key { return persistence.Key{j.ID, s.Namespace} })
	for i := range services {
		out.ServicesLastAccessed = append(out.ServicesLastAccessed, serviceAccessOut(j, &services[i]))
	}
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return out, nil
}

// GetServiceLastAccessedDetailsWithEntities shows which users and roles of a
// report may use a service, and when each has used it last.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetailsWithEntities.html
func (s *Service) GetServiceLastAccessedDetailsWithEntities(ctx context.Context,
	in *iam.GetServiceLastAccessedDetailsWithEntitiesInput) (*iam.GetServiceLastAccessedDetailsWithEntitiesOutput, error) {
	namespace := aws.ToString(in.ServiceNamespace)
	j, ready, err := s.askAccessJob(ctx, aws.ToString(in.JobId))
	if err != nil {
		return nil, err
	}
	if !knownNamespace(namespace) {
		return nil, unsupportedNamespace(namespace)
	}
	p, err := jobPage("GetServiceLastAccessedDetailsWithEntities", j.ID, in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.GetServiceLastAccessedDetailsWithEntitiesOutput{
		JobStatus: types.JobStatusTypeInProgress, JobCreationDate: &j.Created, EntityDetailsList: []types.EntityDetails{},
	}
	if !ready {
		return out, nil
	}
	out.JobStatus, out.JobCompletionDate = types.JobStatusTypeCompleted, &j.Created
	if slices.ContainsFunc(j.Services, func(s persistence.JobService) bool { return s.Namespace == namespace }) {
		entities := pick(p, j.Entities, func(e persistence.JobEntity) persistence.Key { return persistence.Key{j.ID, e.ARN} })
		for i := range entities {
			out.EntityDetailsList = append(out.EntityDetailsList, entityAccessOut(j, &entities[i], namespace))
		}
	}
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return out, nil
}

// askAccessJob returns a report of the caller, and whether it is ready.
func (s *Service) askAccessJob(ctx context.Context, id string) (j *persistence.AccessJob, ready bool, err error) {
	err = s.store.View(ctx, func(tx persistence.Tx) (err error) {
		j, err = findAccessJob(ctx, tx, id)
		return err
	})
	if err != nil || s.ready(j.Created, j.Asked) {
		return j, true, err
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		if j, err = findAccessJob(ctx, tx, id); err != nil || j.Asked {
			ready = true // somebody else has asked meanwhile
			return err
		}
		j.Asked, ready = true, false
		return persistence.AccessJobs.Put(tx, account(ctx), j)
	})
	return j, ready, err
}

func findAccessJob(ctx context.Context, tx persistence.Tx, id string) (*persistence.AccessJob, error) {
	j, err := persistence.AccessJobs.Get(tx, account(ctx), id)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && j.Owner != principal.FromContext(ctx).UserID {
		return nil, noSuchJob(id)
	}
	return j, err
}

// jobPage is a page of a report. A marker names its report, so that the marker of another
// report can be told from a string that is not a marker. A marker of another service in
// the same report is valid (recorded).
func jobPage(list, jobID string, maxItems *int32, marker *string) (*page, error) {
	p, err := newPage(list, maxItems, marker)
	if err == nil && p.after != nil && p.after[0] != jobID {
		return nil, foreignJobMarker()
	}
	return p, err
}

// serviceAccessOut is a row of a report by service. A service that nobody has used has no
// date, entity or region.
func serviceAccessOut(j *persistence.AccessJob, s *persistence.JobService) types.ServiceLastAccessed {
	row := types.ServiceLastAccessed{ServiceName: aws.String(serviceName(s.Namespace)), ServiceNamespace: &s.Namespace}
	entities := map[string]bool{}
	var last *persistence.Access
	for i := range j.Accesses {
		if a := &j.Accesses[i]; a.Service == s.Namespace {
			entities[a.EntityID] = true
			last = later(last, a)
		}
	}
	row.TotalAuthenticatedEntities = aws.Int32(int32(len(entities)))
	if last != nil {
		row.LastAuthenticated, row.LastAuthenticatedEntity, row.LastAuthenticatedRegion = &last.Time, j.ARN(last), &last.Region
	}
	for _, name := range s.Actions {
		row.TrackedActionsLastAccessed = append(row.TrackedActionsLastAccessed, actionAccessOut(j, s.Namespace, name))
	}
	return row
}

func actionAccessOut(j *persistence.AccessJob, namespace, name string) types.TrackedActionLastAccessed {
	row := types.TrackedActionLastAccessed{ActionName: &name}
	var last *persistence.Access
	for i := range j.Accesses {
		if a := &j.Accesses[i]; a.Service == namespace && a.Action == name {
			last = later(last, a)
		}
	}
	if last != nil {
		row.LastAccessedTime, row.LastAccessedEntity, row.LastAccessedRegion = &last.Time, j.ARN(last), &last.Region
	}
	return row
}

func entityAccessOut(j *persistence.AccessJob, e *persistence.JobEntity, namespace string) types.EntityDetails {
	row := types.EntityDetails{EntityInfo: &types.EntityInfo{
		Arn: &e.ARN, Name: &e.Name, Id: &e.ID, Path: &e.Path, Type: types.PolicyOwnerEntityTypeUser,
	}}
	if e.Role {
		row.EntityInfo.Type = types.PolicyOwnerEntityTypeRole
	}
	var last *persistence.Access
	for i := range j.Accesses {
		if a := &j.Accesses[i]; a.Service == namespace && a.EntityID == e.ID {
			last = later(last, a)
		}
	}
	if last != nil {
		row.LastAuthenticated = &last.Time
	}
	return row
}

// later returns the later of two accesses, the first of which may be nil.
func later(a, b *persistence.Access) *persistence.Access {
	if a == nil || b.Time.After(a.Time) {
		return b
	}
	return a
}

// knownNamespace reports whether the string is a service prefix, in lower case
// (recorded).
func knownNamespace(namespace string) bool {
	s, ok := catalog.Find(namespace)
	return ok && s.Info().Prefix == namespace
}

// reportNames are the names of services in reports that differ from those in AWS's
// reference, mostly because several services share a prefix (recorded).
var reportNames = map[string]string{
	"apigateway":      "Manage - Amazon API Gateway",
	"aws-marketplace": "AWS Marketplace",
	"iam":             "AWS Identity and Access Management",
}

func serviceName(namespace string) string {
	if name := reportNames[namespace]; name != "" {
		return name
	}
	s, ok := catalog.Find(namespace)
	if !ok {
		return strings.ToUpper(namespace) // of a report that an earlier version made
	}
	return s.Info().Name
}

// lastAccessRules are the permissions of the operations above. The operations that read a
// report have no resource.
func lastAccessRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.GenerateServiceLastAccessedDetailsInput) ([]authz.Need, error) {
			return reportNeeds(q, "iam:GenerateServiceLastAccessedDetails", in.Arn)
		}),
		authz.For(func(*authz.Query, *iam.GetServiceLastAccessedDetailsInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:GetServiceLastAccessedDetails", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.GetServiceLastAccessedDetailsWithEntitiesInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:GetServiceLastAccessedDetailsWithEntities", Resource: "*"}}, nil
		}),
	}
}
