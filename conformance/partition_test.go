package conformance_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/principal"
)

// inPartitions runs a test in the partitions that are not aws.
func inPartitions(t *testing.T, test func(w *world, p principal.Partition)) {
	t.Helper()
	for _, p := range []principal.Partition{principal.China, principal.GovCloud} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			srv := iamtest.Start(t, iamtest.WithPartition(p))
			test(&world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}, p)
		})
	}
}

// Users, roles and sessions have ARNs of the partition, and policies that name
// them by these decide.
func TestPartitionOfIdentities(t *testing.T) {
	t.Parallel()
	inPartitions(t, func(w *world, p principal.Partition) {
		t, own := w.t, principal.Account{Partition: p, ID: "000000000000"}
		if got := w.srv.Config(w.ctx).Region; got != map[principal.Partition]string{
			principal.China: "cn-north-1", principal.GovCloud: "us-gov-west-1",
		}[p] {
			t.Errorf("clients sign for %s", got)
		}
		root := testkit.Must(w.srv.STS().GetCallerIdentity(w.ctx, nil))(t)
		equal(t, "root", *root.Arn, own.IAM("root"))
		ann := w.user("ann", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"`+
			own.IAM("user/ann")+`"}}`)
		equal(t, "the user", *testkit.Must(ann.GetUser(w.ctx, &iam.GetUserInput{}))(t).User.Arn, own.IAM("user/ann"))
		testkit.WantError(t, testkit.Refused(ann.ListUsers(w.ctx, nil)), "AccessDenied", "User: "+own.IAM("user/ann")+
			" is not authorized to perform: iam:ListUsers on resource: "+own.IAM("user/")+
			" because no identity-based policy allows the iam:ListUsers action")

		role := testkit.Must(w.CreateRole(w.ctx,
			&iam.CreateRoleInput{
				RoleName: aws.String("audit"), AssumeRolePolicyDocument: aws.String(trusting(own.IAM("user/ann"))),
			}))(t).Role
		equal(t, "the role", *role.Arn, own.IAM("role/audit"))
		shown := testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: role.RoleName}))(t).Role
		if !strings.Contains(decoded(t, shown.AssumeRolePolicyDocument), own.IAM("user/ann")) {
			t.Errorf("the trust policy is shown as %s", decoded(t, shown.AssumeRolePolicyDocument))
		}
		session := testkit.Must(w.srv.As("ann").STS().AssumeRole(w.ctx,
			&sts.AssumeRoleInput{RoleArn: role.Arn, RoleSessionName: aws.String("night")}))(t)
		equal(t, "the session", *session.AssumedRoleUser.Arn, own.STS("assumed-role/audit/night"))
		c := session.Credentials
		night := sts.NewFromConfig(w.srv.ConfigFor(aws.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey,
			SessionToken: *c.SessionToken}))
		equal(t, "who the session is", *testkit.Must(night.GetCallerIdentity(w.ctx, nil))(t).Arn, own.STS("assumed-role/audit/night"))
		guest := testkit.Must(w.srv.STS().GetFederationToken(w.ctx, &sts.GetFederationTokenInput{Name: aws.String("guest")}))(t)
		equal(t, "the federated user", *guest.FederatedUser.Arn, own.STS("federated-user/guest"))
	})
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s; want %s", what, got, want)
	}
}

// AWS managed policies are the partition's, with its ARNs in their documents.
func TestPartitionOfManagedPolicies(t *testing.T) {
	t.Parallel()
	inPartitions(t, func(w *world, p principal.Partition) {
		t := w.t
		w.user("ann", "")
		arn := p.AWSPolicy("ReadOnlyAccess")
		testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: &arn}))(t)
		testkit.Must(w.srv.As("ann").IAM().ListUsers(w.ctx, nil))(t)
		listed := testkit.Must(w.ListPolicies(w.ctx,
			&iam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeAws, OnlyAttached: true}))(t).Policies
		if len(listed) != 1 || *listed[0].Arn != arn {
			t.Errorf("AWS's policies in use: %+v", listed)
		}
		own := testkit.Must(w.CreatePolicy(w.ctx,
			&iam.CreatePolicyInput{PolicyName: aws.String("own"), PolicyDocument: aws.String(allow("iam:*"))}))(t).Policy
		equal(t, "the own policy", *own.Arn, p.IAM("000000000000", "policy/own"))
		slr := p.AWSPolicy("aws-service-role/AutoScalingServiceRolePolicy")
		testkit.Must(w.CreateServiceLinkedRole(w.ctx,
			&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com")}))(t)
		attached := testkit.Must(w.ListAttachedRolePolicies(w.ctx,
			&iam.ListAttachedRolePoliciesInput{RoleName: aws.String("AWSServiceRoleForAutoScaling")}))(t).AttachedPolicies
		if len(attached) != 1 || *attached[0].PolicyArn != slr {
			t.Errorf("the service-linked role has %+v", attached)
		}
		const boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
		for what, err := range map[string]error{
			"attach": testkit.Refused(w.AttachUserPolicy(w.ctx,
				&iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: aws.String(boundary)})),
			"boundary": testkit.Refused(w.CreateUser(w.ctx,
				&iam.CreateUserInput{UserName: aws.String("bob"), PermissionsBoundary: aws.String(boundary)})),
			"get": testkit.Refused(w.GetPolicy(w.ctx, &iam.GetPolicyInput{PolicyArn: aws.String(boundary)})),
		} {
			t.Log(what)
			testkit.WantError(t, err, "ValidationError", "Invalid ARN partition")
		}
	})
}

// Simulation knows the principals and resources of the partition.
func TestPartitionOfSimulation(t *testing.T) {
	t.Parallel()
	inPartitions(t, func(w *world, p principal.Partition) {
		t := w.t
		w.user("ann", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:`+p.String()+
			`:s3:::bucket/*"}}`)
		ann := p.IAM("000000000000", "user/ann")
		for resource, want := range map[string]iamtypes.PolicyEvaluationDecisionType{
			"arn:" + p.String() + ":s3:::bucket/a": iamtypes.PolicyEvaluationDecisionTypeAllowed,
			"arn:aws:s3:::bucket/a":                iamtypes.PolicyEvaluationDecisionTypeImplicitDeny,
		} {
			out := testkit.Must(w.SimulatePrincipalPolicy(w.ctx, &iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: &ann, ActionNames: []string{"s3:GetObject"}, ResourceArns: []string{resource},
			}))(t)
			if got := out.EvaluationResults[0].EvalDecision; got != want {
				t.Errorf("%s: %s", resource, got)
			}
		}
		other := "arn:aws:iam::000000000000:user/ann"
		testkit.WantError(t, testkit.Refused(w.SimulatePrincipalPolicy(w.ctx,
			&iam.SimulatePrincipalPolicyInput{PolicySourceArn: &other, ActionNames: []string{"s3:GetObject"}})),
			"InvalidInput", "Invalid ARN provided in the request: "+other)
	})
}

// What names another partition is refused as AWS refuses it.
func TestOtherPartitionIsRefused(t *testing.T) {
	t.Parallel()
	for _, p := range []principal.Partition{principal.AWS, principal.China, principal.GovCloud} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			srv := iamtest.Start(t, iamtest.WithPartition(p),
				iamtest.WithSeedText(`accounts: [{id: "000000000000", users: [{name: ann, policies: [AdministratorAccess]}]}]`))
			w := &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}
			other := map[principal.Partition]string{principal.AWS: "aws-cn", principal.China: "aws", principal.GovCloud: "aws"}[p]
			resource := "arn:" + other + ":s3:::bucket/*"
			document := aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"` + resource + `"}}`)
			invalid := `Partition "` + other + `" is not valid for resource "` + resource + `".`
			role := testkit.Must(w.CreateRole(w.ctx,
				&iam.CreateRoleInput{
					RoleName: aws.String("audit"), AssumeRolePolicyDocument: aws.String(trusting(p.IAM("000000000000", "user/ann"))),
				}))(t).Role
			for what, err := range map[string]error{
				"a managed policy": testkit.Refused(w.CreatePolicy(w.ctx,
					&iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: document})),
				"an inline policy": testkit.Refused(w.PutUserPolicy(w.ctx,
					&iam.PutUserPolicyInput{UserName: aws.String("ann"), PolicyName: aws.String("p"), PolicyDocument: document})),
				"a session policy": testkit.Refused(srv.As("ann").STS().AssumeRole(w.ctx,
					&sts.AssumeRoleInput{RoleArn: role.Arn, RoleSessionName: aws.String("night"), Policy: document})),
			} {
				t.Log(what)
				testkit.WantError(t, err, "MalformedPolicyDocument", invalid)
			}
			foreign := "arn:" + other + ":iam::000000000000:"
			testkit.WantError(t, testkit.Refused(w.UpdateAssumeRolePolicy(w.ctx,
				&iam.UpdateAssumeRolePolicyInput{RoleName: role.RoleName, PolicyDocument: aws.String(trusting(foreign + "root"))})),
				"MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+foreign+`root"`)
			testkit.WantError(t, testkit.Refused(srv.As("ann").STS().AssumeRole(w.ctx,
				&sts.AssumeRoleInput{RoleArn: aws.String(foreign + "role/audit"), RoleSessionName: aws.String("night")})),
				"AccessDenied", "User: "+p.IAM("000000000000", "user/ann")+" is not authorized to perform: sts:AssumeRole on resource: "+
					foreign+"role/audit")
			testkit.WantError(t, testkit.Refused(srv.STS().AssumeRoleWithWebIdentity(w.ctx, &sts.AssumeRoleWithWebIdentityInput{
				RoleArn: aws.String(foreign + "role/audit"), RoleSessionName: aws.String("night"), WebIdentityToken: aws.String("token"),
			})), "ValidationError", "Request ARN is invalid")
			limit := []ststypes.PolicyDescriptorType{{Arn: aws.String("arn:" + other + ":iam::aws:policy/ReadOnlyAccess")}}
			if err := testkit.Refused(srv.As("ann").STS().AssumeRole(w.ctx, &sts.AssumeRoleInput{
				RoleArn: role.Arn, RoleSessionName: aws.String("night"), PolicyArns: limit,
			})); err == nil {
				t.Error("a session policy of another partition is taken")
			}
		})
	}
}

// Only regions of the partition are good for a scope, where it is not aws; and STS
// has an endpoint for everywhere in aws alone.
func TestRegionsOfPartitions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		partition principal.Partition
		region    string
		good      bool
	}{
		{principal.AWS, "us-east-1", true}, {principal.AWS, "cn-north-1", true}, {principal.AWS, "us-gov-west-1", true},
		{principal.China, "cn-north-1", true}, {principal.China, "cn-northwest-1", true}, {principal.China, "us-east-1", false},
		{principal.China, "aws-global", false},
		{principal.GovCloud, "us-gov-west-1", true}, {principal.GovCloud, "us-gov-east-1", true}, {principal.GovCloud, "us-west-1", false},
		{principal.GovCloud, "cn-north-1", false},
	} {
		t.Run(c.partition.String()+" "+c.region, func(t *testing.T) {
			t.Parallel()
			srv := iamtest.Start(t, iamtest.WithPartition(c.partition))
			config := srv.Config(t.Context())
			config.Region = c.region
			_, err1 := sts.NewFromConfig(config).GetCallerIdentity(t.Context(), nil)
			_, err2 := iam.NewFromConfig(config).ListUsers(t.Context(), nil)
			for _, err := range []error{err1, err2} {
				if c.good && err != nil {
					t.Error(err)
				}
				if !c.good {
					testkit.WantError(t, err, "SignatureDoesNotMatch", "Credential should be scoped to a valid region. ")
				}
			}
		})
	}
}

// What was made in one partition is of no use in another: a directory, a seed, an
// account as AWS prints it.
func TestStateOfAnotherPartition(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	srv := iamtest.Start(t, iamtest.WithPartition(principal.China), iamtest.WithDataDir(dir))
	testkit.Must(srv.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ann")}))(t)
	exported := wantStatus(t, srv, "GET export", "", http.StatusOK)
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	fails := func(what, want string, options ...iamtest.Option) {
		t.Helper()
		told := &told{}
		iamtest.Start(told, options...)
		if !strings.Contains(told.text, want) {
			t.Errorf("%s: %q; want %q", what, told.text, want)
		}
	}
	fails("the directory",
		"the state is of the partition aws-cn, and the server is to be in aws, where its ARNs name nothing; start the server with --partition aws-cn, or with another --data-dir", iamtest.WithDataDir(dir))
	fails("the export", "the file is of the partition aws-cn, and the server is in aws-us-gov; use --partition aws-cn for it",
		iamtest.WithPartition(principal.GovCloud), iamtest.WithSeedText(exported))
	fails("a policy",
		"policy arn:aws:iam::aws:policy/ReadOnlyAccess is of the partition aws, and the server is in aws-cn; use --partition aws for it",
		iamtest.WithPartition(principal.China),
		iamtest.WithSeedText(`accounts: [{id: "000000000000", users: [{name: ann, policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}]}]`))
	fails("a real account", "the file is of the partition aws, and the server is in aws-cn; use --partition aws for it",
		iamtest.WithPartition(principal.China),
		iamtest.WithSeedText(`{"UserDetailList":[{"UserName":"ann","Path":"/","UserId":"AIDAEXAMPLEANN000001","Arn":"arn:aws:iam::111122223333:user/ann","CreateDate":"2026-01-02T03:04:05Z"}]}`))
	fails("no partition", `"aws-moon" is not a partition that the server can be in; give aws, aws-cn or aws-us-gov`,
		iamtest.WithPartition("aws-moon"))

	again := iamtest.Start(t, iamtest.WithPartition(principal.China), iamtest.WithDataDir(dir))
	testkit.Must(again.IAM().GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("ann")}))(t)
	fresh := iamtest.Start(t, iamtest.WithPartition(principal.China), iamtest.WithSeedText(exported))
	testkit.Must(fresh.IAM().GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("ann")}))(t)
}

// told remembers why a start failed.
type told struct{ text string }

func (*told) Helper()        {}
func (*told) Cleanup(func()) {}
func (f *told) Fatalf(format string, args ...any) {
	for _, a := range args {
		if err, ok := a.(error); ok {
			f.text += err.Error()
		}
	}
}
