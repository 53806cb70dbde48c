package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

func tourOfTheAccount(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	alias := aws.String("tours")
	try(r, (*iam.Client).CreateAccountAlias, &iam.CreateAccountAliasInput{AccountAlias: alias}, on("*"))
	try(r, (*iam.Client).ListAccountAliases, &iam.ListAccountAliasesInput{}, on("*"))
	try(r, (*iam.Client).DeleteAccountAlias, &iam.DeleteAccountAliasInput{AccountAlias: alias}, on("*"))
	try(r, (*iam.Client).UpdateAccountPasswordPolicy, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: aws.Int32(12)}, on("*"))
	try(r, (*iam.Client).GetAccountPasswordPolicy, &iam.GetAccountPasswordPolicyInput{}, on("*"))
	try(r, (*iam.Client).DeleteAccountPasswordPolicy, &iam.DeleteAccountPasswordPolicyInput{}, on("*"))
	try(r, (*iam.Client).GetAccountSummary, &iam.GetAccountSummaryInput{}, on("*"))
	try(r, (*iam.Client).GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(5)}, on("*"))
	try(r, (*iam.Client).SetSecurityTokenServicePreferences,
		&iam.SetSecurityTokenServicePreferencesInput{GlobalEndpointTokenVersion: types.GlobalEndpointTokenVersionV2Token}, on("*"))
	try(r, (*iam.Client).EnableOutboundWebIdentityFederation, &iam.EnableOutboundWebIdentityFederationInput{}, on("*"))
	try(r, (*iam.Client).GetOutboundWebIdentityFederationInfo, &iam.GetOutboundWebIdentityFederationInfoInput{}, on("*"))
	try(r, (*iam.Client).DisableOutboundWebIdentityFederation, &iam.DisableOutboundWebIdentityFederationInput{}, on("*"))
	try(r, (*iam.Client).PutAccountProperties, &iam.PutAccountPropertiesInput{Properties: map[string]string{"RoleManager/Enabled": "true"}},
		on("*", need{
			action: "iam:CreateServiceLinkedRole", shown: iamHead + "role/aws-service-role/role-manager.iam.amazonaws.com/" + managerRole,
		}))
	try(r, (*iam.Client).GetAccountProperties, &iam.GetAccountPropertiesInput{}, on("*"))
}

func tourOfTheOrganization(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	try(r, (*iam.Client).EnableOrganizationsRootCredentialsManagement, &iam.EnableOrganizationsRootCredentialsManagementInput{}, on("*"))
	try(r, (*iam.Client).EnableOrganizationsRootSessions, &iam.EnableOrganizationsRootSessionsInput{}, on("*"))
	try(r, (*iam.Client).ListOrganizationsFeatures, &iam.ListOrganizationsFeaturesInput{}, on("*"))
	try(r, (*iam.Client).DisableOrganizationsRootCredentialsManagement, &iam.DisableOrganizationsRootCredentialsManagementInput{}, on("*"))
	try(r, (*iam.Client).DisableOrganizationsRootSessions, &iam.DisableOrganizationsRootSessionsInput{}, on("*"))
	path := r.organizationPath()
	job := try(r, (*iam.Client).GenerateOrganizationsAccessReport, &iam.GenerateOrganizationsAccessReportInput{EntityPath: &path},
		on(iamHead+"access-report/"+path)).JobId
	try(r, (*iam.Client).GetOrganizationsAccessReport, &iam.GetOrganizationsAccessReportInput{JobId: job}, on("*"))
}

// organizationPath is the path of the organization's root.
func (r *tour) organizationPath() string {
	r.t.Helper()
	var path string
	if err := r.faults.View(r.t.Context(), func(tx persistence.Tx) error {
		o, err := persistence.Organizations.Get(tx, "000000000000")
		if err == nil {
			path = o.ID + "/" + o.RootID
		}
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return path
}

func tourOfReports(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	r.user("ann", allow("s3:*"))
	ann := aws.String(userARN + "ann")
	try(r, (*iam.Client).GenerateCredentialReport, &iam.GenerateCredentialReportInput{}, on("*"))
	_, _ = r.GetCredentialReport(r.ctx, nil) // the first who asks is told to wait
	try(r, (*iam.Client).GetCredentialReport, &iam.GetCredentialReportInput{}, on("*"))
	job := try(r, (*iam.Client).GenerateServiceLastAccessedDetails, &iam.GenerateServiceLastAccessedDetailsInput{Arn: ann}, on(*ann)).JobId
	try(r, (*iam.Client).GetServiceLastAccessedDetails, &iam.GetServiceLastAccessedDetailsInput{JobId: job}, on("*"))
	try(r, (*iam.Client).GetServiceLastAccessedDetailsWithEntities,
		&iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: job, ServiceNamespace: aws.String("s3")}, on("*"))
	try(r, (*iam.Client).ListPoliciesGrantingServiceAccess,
		&iam.ListPoliciesGrantingServiceAccessInput{Arn: ann, ServiceNamespaces: []string{"s3"}}, on(*ann))
}

func tourOfSimulations(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	r.user("ann", allow("s3:*"))
	ann := aws.String(userARN + "ann")
	policies, actions := []string{allow("s3:*")}, []string{"s3:GetObject"}
	try(r, (*iam.Client).SimulateCustomPolicy, &iam.SimulateCustomPolicyInput{PolicyInputList: policies, ActionNames: actions}, on("*"))
	try(r, (*iam.Client).SimulatePrincipalPolicy, &iam.SimulatePrincipalPolicyInput{PolicySourceArn: ann, ActionNames: actions}, on(*ann))
	try(r, (*iam.Client).GetContextKeysForCustomPolicy, &iam.GetContextKeysForCustomPolicyInput{PolicyInputList: policies}, on("*"))
	try(r, (*iam.Client).GetContextKeysForPrincipalPolicy, &iam.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: ann}, on(*ann))
}

// tourOfDelegationRequests has the account as its own partner. The owner of a
// request needs no policy, and is none of the users who try.
func tourOfDelegationRequests(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	var template struct{ PolicyTemplateArn string }
	manage(t, r.srv, "POST", "delegation-templates", map[string]any{
		"account": "000000000000", "requestor": "Tour", "name": "setup",
		"policy": map[string]any{
			"Version": "2012-10-17", "Statement": []any{map[string]string{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}},
		},
	}, &template)
	permission := &types.DelegationPermission{PolicyTemplateArn: &template.PolicyTemplateArn}
	request := func(workflow string) *iam.CreateDelegationRequestInput {
		return &iam.CreateDelegationRequestInput{
			Description: aws.String("Set up"), RequestorWorkflowId: &workflow,
			NotificationChannel: aws.String("arn:aws:sns:us-east-1:000000000000:tour"),
			SessionDuration:     aws.Int32(3600), Permissions: permission,
		}
	}
	arn := func(id *string) string { return iamHead + "delegation-request/" + *id }
	id := try(r, (*iam.Client).CreateDelegationRequest, request("workflow-1"), on(iamHead+"delegation-request/*")).DelegationRequestId
	on := func() []need { return on(arn(id)) }
	tryGranted(r, (*iam.Client).AssociateDelegationRequest, &iam.AssociateDelegationRequestInput{DelegationRequestId: id},
		[]need{{action: "iam:AssociateDelegationRequest", shown: arn(id)}})
	try(r, (*iam.Client).GetDelegationRequest, &iam.GetDelegationRequestInput{DelegationRequestId: id}, on())
	try(r, (*iam.Client).GetHumanReadableSummary, &iam.GetHumanReadableSummaryInput{EntityArn: aws.String(arn(id))}, on())
	try(r, (*iam.Client).ListDelegationRequests, &iam.ListDelegationRequestsInput{}, []need{{shown: "*"}})
	try(r, (*iam.Client).UpdateDelegationRequest,
		&iam.UpdateDelegationRequestInput{DelegationRequestId: id, Notes: aws.String("please")}, on())
	try(r, (*iam.Client).AcceptDelegationRequest, &iam.AcceptDelegationRequestInput{DelegationRequestId: id}, on())
	try(r, (*iam.Client).SendDelegationToken, &iam.SendDelegationTokenInput{DelegationRequestId: id}, on())
	p := &partner{world: r.world}
	try(r, (*sts.Client).GetDelegatedAccessToken, &sts.GetDelegatedAccessTokenInput{TradeInToken: p.exchangeToken(id)},
		[]need{{shown: "*"}})
	second := testkit.Must(r.CreateDelegationRequest(r.ctx, request("workflow-2")))(t).DelegationRequestId
	testkit.Must(r.AssociateDelegationRequest(r.ctx, &iam.AssociateDelegationRequestInput{DelegationRequestId: second}))(t)
	id = second
	try(r, (*iam.Client).RejectDelegationRequest,
		&iam.RejectDelegationRequestInput{DelegationRequestId: second, Notes: aws.String("no")}, on())
}
