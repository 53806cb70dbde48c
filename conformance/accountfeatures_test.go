package conformance_test

import (
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestOutboundFederation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	off := "Outbound identity federation is disabled for account 000000000000"
	testkit.WantError(t, testkit.Refused(w.GetOutboundWebIdentityFederationInfo(w.ctx, nil)), "FeatureDisabled", off)
	testkit.WantError(t, testkit.Refused(w.DisableOutboundWebIdentityFederation(w.ctx, nil)), "FeatureDisabled", off)
	issuer := *testkit.Must(w.EnableOutboundWebIdentityFederation(w.ctx, nil))(t).IssuerIdentifier
	if !regexp.MustCompile(`^https://[0-9a-f-]{36}\.tokens\.sts\.global\.api\.aws$`).MatchString(issuer) {
		t.Errorf("issuer = %s", issuer)
	}
	testkit.WantError(t, testkit.Refused(w.EnableOutboundWebIdentityFederation(w.ctx, nil)), "FeatureEnabled",
		"Outbound identity federation is already enabled for account 000000000000")
	if info := testkit.Must(w.GetOutboundWebIdentityFederationInfo(w.ctx, nil))(t); *info.IssuerIdentifier != issuer ||
		!info.JwtVendingEnabled {
		t.Errorf("info = %+v", info)
	}
	testkit.Must(w.DisableOutboundWebIdentityFederation(w.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(w.GetOutboundWebIdentityFederationInfo(w.ctx, nil)), "FeatureDisabled", off)
	if again := *testkit.Must(w.EnableOutboundWebIdentityFederation(w.ctx, nil))(t).IssuerIdentifier; again != issuer {
		t.Errorf("issuer = %s, then %s", issuer, again)
	}
}

const managerRole = "AWSServiceRoleForIAMRoleManager"

func TestAccountProperties(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	properties := func(want string) {
		t.Helper()
		if diff := cmp.Diff(map[string]string{
			"RoleManager/Enabled": want,
		}, testkit.Must(w.GetAccountProperties(w.ctx, nil))(t).Properties); diff != "" {
			t.Errorf("properties (-want +got):\n%s", diff)
		}
	}
	put := func(client *iam.Client, properties map[string]string) error {
		return testkit.Refused(client.PutAccountProperties(w.ctx, &iam.PutAccountPropertiesInput{Properties: properties}))
	}
	properties("false")
	for name, c := range map[string]struct {
		properties map[string]string
		text       string
	}{
		"without a namespace": {
			map[string]string{"RoleManager": "false"}, "Property key must be in format Namespace/PropertyName: RoleManager",
		},
		"without a name": {
			map[string]string{"RoleManager/": "false"}, "Property key must be in format Namespace/PropertyName: RoleManager/",
		},
		"with two slashes": {
			map[string]string{"RoleManager/Enabled/Other": "false"}, "RoleManager namespace requires Enabled property",
		},
		"of no known namespace": {map[string]string{"Other/Enabled": "false"}, "Unsupported namespace: Other"},
		"of no known name":      {map[string]string{"RoleManager/Other": "false"}, "RoleManager namespace requires Enabled property"},
		"of two namespaces": {
			map[string]string{"RoleManager/Enabled": "false", "Other/Enabled": "false"}, "All properties must belong to the same namespace",
		},
		"in capitals":               {map[string]string{"RoleManager/Enabled": "FALSE"}, "Enabled must be 'true' or 'false'"},
		"that is not a truth value": {map[string]string{"RoleManager/Enabled": "0"}, "Enabled must be 'true' or 'false'"},
	} {
		t.Run(name, func(t *testing.T) { testkit.WantError(t, put(w.Client, c.properties), "InvalidInput", c.text) })
	}
	anna := w.user("anna", allow("iam:*AccountProperties"))
	if err := put(anna, map[string]string{"RoleManager/Enabled": "false", "RoleManager/Other": "x"}); err != nil {
		t.Error(err)
	}
	role := "arn:aws:iam::000000000000:role/aws-service-role/role-manager.iam.amazonaws.com/" + managerRole
	testkit.WantError(t, put(anna, map[string]string{"RoleManager/Enabled": "true"}), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:CreateServiceLinkedRole on resource: "+role+
			" because no identity-based policy allows the iam:CreateServiceLinkedRole action")
	properties("false")
	for range 2 {
		if err := put(w.Client, map[string]string{"RoleManager/Enabled": "true"}); err != nil {
			t.Fatal(err)
		}
	}
	properties("true")
	name := managerRole
	if got := testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: &name}))(t).Role; *got.Arn != role || got.Description != nil {
		t.Errorf("role = %+v", got)
	}
	if err := put(w.Client, map[string]string{"RoleManager/Enabled": "false"}); err != nil {
		t.Fatal(err)
	}
	properties("false")
	testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: &name}))(t)
}

// An account without an organization has no root access to manage.
func TestRootAccessWithoutAnOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := "The organization of input account 000000000000 cannot be found."
	testkit.WantError(t, testkit.Refused(w.ListOrganizationsFeatures(w.ctx, nil)), "OrganizationNotFoundException", text)
	testkit.WantError(t, testkit.Refused(w.EnableOrganizationsRootSessions(w.ctx, nil)), "OrganizationNotFoundException", text)
	testkit.WantError(t, testkit.Refused(w.DisableOrganizationsRootSessions(w.ctx, nil)), "OrganizationNotFoundException", text)
	testkit.WantError(t, testkit.Refused(w.EnableOrganizationsRootCredentialsManagement(w.ctx, nil)), "OrganizationNotFoundException", text)
	testkit.WantError(t, testkit.Refused(w.DisableOrganizationsRootCredentialsManagement(w.ctx, nil)),
		"OrganizationNotFoundException", text)
}
