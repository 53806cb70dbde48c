package conformance_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	batch     = "batch.amazonaws.com"
	batchRole = "AWSServiceRoleForBatch"
)

// linkedRole makes the service-linked role of a service.
func (w *world) linkedRole(service string) *types.Role {
	w.t.Helper()
	return testkit.Must(w.CreateServiceLinkedRole(w.ctx, &iam.CreateServiceLinkedRoleInput{AWSServiceName: &service}))(w.t).Role
}

func TestLifeOfAServiceLinkedRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.linkedRole(batch)
	if *created.Arn != "arn:aws:iam::000000000000:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch" ||
		created.Description != nil {
		t.Errorf("created = %+v", created)
	}
	const written = `{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":["batch.amazonaws.com"]}}]}`
	if got := decoded(t, created.AssumeRolePolicyDocument); got != written {
		t.Errorf("trust policy = %s", got)
	}
	attached := testkit.Must(w.ListAttachedRolePolicies(w.ctx,
		&iam.ListAttachedRolePoliciesInput{RoleName: aws.String(batchRole)}))(t).AttachedPolicies
	if len(attached) != 1 || *attached[0].PolicyArn != "arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy" {
		t.Errorf("policies = %+v", attached)
	}
	task := testkit.Must(w.DeleteServiceLinkedRole(w.ctx,
		&iam.DeleteServiceLinkedRoleInput{RoleName: aws.String(batchRole)}))(t).DeletionTaskId
	if !regexp.MustCompile(`^task/aws-service-role/batch\.amazonaws\.com/AWSServiceRoleForBatch/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(*task) {
		t.Errorf("task = %s", *task)
	}
	again := testkit.Must(w.DeleteServiceLinkedRole(w.ctx,
		&iam.DeleteServiceLinkedRoleInput{RoleName: aws.String(batchRole)}))(t).DeletionTaskId
	if *again != *task {
		t.Errorf("deleted again while the task runs: %s, not %s", *again, *task)
	}
	status := testkit.Must(w.GetServiceLinkedRoleDeletionStatus(w.ctx,
		&iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: task}))(t)
	if status.Status == types.DeletionTaskStatusTypeInProgress { // a second has not passed
		status = testkit.Must(w.GetServiceLinkedRoleDeletionStatus(w.ctx,
			&iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: task}))(t)
	}
	if status.Status != types.DeletionTaskStatusTypeSucceeded || status.Reason != nil {
		t.Errorf("status = %+v", status)
	}
	testkit.WantError(t, testkit.Refused(w.DeleteServiceLinkedRole(w.ctx,
		&iam.DeleteServiceLinkedRoleInput{RoleName: aws.String(batchRole)})),
		"NoSuchEntity", "The role with name AWSServiceRoleForBatch cannot be found.")
	testkit.WantError(t, testkit.Refused(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: aws.String(batchRole)})),
		"NoSuchEntity", "The role with name AWSServiceRoleForBatch cannot be found.")
	// the policy of the old role does not stay with the new one
	w.linkedRole(batch)
	entities := testkit.Must(w.ListEntitiesForPolicy(w.ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: attached[0].PolicyArn}))(t)
	if len(entities.PolicyRoles) != 1 {
		t.Errorf("roles with the policy = %+v", entities.PolicyRoles)
	}
	next := testkit.Must(w.DeleteServiceLinkedRole(w.ctx,
		&iam.DeleteServiceLinkedRoleInput{RoleName: aws.String(batchRole)}))(t).DeletionTaskId
	if *next == *task {
		t.Errorf("the deletion of another role is the same task: %s", *next)
	}
	testkit.Must(w.GetServiceLinkedRoleDeletionStatus(w.ctx, &iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: task}))(t)
}

// Each service has its name for the role, and attaches its own policy.
func TestServicesHaveTheirServiceLinkedRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ service, role, policy string }{
		{"custom-resource.application-autoscaling", "AWSServiceRoleForApplicationAutoScaling_CustomResource",
			"AWSApplicationAutoScalingCustomResourcePolicy"},
		{"ecs.application-autoscaling", "AWSServiceRoleForApplicationAutoScaling_ECSService", "AWSApplicationAutoscalingECSServicePolicy"},
		{"rds.application-autoscaling", "AWSServiceRoleForApplicationAutoScaling_RDSCluster", "AWSApplicationAutoscalingRDSClusterPolicy"},
		{"es", "AWSServiceRoleForAmazonElasticsearchService", "AmazonElasticsearchServiceRolePolicy"},
		{"guardduty", "AWSServiceRoleForAmazonGuardDuty", "AmazonGuardDutyServiceRolePolicy"},
		{"securityhub", "AWSServiceRoleForSecurityHub", "AWSSecurityHubServiceRolePolicy"},
		{"inspector2", "AWSServiceRoleForAmazonInspector2", "AmazonInspector2ServiceRolePolicy"},
		{"fsx", "AWSServiceRoleForAmazonFSx", "AmazonFSxServiceRolePolicy"},
		{"organizations", "AWSServiceRoleForOrganizations", "AWSOrganizationsServiceTrustPolicy"},
		{"controltower", "AWSServiceRoleForAWSControlTower", "AWSControlTowerAccountServiceRolePolicy"},
		{"license-manager", "AWSServiceRoleForAWSLicenseManagerRole", "AWSLicenseManagerServiceRolePolicy"},
		{"cloudwatch-crossaccount", "AWSServiceRoleForCloudWatchCrossAccount", "CloudWatch-CrossAccountAccess"},
		{"ec2fleet", "AWSServiceRoleForEC2Fleet", "AWSEC2FleetServiceRolePolicy"},
		{"lex", "AWSServiceRoleForLexBots", "AmazonLexBotPolicy"},
		{"migrationhub-strategy", "AWSServiceRoleForMigrationHubStrategy", "AWSMigrationHubStrategyServiceRolePolicy"},
	} {
		service := c.service + ".amazonaws.com"
		r := w.linkedRole(service)
		if want := "arn:aws:iam::000000000000:role/aws-service-role/" + service + "/" + c.role; *r.Arn != want {
			t.Errorf("role = %s; want %s", *r.Arn, want)
		}
		attached := testkit.Must(w.ListAttachedRolePolicies(w.ctx,
			&iam.ListAttachedRolePoliciesInput{RoleName: r.RoleName}))(t).AttachedPolicies
		want := []types.AttachedPolicy{
			{PolicyName: &c.policy, PolicyArn: aws.String("arn:aws:iam::aws:policy/aws-service-role/" + c.policy)},
		}
		if diff := cmp.Diff(want, attached, cmpopts.IgnoreUnexported(types.AttachedPolicy{})); diff != "" {
			t.Errorf("%s: %s", service, diff)
		}
	}
}

func TestSuffixesOfServiceLinkedRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	create := func(service, suffix string) (string, error) {
		out, err := w.CreateServiceLinkedRole(w.ctx,
			&iam.CreateServiceLinkedRoleInput{AWSServiceName: &service, CustomSuffix: &suffix, Description: aws.String("d")})
		if err != nil {
			return "", err
		}
		return *out.Role.RoleName, nil
	}
	for service, want := range map[string]string{
		"autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling_x",
		"connect.amazonaws.com":     "AWSServiceRoleForAmazonConnect_x",
		"lexv2.amazonaws.com":       "AWSServiceRoleForLexV2Bots_x",
	} {
		if got, err := create(service, "x"); err != nil || got != want {
			t.Errorf("%s: %q, %v", service, got, err)
		}
	}
	if d := testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{
		RoleName: aws.String("AWSServiceRoleForLexV2Bots_x"),
	}))(t).Role.Description; *d != "d" {
		t.Errorf("description = %q", *d)
	}
	_, err := create(batch, "x")
	testkit.WantError(t, err, "InvalidInput", "Custom suffix is not allowed for batch.amazonaws.com")
	_, err = create("autoscaling.amazonaws.com", "X")
	testkit.WantError(t, err, "InvalidInput",
		"Service role name AWSServiceRoleForAutoScaling_X has been taken in this account, please try a different suffix.")
	if name, err := create("autoscaling.amazonaws.com", strings.Repeat("x", 35)); err != nil || len(name) != 64 {
		t.Errorf("a name of 64 characters: %q, %v", name, err)
	}
	_, err = create("autoscaling.amazonaws.com", strings.Repeat("x", 36))
	testkit.WantError(t, err, "ValidationError", "The name of a service-linked role with its suffix can have up to 64 characters.")
}

func TestErrorsOfServiceLinkedRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.role("own", ec2Trust)
	w.linkedRole(batch)
	w.profile("p", "")
	name := aws.String(batchRole)
	const (
		protected = "Cannot perform the operation on the protected role 'AWSServiceRoleForBatch' - this role is only modifiable by AWS"
		unknown   = "task/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch/12345678-1234-1234-1234-123456789012"
	)
	status := func(id string) error {
		return testkit.Refused(w.GetServiceLinkedRoleDeletionStatus(w.ctx,
			&iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: &id}))
	}
	for _, c := range []struct {
		why, code, text string
		err             error
	}{
		{"create it again", "InvalidInput",
			"Service role name AWSServiceRoleForBatch has been taken in this account, please try a different suffix.",
			testkit.Refused(w.CreateServiceLinkedRole(w.ctx, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String(batch)}))},
		{"a service that has none", "NoSuchEntity", "Service none.amazonaws.com has no service-linked role.",
			testkit.Refused(w.CreateServiceLinkedRole(w.ctx,
				&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("none.amazonaws.com")}))},
		{"delete another role", "NoSuchEntity", "own exists but is not a service role.",
			testkit.Refused(w.DeleteServiceLinkedRole(w.ctx, &iam.DeleteServiceLinkedRoleInput{RoleName: aws.String("own")}))},
		{"delete no role", "NoSuchEntity", "The role with name none cannot be found.",
			testkit.Refused(w.DeleteServiceLinkedRole(w.ctx, &iam.DeleteServiceLinkedRoleInput{RoleName: aws.String("none")}))},
		{"status of an unknown task", "NoSuchEntity", "Cannot find deletion status for given id.", status(unknown)},
		{"status of no task", "InvalidInput", "Invalid task id", status("task/aws-service-role/x")},
		{"delete as an ordinary role", "UnmodifiableEntity", protected,
			testkit.Refused(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: name}))},
		{"add to an instance profile", "UnmodifiableEntity", protected,
			testkit.Refused(w.AddRoleToInstanceProfile(w.ctx,
				&iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("p"), RoleName: name}))},
		{"remove from an instance profile", "UnmodifiableEntity", protected,
			testkit.Refused(w.RemoveRoleFromInstanceProfile(w.ctx,
				&iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: aws.String("p"), RoleName: name}))},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, c.code, c.text)
		})
	}
}

// A policy can be about the service for which a role is made.
func TestWhoMayMakeAServiceLinkedRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.user("a", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*",`+
		`"Condition":{"StringLike":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}}`)
	testkit.WantError(t, testkit.Refused(me.CreateServiceLinkedRole(w.ctx,
		&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String(batch)})),
		"AccessDenied", "User: arn:aws:iam::000000000000:user/a is not authorized to perform: iam:CreateServiceLinkedRole on resource: "+
			"arn:aws:iam::000000000000:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch because no identity-based policy allows the iam:CreateServiceLinkedRole action")
	testkit.Must(me.CreateServiceLinkedRole(w.ctx,
		&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com")}))(t)
}
