package accessanalyzer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/understudy-iam/understudy/iamtest"
)

// working has a user and a role that may do everything, and one who may only generate.
const working = `
accounts:
- id: "000000000000"
  users:
  - name: ana
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
  - name: starter
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "access-analyzer:*", Resource: "*"}]}}
  roles:
  - name: app
    path: /svc/
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "sts:AssumeRole"}]}
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
`

const (
	ana = "arn:aws:iam::000000000000:user/ana"
	app = "arn:aws:iam::000000000000:role/svc/app"
)

// start starts a generation and returns its ID.
func start(t *testing.T, c *accessanalyzer.Client, arn string, trail *types.CloudTrailDetails) *string {
	t.Helper()
	out, err := c.StartPolicyGeneration(t.Context(), &accessanalyzer.StartPolicyGenerationInput{
		PolicyGenerationDetails: &types.PolicyGenerationDetails{PrincipalArn: &arn}, CloudTrailDetails: trail,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.JobId
}

func get(t *testing.T, c *accessanalyzer.Client, id *string) *accessanalyzer.GetGeneratedPolicyOutput {
	t.Helper()
	out, err := c.GetGeneratedPolicy(t.Context(), &accessanalyzer.GetGeneratedPolicyInput{JobId: id})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// actions are those of the policies of a generation that is asked for until it has ended.
func actions(t *testing.T, c *accessanalyzer.Client, id *string) string {
	t.Helper()
	get(t, c, id)
	out := get(t, c, id)
	if out.JobDetails.Status != types.JobStatusSucceeded || out.JobDetails.CompletedOn == nil {
		t.Fatalf("got %s", asJSON(t, out))
	}
	var list []string
	for _, p := range out.GeneratedPolicyResult.GeneratedPolicies {
		var doc struct {
			Statement []struct {
				Action, Resource json.RawMessage
			}
		}
		if err := json.Unmarshal([]byte(*p.Policy), &doc); err != nil || strings.ContainsAny(*p.Policy, " \n") {
			t.Fatalf("%v: %s", err, *p.Policy)
		}
		for _, s := range doc.Statement {
			list = append(list, string(s.Action)+" "+string(s.Resource))
		}
	}
	slices.Sort(list)
	return strings.ReplaceAll(strings.Join(list, "; "), `"`, "")
}

// A user's calls and a role's become the policies that they needed.
func TestPolicyGeneration(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(working))
	srv.Clock.Freeze() // a generation ends when a second has passed
	c, ctx := client(srv), t.Context()
	byAna := iam.NewFromConfig(srv.As("user/ana").Config(ctx))
	if _, err := byAna.GetUser(ctx, &iam.GetUserInput{UserName: aws.String("starter")}); err != nil {
		t.Fatal(err)
	}
	taken, err := sts.NewFromConfig(srv.As("user/ana").Config(ctx)).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String(app), RoleSessionName: aws.String("session"),
	})
	if err != nil {
		t.Fatal(err)
	}
	k := taken.Credentials
	session := srv.ConfigFor(aws.Credentials{
		AccessKeyID: *k.AccessKeyId, SecretAccessKey: *k.SecretAccessKey, SessionToken: *k.SessionToken,
	})
	if _, err := iam.NewFromConfig(session).ListRoles(ctx, &iam.ListRolesInput{}); err != nil {
		t.Fatal(err)
	}
	first := start(t, c, ana, nil)
	if got := get(t, c, first); got.JobDetails.Status != types.JobStatusInProgress || got.GeneratedPolicyResult.GeneratedPolicies != nil {
		t.Errorf("at first: %s", asJSON(t, got))
	}
	// That the role may be assumed is its trust policy's doing.
	if got := actions(t, c, first); got != "iam:GetUser arn:aws:iam::000000000000:user/starter" {
		t.Errorf("of the user: %s", got)
	}
	if got := actions(t, c, start(t, c, app, nil)); !strings.Contains(got, "iam:ListRoles") || strings.Contains(got, "GetUser") {
		t.Errorf("of the role: %s", got)
	}
	now := time.Now()
	trail := &types.CloudTrailDetails{
		AccessRole: aws.String(app), StartTime: aws.Time(now.Add(-2 * time.Hour)), EndTime: aws.Time(now.Add(-time.Hour)),
		Trails: []types.Trail{{CloudTrailArn: aws.String("arn:aws:cloudtrail:eu-west-1:000000000000:trail/t"), AllRegions: aws.Bool(true)}},
	}
	if got := actions(t, c, start(t, c, ana, trail)); got != "" {
		t.Errorf("of another time: %s", got)
	}
	trail.EndTime = aws.Time(now.Add(time.Hour))
	of := start(t, c, ana, trail)
	if got := actions(t, c, of); !strings.Contains(got, "iam:GetUser") {
		t.Errorf("of the time: %s", got)
	}
	p := get(t, c, of).GeneratedPolicyResult.Properties
	if !*p.IsComplete || *p.PrincipalArn != ana || !p.CloudTrailProperties.StartTime.Equal(trail.StartTime.Truncate(time.Second)) ||
		!*p.CloudTrailProperties.TrailProperties[0].AllRegions {
		t.Errorf("properties: %s", asJSON(t, p))
	}
	trail.EndTime = aws.Time(now.Add(-3 * time.Hour))
	_, err = c.StartPolicyGeneration(ctx, &accessanalyzer.StartPolicyGenerationInput{
		PolicyGenerationDetails: &types.PolicyGenerationDetails{PrincipalArn: aws.String(ana)}, CloudTrailDetails: trail,
	})
	var invalid *types.ValidationException
	if !errors.As(err, &invalid) {
		t.Errorf("an end before the start: %v", err)
	}
}

// The AWS CLI and boto3 send an empty job ID. The SDK for Go does not, so its path is changed here.
func TestEmptyJobID(t *testing.T) {
	t.Parallel()
	c := client(iamtest.Start(t))
	id := aws.String("x")
	_, err := c.GetGeneratedPolicy(t.Context(), &accessanalyzer.GetGeneratedPolicyInput{JobId: id}, func(o *accessanalyzer.Options) {
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			return s.Build.Add(middleware.BuildMiddlewareFunc("EmptyJobID", func(
				ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler,
			) (middleware.BuildOutput, middleware.Metadata, error) {
				u := in.Request.(*smithyhttp.Request).URL
				u.Path, u.RawPath = strings.TrimSuffix(u.Path, *id), ""
				return next.HandleBuild(ctx, in)
			}), middleware.Before)
		})
	})
	var invalid *types.ValidationException
	if !errors.As(err, &invalid) || !strings.Contains(*invalid.Message, `no policy generation with the job ID ""`) {
		t.Errorf("got %v", err)
	}
}

// Generations are listed by their account, page by page, and are canceled while they are in
// progress.
func TestListPolicyGenerations(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(working))
	srv.Clock.Freeze() // a generation ends when a second has passed
	c, ctx := client(srv), t.Context()
	ids := []*string{start(t, c, ana, nil), start(t, c, app, nil), start(t, c, ana, nil)}
	if _, err := c.CancelPolicyGeneration(ctx, &accessanalyzer.CancelPolicyGenerationInput{JobId: ids[1]}); err != nil {
		t.Fatal(err)
	}
	actions(t, c, ids[0])
	if _, err := c.CancelPolicyGeneration(ctx, &accessanalyzer.CancelPolicyGenerationInput{JobId: ids[0]}); err != nil {
		t.Fatal(err)
	}
	list := func(c *accessanalyzer.Client, in *accessanalyzer.ListPolicyGenerationsInput) string {
		t.Helper()
		var got []string
		pages := accessanalyzer.NewListPolicyGenerationsPaginator(c, in)
		for pages.HasMorePages() {
			out, err := pages.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range out.PolicyGenerations {
				i := slices.IndexFunc(ids, func(id *string) bool { return *id == *g.JobId })
				got = append(got, fmt.Sprint(i, " ", g.CompletedOn != nil && g.Status != types.JobStatusInProgress))
			}
		}
		return strings.Join(got, ", ")
	}
	for name, tc := range map[string]struct {
		in   accessanalyzer.ListPolicyGenerationsInput
		want []string
	}{
		"all":            {accessanalyzer.ListPolicyGenerationsInput{}, []string{"2", "1", "0"}},
		"one on a page":  {accessanalyzer.ListPolicyGenerationsInput{MaxResults: aws.Int32(1)}, []string{"2", "1", "0"}},
		"of a principal": {accessanalyzer.ListPolicyGenerationsInput{PrincipalArn: aws.String(app)}, []string{"1"}},
	} {
		var got []string
		for _, one := range strings.Split(list(c, &tc.in), ", ") {
			i, ended, _ := strings.Cut(one, " ")
			if got = append(got, i); i == "0" && ended != "true" || i == "1" && ended != "true" {
				t.Errorf("%s: %s has not ended", name, i)
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
	if got := get(t, c, ids[1]); got.JobDetails.Status != types.JobStatusCanceled || got.GeneratedPolicyResult.GeneratedPolicies != nil {
		t.Errorf("canceled: %s", asJSON(t, got))
	}
	if got := get(t, c, ids[0]); got.JobDetails.Status != types.JobStatusSucceeded {
		t.Errorf("canceled too late: %s", asJSON(t, got))
	}
	other := clientOf(srv.ConfigFor(srv.AccountKey("444455556666")))
	if got := list(other, &accessanalyzer.ListPolicyGenerationsInput{}); got != "" {
		t.Errorf("another account: %s", got)
	}
	srv.Clock.Advance(time.Second)
	if got := get(t, c, ids[2]); got.JobDetails.Status != types.JobStatusSucceeded {
		t.Errorf("after a second: %s", asJSON(t, got))
	}
	_, err := other.GetGeneratedPolicy(ctx, &accessanalyzer.GetGeneratedPolicyInput{JobId: ids[0]})
	var invalid *types.ValidationException
	if !errors.As(err, &invalid) {
		t.Errorf("another account's: %v", err)
	}
}

// A client token is of one generation; the principal is the account's; the access role is
// passed.
func TestStartPolicyGeneration(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(working))
	srv.Clock.Freeze() // a generation ends when a second has passed
	ctx, in := t.Context(), func(arn, token string) *accessanalyzer.StartPolicyGenerationInput {
		return &accessanalyzer.StartPolicyGenerationInput{
			PolicyGenerationDetails: &types.PolicyGenerationDetails{PrincipalArn: &arn}, ClientToken: &token,
		}
	}
	c := clientOf(srv.As("user/starter").Config(ctx))
	first, err := c.StartPolicyGeneration(ctx, in(ana, "t"))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.StartPolicyGeneration(ctx, in(ana, "t")); err != nil || *again.JobId != *first.JobId {
		t.Errorf("the same: %v", err)
	}
	var conflict *types.ConflictException
	if _, err := c.StartPolicyGeneration(ctx, in(app, "t")); !errors.As(err, &conflict) || *conflict.ResourceId != *first.JobId {
		t.Errorf("another principal: %v", err)
	}
	var invalid *types.ValidationException
	for _, arn := range []string{"arn:aws:iam::444455556666:user/ana", "arn:aws:iam::000000000000:group/g", "ana"} {
		if _, err := c.StartPolicyGeneration(ctx, in(arn, arn)); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", arn, err)
		}
	}
	trail := in(ana, "u")
	trail.CloudTrailDetails = &types.CloudTrailDetails{
		AccessRole: aws.String(app), StartTime: aws.Time(time.Now().Add(-time.Hour)), Trails: []types.Trail{},
	}
	_, err = c.StartPolicyGeneration(ctx, trail)
	srv.AssertDenied(t, err, iamtest.Action("iam:PassRole"), iamtest.OnResource(app))
}
