package accessanalyzer

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/principal"
)

const (
	// mostGenerations is how many policy generations are kept, of all accounts; the oldest is
	// dropped.
	mostGenerations = 200

	// listed is for how long a generation is listed.
	// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListPolicyGenerations.html
	listed = 7 * 24 * time.Hour

	// takes is how long a generation is shown as in progress, on the server's clock, unless
	// somebody asks for it a second time before.
	takes = time.Second

	generationsOnPage = 100 // AWS's default is not documented
)

// generation is a policy generation.
type generation struct {
	id, account, principal, token string
	trail                         *types.CloudTrailProperties // nil: all calls that are kept
	started, completed            time.Time
	status                        types.JobStatus
	failure                       *types.JobError
	whole                         bool
	policies                      []types.GeneratedPolicy
	asked                         bool
}

// StartPolicyGeneration drafts the policy that the calls of a user or role needed.
// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_StartPolicyGeneration.html
//
// The calls are those that the server keeps, in the time of cloudTrailDetails or else all;
// which trails, regions and access role are named does not matter, except that the role is
// passed. The same clientToken with the same principal is the same generation.
func (s *Service) StartPolicyGeneration(
	ctx context.Context, in *accessanalyzer.StartPolicyGenerationInput,
) (*accessanalyzer.StartPolicyGenerationOutput, error) {
	caller, arn := principal.FromContext(ctx), aws.ToString(in.PolicyGenerationDetails.PrincipalArn)
	if of, ok := principal.ParseARN(arn); !ok || of.AccountID != caller.AccountID {
		return nil, invalidField("policyGenerationDetails.principalArn", "The principal is not of your account. Specify a user or role of it.")
	}
	g := &generation{
		id: s.newID(), account: caller.AccountID, principal: arn, token: aws.ToString(in.ClientToken),
		started: s.now().UTC(), status: types.JobStatusInProgress,
	}
	var err error
	if g.trail, err = trailOf(in.CloudTrailDetails, g.started); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.generations {
		if g.token != "" && known.account == g.account && known.token == g.token {
			if known.principal != arn {
				return nil, conflict(known.id)
			}
			return &accessanalyzer.StartPolicyGenerationOutput{JobId: &known.id}, nil
		}
	}
	s.write(g)
	s.generations = append(s.generations, g)
	s.generations = slices.Delete(s.generations, 0, max(0, len(s.generations)-mostGenerations))
	return &accessanalyzer.StartPolicyGenerationOutput{JobId: &g.id}, nil
}

// trailOf is the time that a generation looks at; nil without one.
func trailOf(d *types.CloudTrailDetails, now time.Time) (*types.CloudTrailProperties, error) {
	if d == nil {
		return nil, nil
	}
	p := &types.CloudTrailProperties{StartTime: d.StartTime, EndTime: d.EndTime, TrailProperties: []types.TrailProperties{}}
	if p.EndTime == nil {
		p.EndTime = &now
	}
	if p.EndTime.Before(*p.StartTime) {
		return nil, invalidField("cloudTrailDetails.endTime", "The end time is before the start time. Specify a later end time.")
	}
	for _, t := range d.Trails {
		p.TrailProperties = append(p.TrailProperties, types.TrailProperties{
			CloudTrailArn: t.CloudTrailArn, AllRegions: t.AllRegions, Regions: append([]string{}, t.Regions...),
		})
	}
	return p, nil
}

// GetGeneratedPolicy returns a policy generation, and its policies if it has succeeded.
// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetGeneratedPolicy.html
//
// The policies are drafts by package draft: one for each AWS's quota of a managed policy, with
// the resources that the calls named. There is nothing for placeholders to stand for, and no
// service of which only the service is known, so that the two flags change nothing.
func (s *Service) GetGeneratedPolicy(
	ctx context.Context, in *accessanalyzer.GetGeneratedPolicyInput,
) (*accessanalyzer.GetGeneratedPolicyOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.generation(ctx, in.JobId)
	if err != nil {
		return nil, err
	}
	g.look(s.now())
	g.asked = true
	out := &accessanalyzer.GetGeneratedPolicyOutput{
		JobDetails: &types.JobDetails{JobId: &g.id, Status: g.status, StartedOn: &g.started, CompletedOn: g.end(), JobError: g.failure},
		GeneratedPolicyResult: &types.GeneratedPolicyResult{Properties: &types.GeneratedPolicyProperties{
			PrincipalArn: &g.principal, IsComplete: aws.Bool(g.whole), CloudTrailProperties: g.trail,
		}},
	}
	if g.status == types.JobStatusSucceeded {
		out.GeneratedPolicyResult.GeneratedPolicies = g.policies
	}
	return out, nil
}

// ListPolicyGenerations lists the generations of the last seven days, the newest first.
// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListPolicyGenerations.html
func (s *Service) ListPolicyGenerations(
	ctx context.Context, in *accessanalyzer.ListPolicyGenerationsInput,
) (*accessanalyzer.ListPolicyGenerationsOutput, error) {
	account, now := principal.FromContext(ctx).AccountID, s.now()
	mark := markOf("generations", account, aws.ToString(in.PrincipalArn))
	from, err := readToken(in.NextToken, mark)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []types.PolicyGeneration{}
	for _, g := range slices.Backward(s.generations) {
		if g.account != account || in.PrincipalArn != nil && *in.PrincipalArn != g.principal || now.Sub(g.started) > listed {
			continue
		}
		g.look(now)
		list = append(list, types.PolicyGeneration{
			JobId: &g.id, PrincipalArn: &g.principal, Status: g.status, StartedOn: &g.started, CompletedOn: g.end(),
		})
	}
	size := generationsOnPage
	if in.MaxResults != nil {
		size = min(int(*in.MaxResults), mostGenerations)
	}
	out := &accessanalyzer.ListPolicyGenerationsOutput{PolicyGenerations: list[min(from, len(list)):min(from+size, len(list))]}
	if from+size < len(list) {
		out.NextToken = aws.String(newToken(from+size, mark))
	}
	return out, nil
}

// CancelPolicyGeneration ends a generation that is in progress; another one stays as it is.
// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CancelPolicyGeneration.html
func (s *Service) CancelPolicyGeneration(
	ctx context.Context, in *accessanalyzer.CancelPolicyGenerationInput,
) (*accessanalyzer.CancelPolicyGenerationOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.generation(ctx, in.JobId)
	if err != nil {
		return nil, err
	}
	g.look(s.now())
	if g.status == types.JobStatusInProgress {
		g.status, g.completed, g.policies = types.JobStatusCanceled, s.now().UTC(), nil
	}
	return &accessanalyzer.CancelPolicyGenerationOutput{}, nil
}

// generation finds one of the caller's account.
func (s *Service) generation(ctx context.Context, id *string) (*generation, error) {
	account := principal.FromContext(ctx).AccountID
	i := slices.IndexFunc(s.generations, func(g *generation) bool { return g.account == account && g.id == aws.ToString(id) })
	if i < 0 {
		return nil, noSuchJob(aws.ToString(id))
	}
	return s.generations[i], nil
}

// look ends a generation that was in progress for long enough, or for the first time that
// somebody asked.
func (g *generation) look(now time.Time) {
	if g.status != types.JobStatusInProgress || !g.asked && now.Sub(g.started) < takes {
		return
	}
	g.status, g.completed = types.JobStatusSucceeded, now.UTC()
	if g.failure != nil {
		g.status = types.JobStatusFailed
	}
}

// end is when the generation ended, which may change once its answer is written.
func (g *generation) end() *time.Time {
	if g.completed.IsZero() {
		return nil
	}
	return aws.Time(g.completed)
}
