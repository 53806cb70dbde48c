package conformance_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestARootSession(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	srv, _, manager := newCompany(t)
	boss, admin := sts.NewFromConfig(manager), iam.NewFromConfig(manager)
	ask := func(target, policy string) *sts.AssumeRootInput {
		return &sts.AssumeRootInput{TargetPrincipal: &target, TaskPolicyArn: &types.PolicyDescriptorType{Arn: &policy}}
	}
	const audit = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
	denied := "User: arn:aws:iam::999900001111:user/boss is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::111122223333:root"
	testkit.WantError(t, testkit.Refused(boss.AssumeRoot(ctx, ask("111122223333", audit))), "AccessDenied", denied) // not enabled
	testkit.Must(admin.EnableOrganizationsRootSessions(ctx, nil))(t)

	out := testkit.Must(boss.AssumeRoot(ctx, ask("111122223333", audit)))(t)
	me := srv.ConfigFor(aws.Credentials{
		AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey,
		SessionToken: *out.Credentials.SessionToken,
	})
	if who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(ctx, nil))(t); *who.Arn != "arn:aws:iam::111122223333:root" {
		t.Errorf("GetCallerIdentity = %s", *who.Arn)
	}
	testkit.Must(iam.NewFromConfig(me).GetAccountSummary(ctx, nil))(t) // the task
	testkit.WantError(t, testkit.Refused(iam.NewFromConfig(me).ListRoles(ctx, nil)), "AccessDenied",
		"User: arn:aws:iam::111122223333:root is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::111122223333:role/ "+
			"with an explicit deny in a session policy")

	root := sts.NewFromConfig(srv.ConfigFor(srv.AccountKey("999900001111")))
	for name, test := range map[string]struct {
		client        *sts.Client
		in            *sts.AssumeRootInput
		code, message string
	}{
		"the management account's root": {boss, ask("arn:aws:iam::999900001111:root", audit), "AccessDenied",
			"User: arn:aws:iam::999900001111:user/boss is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::999900001111:root"},
		"a stranger's root": {boss, ask("222222222222", audit), "AccessDenied",
			"User: arn:aws:iam::999900001111:user/boss is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::222222222222:root"},
		"by root": {root, ask("111122223333", audit), "AccessDenied",
			"User: arn:aws:iam::999900001111:root is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::111122223333:root"},
		"a user": {
			boss, ask("arn:aws:iam::111122223333:user/ana", audit), "ValidationError", "Request must contain a valid target principal",
		},
		"another policy": {boss, ask("111122223333", "arn:aws:iam::aws:policy/AdministratorAccess"), "ValidationError",
			"Request must contain valid AWS managed task policy ARN"},
		"a task nobody knows": {boss, ask("111122223333", "arn:aws:iam::aws:policy/root-task/None"), "ValidationError",
			"Request must contain valid AWS managed task policy ARN"},
	} {
		t.Run(name, func(t *testing.T) {
			testkit.WantError(t, testkit.Refused(test.client.AssumeRoot(ctx, test.in)), test.code, test.message)
		})
	}
	testkit.Must(admin.DisableOrganizationsRootSessions(ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(boss.AssumeRoot(ctx, ask("111122223333", audit))), "AccessDenied", denied)
}
