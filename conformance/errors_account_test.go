package conformance_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

func failuresOfTheAccount(t *testing.T) []failure {
	w := newWorld(t)
	other := iam.NewFromConfig(w.srv.ConfigFor(w.srv.AccountKey("111122223333")))
	testkit.Must(other.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String("taken")}))(t)
	disabled, enabled := w.Client, other
	testkit.Must(enabled.EnableOutboundWebIdentityFederation(w.ctx, nil))(t)
	const (
		off = "Outbound identity federation is disabled for account 000000000000"
		on  = "Outbound identity federation is already enabled for account 111122223333"
	)
	return []failure{
		{"EntityAlreadyExists", "The account alias taken already exists.",
			testkit.Refused(w.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String("taken")}))},
		{"NoSuchEntity", "The account alias none cannot be found.",
			testkit.Refused(w.DeleteAccountAlias(w.ctx, &iam.DeleteAccountAliasInput{AccountAlias: aws.String("none")}))},
		{"NoSuchEntity", "The Password Policy with domain name 000000000000 cannot be found.",
			testkit.Refused(w.GetAccountPasswordPolicy(w.ctx, nil))},
		{"NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.",
			testkit.Refused(w.DeleteAccountPasswordPolicy(w.ctx, nil))},
		{"FeatureDisabled", off, testkit.Refused(disabled.GetOutboundWebIdentityFederationInfo(w.ctx, nil))},
		{"FeatureDisabled", off, testkit.Refused(disabled.DisableOutboundWebIdentityFederation(w.ctx, nil))},
		{"FeatureEnabled", on, testkit.Refused(enabled.EnableOutboundWebIdentityFederation(w.ctx, nil))},
		{"InvalidInput", "Unsupported namespace: Other",
			testkit.Refused(w.PutAccountProperties(w.ctx,
				&iam.PutAccountPropertiesInput{Properties: map[string]string{"Other/Enabled": "true"}}))},
	}
}

// Organizations of the accounts of failuresOfOrganizations, a file each.
var manyOrganizations = []string{
	"organization: {management: '111111111111', featureSet: CONSOLIDATED_BILLING}",
	"organization: {management: '222222222222', trustedAccess: false}",
	"organization: {management: '333333333333', id: o-organization3, administrators: ['333333333334'], root: {accounts: ['333333333334', '333333333335']}}",
}

func failuresOfOrganizations(t *testing.T) []failure {
	var seeds []iamtest.Option
	for i, text := range manyOrganizations {
		file := filepath.Join(t.TempDir(), string(rune('a'+i)))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, iamtest.WithSeed(file))
	}
	srv, ctx := iamtest.Start(t, seeds...), context.Background()
	of := func(account string) *iam.Client { return iam.NewFromConfig(srv.ConfigFor(srv.AccountKey(account))) }
	calls := []func(*iam.Client) error{
		func(c *iam.Client) error {
			return testkit.Refused(c.EnableOrganizationsRootCredentialsManagement(ctx, nil))
		},
		func(c *iam.Client) error { return testkit.Refused(c.EnableOrganizationsRootSessions(ctx, nil)) },
		func(c *iam.Client) error {
			return testkit.Refused(c.DisableOrganizationsRootCredentialsManagement(ctx, nil))
		},
		func(c *iam.Client) error { return testkit.Refused(c.DisableOrganizationsRootSessions(ctx, nil)) },
		func(c *iam.Client) error { return testkit.Refused(c.ListOrganizationsFeatures(ctx, nil)) },
	}
	var list []failure
	for _, call := range calls {
		list = append(list,
			failure{"OrganizationNotFoundException", "The organization of input account 444444444444 cannot be found.",
				call(of("444444444444"))},
			failure{
				"OrganizationNotInAllFeaturesModeException", "All features are not enabled by organization of input account 111111111111.",
				call(of("111111111111")),
			},
			failure{
				"ServiceAccessNotEnabledException", "Trusted Access for IAM not enabled by organization of input account 222222222222.",
				call(of("222222222222")),
			},
			failure{
				"AccountNotManagementOrDelegatedAdministratorException",
				"Account 333333333335 is not the management account or a delegated administrator.", call(of("333333333335")),
			})
	}
	for _, call := range calls[:2] { // a delegated administrator may do the others
		list = append(list, failure{
			"CallerIsNotManagementAccountException", "Account 333333333334 is not the management account of the organization.",
			call(of("333333333334")),
		})
	}
	for _, call := range calls[2:] {
		if err := call(of("333333333334")); err != nil {
			t.Errorf("a delegated administrator: %v", err)
		}
	}
	return list
}

func failuresOfReports(t *testing.T) []failure {
	w, update := tampered(t)
	w.user("ann", allow("s3:*"))
	absent := testkit.Refused(w.GetCredentialReport(w.ctx, nil))
	testkit.Must(w.GenerateCredentialReport(w.ctx, nil))(t)
	generated := func(at time.Time) {
		update(func(tx persistence.Tx) error {
			r, err := persistence.CredentialReports.Get(tx, "000000000000")
			if err != nil {
				return err
			}
			r.Generated = at
			return persistence.CredentialReports.Put(tx, "000000000000", r)
		})
	}
	generated(time.Now().Add(time.Minute)) // a second has not passed, however slow the test is
	running := testkit.Refused(w.GetCredentialReport(w.ctx, nil))
	generated(time.Now().Add(-4 * time.Hour))
	expired := testkit.Refused(w.GetCredentialReport(w.ctx, nil))

	ann, none, root, job := aws.String(userARN+"ann"), aws.String(userARN+"none"), aws.String(iamHead+"root"), aws.String(nobodysJob)
	known := testkit.Must(w.GenerateServiceLastAccessedDetails(w.ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: ann}))(t).JobId
	missing := "Job " + nobodysJob + " does not exist."

	r := newTour(t, &coverage{})
	path := r.organizationPath()
	testkit.Must(r.GenerateOrganizationsAccessReport(r.ctx, &iam.GenerateOrganizationsAccessReportInput{EntityPath: &path}))(t)
	member := path + "/111122223333"
	return []failure{
		{"ReportNotPresent", "", absent},
		{"ReportInProgress", "", running},
		{"ReportExpired", "", expired},
		{"NoSuchEntity", "ARN " + *none + " does not exist.",
			testkit.Refused(w.GenerateServiceLastAccessedDetails(w.ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: none}))},
		{"InvalidInput", "Invalid Entity Arn: " + *root + " is not supported.",
			testkit.Refused(w.GenerateServiceLastAccessedDetails(w.ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: root}))},
		{"NoSuchEntity", missing, testkit.Refused(w.GetServiceLastAccessedDetails(w.ctx,
			&iam.GetServiceLastAccessedDetailsInput{JobId: job}))},
		{"NoSuchEntity", missing, testkit.Refused(w.GetServiceLastAccessedDetailsWithEntities(w.ctx,
			&iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: job, ServiceNamespace: aws.String("s3")}))},
		{"InvalidInput", "Service namepace S3 is either invalid or unsupported.",
			testkit.Refused(w.GetServiceLastAccessedDetailsWithEntities(w.ctx,
				&iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: known, ServiceNamespace: aws.String("S3")}))},
		{"NoSuchEntity", "ARN " + *none + " does not exist.",
			testkit.Refused(w.ListPoliciesGrantingServiceAccess(w.ctx,
				&iam.ListPoliciesGrantingServiceAccessInput{Arn: none, ServiceNamespaces: []string{"s3"}}))},
		{"InvalidInput", "Invalid service namespace: [none]",
			testkit.Refused(w.ListPoliciesGrantingServiceAccess(w.ctx,
				&iam.ListPoliciesGrantingServiceAccessInput{Arn: ann, ServiceNamespaces: []string{"none"}}))},
		{"ReportGenerationLimitExceeded", "", testkit.Refused(r.GenerateOrganizationsAccessReport(r.ctx,
			&iam.GenerateOrganizationsAccessReportInput{EntityPath: &member}))},
		{"NoSuchEntity", missing, testkit.Refused(r.GetOrganizationsAccessReport(r.ctx,
			&iam.GetOrganizationsAccessReportInput{JobId: job}))},
	}
}

func failuresOfSimulations(t *testing.T) []failure {
	w, update := tampered(t)
	w.user("ann", "")
	broken := testkit.Must(w.GetUser(w.ctx, &iam.GetUserInput{UserName: aws.String("ann")}))(t).User
	update(func(tx persistence.Tx) error {
		return persistence.InlinePolicies.Put(tx, "000000000000",
			&persistence.InlinePolicy{EntityID: *broken.UserId, Name: "own", Document: "{"})
	})
	w.user("eve", "")
	none, eve, actions, bad := aws.String(userARN+"none"), aws.String(userARN+"eve"), []string{"s3:GetObject"}, []string{"{"}
	const (
		content = "Policy input list item 1 has invalid content"
		absent  = "Unable to retrieve specified IAM entity."
	)
	return []failure{
		{"InvalidInput", content, testkit.Refused(w.SimulateCustomPolicy(w.ctx,
			&iam.SimulateCustomPolicyInput{PolicyInputList: bad, ActionNames: actions}))},
		{"NoSuchEntity", absent, testkit.Refused(w.SimulatePrincipalPolicy(w.ctx,
			&iam.SimulatePrincipalPolicyInput{PolicySourceArn: none, ActionNames: actions}))},
		{"InvalidInput", content, testkit.Refused(w.SimulatePrincipalPolicy(w.ctx,
			&iam.SimulatePrincipalPolicyInput{PolicySourceArn: eve, PolicyInputList: bad, ActionNames: actions}))},
		{"PolicyEvaluation", "inline policy own of " + *broken.UserId +
			": policy document, line 1, column 2: expected the name of a member",
			testkit.Refused(w.SimulatePrincipalPolicy(w.ctx,
				&iam.SimulatePrincipalPolicyInput{PolicySourceArn: broken.Arn, ActionNames: actions}))},
		{"InvalidInput", content, testkit.Refused(w.GetContextKeysForCustomPolicy(w.ctx,
			&iam.GetContextKeysForCustomPolicyInput{PolicyInputList: bad}))},
		{"NoSuchEntity", absent, testkit.Refused(w.GetContextKeysForPrincipalPolicy(w.ctx,
			&iam.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: none}))},
		{"InvalidInput", content, testkit.Refused(w.GetContextKeysForPrincipalPolicy(w.ctx,
			&iam.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: eve, PolicyInputList: bad}))},
	}
}

func failuresOfDelegationRequests(t *testing.T) []failure {
	p := newPartner(t)
	none := aws.String("dr-00000000-0000-0000-0000-000000000000")
	missing := "The delegation request with id " + *none + " cannot be found."
	fresh, done := p.request(p.input("workflow-1")), p.request(p.input("workflow-2"))
	for _, step := range []func(*iam.Client, *string) error{p.associate, p.accept, p.send} {
		if err := step(p.Client, done); err != nil {
			t.Fatal(err)
		}
	}
	finished := "The delegation request " + *done + " is in state FINALIZED."
	unknown, long := p.input("workflow-3"), p.input("workflow-3")
	unknown.Permissions.PolicyTemplateArn = aws.String("arn:aws:iam:::delegation-template/none")
	long.Permissions.Parameters[1] = parameter("prefix", strings.Repeat("x", 2000))
	create := func(in *iam.CreateDelegationRequestInput) error {
		return testkit.Refused(p.as.CreateDelegationRequest(p.ctx, in))
	}
	summary := func(arn string) error {
		return testkit.Refused(p.GetHumanReadableSummary(p.ctx, &iam.GetHumanReadableSummaryInput{EntityArn: &arn}))
	}
	return []failure{
		{"EntityAlreadyExists", "A delegation request with workflow id workflow-1 already exists.", create(p.input("workflow-1"))},
		{"InvalidInput", "The policy template arn:aws:iam:::delegation-template/none is not registered.", create(unknown)},
		{"LimitExceeded", "The rendered policy exceeds 2048 characters.", create(long)},
		{"NoSuchEntity", missing, testkit.Refused(p.GetDelegationRequest(p.ctx,
			&iam.GetDelegationRequestInput{DelegationRequestId: none}))},
		{"NoSuchEntity", missing, summary(iamHead + "delegation-request/" + *none)},
		{"InvalidInput", "ARN " + notPolicy + " is not the ARN of a delegation request.", summary(notPolicy)},
		{"NoSuchEntity", missing, p.associate(p.Client, none)},
		{"InvalidInput", finished, p.associate(p.Client, done)},
		{"NoSuchEntity", missing, p.forward(p.Client, none)},
		{"InvalidInput", finished, p.forward(p.Client, done)},
		{"NoSuchEntity", missing, p.accept(p.Client, none)},
		{"ConcurrentModification", finished, p.accept(p.Client, done)},
		{"NoSuchEntity", missing, p.reject(p.Client, none)},
		{"InvalidInput", finished, p.reject(p.Client, done)},
		{"NoSuchEntity", missing, p.send(p.Client, none)},
		{"InvalidInput", "The delegation request " + *fresh + " is in state UNASSIGNED.", p.send(p.Client, fresh)},
	}
}
