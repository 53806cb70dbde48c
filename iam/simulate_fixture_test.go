package iam_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/internal/teststore"
	"github.com/understudy-iam/understudy/principal"
)

// Documents that several tests use.
const (
	allowAny  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	allowRead = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`
	denyRead  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}]}`
	allowPut  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}]}`

	bucketA = "arn:aws:s3:::bucket/a"
	bucketB = "arn:aws:s3:::bucket/b"
	ann     = "arn:aws:iam::123456789012:user/staff/ann"
)

// newSimulator is a fixture whose service can simulate.
func newSimulator(t *testing.T, strict bool) *fixture {
	t.Helper()
	store := teststore.New(t)
	now := func() time.Time { return birth }
	rules := iamsvc.Rules()
	a := authz.New(authz.Options{Store: store, Rules: rules, Managed: iamsvc.ManagedDocument, Now: now})
	f := &fixture{
		Service: iamsvc.New(iamsvc.Options{Store: store, Now: now, Authorizer: a, StrictSimulation: strict}),
		t:       t, store: store, authz: a,
	}
	f.root = f.as(principal.Principal{Kind: principal.Root, ARN: principal.AWS.IAM(account, "root"), UserID: account})
	return f
}

// newStaff is a simulator with the user ann in the group readers, and the role
// deployer.
func newStaff(t *testing.T, strict bool) *fixture {
	t.Helper()
	f := newSimulator(t, strict)
	testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String("ann"), Path: aws.String("/staff/"), Tags: []types.Tag{
		{Key: aws.String("team"), Value: aws.String("red")},
	}}))(t)
	testkit.Must(f.CreateGroup(f.root, &iam.CreateGroupInput{GroupName: aws.String("readers"), Path: aws.String("/staff/")}))(t)
	testkit.Must(f.AddUserToGroup(f.root, &iam.AddUserToGroupInput{GroupName: aws.String("readers"), UserName: aws.String("ann")}))(t)
	testkit.Must(f.CreateRole(f.root, &iam.CreateRoleInput{
		RoleName: aws.String("deployer"), AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` +
			`{"Effect":"Allow","Principal":{"AWS":"` + ann + `"},"Action":"sts:AssumeRole"}]}`),
	}))(t)
	f.inline("user", "ann", "own", allowPut)
	f.inline("group", "readers", "read", allowRead)
	f.inline("role", "deployer", "all", allowAny)
	return f
}

// inline puts an inline policy into a user, group or role.
func (f *fixture) inline(kind, owner, name, document string) {
	f.t.Helper()
	var err error
	switch kind {
	case "user":
		_, err = f.PutUserPolicy(f.root, &iam.PutUserPolicyInput{UserName: &owner, PolicyName: &name, PolicyDocument: &document})
	case "group":
		_, err = f.PutGroupPolicy(f.root, &iam.PutGroupPolicyInput{GroupName: &owner, PolicyName: &name, PolicyDocument: &document})
	case "role":
		_, err = f.PutRolePolicy(f.root, &iam.PutRolePolicyInput{RoleName: &owner, PolicyName: &name, PolicyDocument: &document})
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// managedPolicy makes a customer managed policy and returns its ARN.
func (f *fixture) managedPolicy(path, name, document string) string {
	f.t.Helper()
	out := testkit.Must(f.CreatePolicy(f.root, &iam.CreatePolicyInput{PolicyName: &name, Path: &path, PolicyDocument: &document}))(f.t)
	return *out.Policy.Arn
}

func (f *fixture) custom(in *iam.SimulateCustomPolicyInput) string {
	f.t.Helper()
	return showResults(testkit.Must(f.SimulateCustomPolicy(f.root, in))(f.t).EvaluationResults)
}

func (f *fixture) ofPrincipal(in *iam.SimulatePrincipalPolicyInput) string {
	f.t.Helper()
	return showResults(testkit.Must(f.SimulatePrincipalPolicy(f.root, in))(f.t).EvaluationResults)
}

// showResults writes results as text: a line for each action, and below it one for
// each resource.
func showResults(results []types.EvaluationResult) string {
	var b strings.Builder
	for _, r := range results {
		fmt.Fprintf(&b, "%s %s: %s", *r.EvalActionName, *r.EvalResourceName, r.EvalDecision)
		showRest(&b, r.MatchedStatements, r.MissingContextValues, r.EvalDecisionDetails)
		if d := r.PermissionsBoundaryDecisionDetail; d != nil {
			fmt.Fprintf(&b, " boundary=%v", d.AllowedByPermissionsBoundary)
		}
		if d := r.OrganizationsDecisionDetail; d != nil {
			fmt.Fprintf(&b, " organization=%v", d.AllowedByOrganizations)
		}
		b.WriteByte('\n')
		for _, s := range r.ResourceSpecificResults {
			fmt.Fprintf(&b, "  %s: %s", *s.EvalResourceName, s.EvalResourceDecision)
			showRest(&b, s.MatchedStatements, s.MissingContextValues, s.EvalDecisionDetails)
			if d := s.PermissionsBoundaryDecisionDetail; d != nil {
				fmt.Fprintf(&b, " boundary=%v", d.AllowedByPermissionsBoundary)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func showRest(b *strings.Builder, matched []types.Statement, missing []string, details map[string]types.PolicyEvaluationDecisionType) {
	for _, s := range matched {
		fmt.Fprintf(b, " by %s (%s) %d:%d-%d:%d", *s.SourcePolicyId, s.SourcePolicyType,
			s.StartPosition.Line, s.StartPosition.Column, s.EndPosition.Line, s.EndPosition.Column)
	}
	if len(missing) > 0 {
		fmt.Fprintf(b, " missing=%s", strings.Join(missing, ","))
	}
	if details != nil {
		b.WriteString(" {")
		for _, name := range slices.Sorted(maps.Keys(details)) {
			fmt.Fprintf(b, "%s=%s;", name, details[name])
		}
		b.WriteString("}")
	}
}

func same(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimLeft(want, "\n"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func entry(name string, kind types.ContextKeyTypeEnum, values ...string) types.ContextEntry {
	return types.ContextEntry{ContextKeyName: &name, ContextKeyType: kind, ContextKeyValues: values}
}

// oneStatement is a policy of one statement that ends with the given members.
func oneStatement(members string) string {
	return `{"Version":"2012-10-17","Statement":[{` + members + `}]}`
}

// conditional allows everything under a condition.
func conditional(condition string) string {
	return oneStatement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":` + condition)
}
