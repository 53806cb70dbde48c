package iam_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/internal/teststore"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// Without a thumbprint, one is derived from the host's name, whatever the path and the
// port, and no host is asked. Names that cannot be public are refused as at AWS.
func TestDerivedThumbprint(t *testing.T) {
	t.Parallel()
	s := iamsvc.New(iamsvc.Options{Store: teststore.New(t)})
	create := func(url string) (*iam.CreateOpenIDConnectProviderOutput, error) {
		return s.CreateOpenIDConnectProvider(rootOf(account), &next.CreateOpenIDConnectProviderInput{Url: &url})
	}
	thumbprints := func(url string) []string {
		arn := testkit.Must(create(url))(t).OpenIDConnectProviderArn
		return testkit.Must(s.GetOpenIDConnectProvider(rootOf(account),
			&iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))(t).ThumbprintList
	}
	want := thumbprints("https://idp.example.com")
	if len(want) != 1 || len(want[0]) != 40 || strings.Trim(want[0], "0123456789abcdef") != "" {
		t.Fatalf("thumbprints %v", want)
	}
	for _, url := range []string{"https://IDP.example.com", "https://idp.example.com:8443/path"} {
		if diff := cmp.Diff(want, thumbprints(url)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", url, diff)
		}
	}
	for _, url := range []string{
		"https://token.actions.githubusercontent.com", "https://gitlab.com", "https://accounts.google.com",
		"https://oidc.eks.eu-central-1.amazonaws.com/id/ABCDEF", "https://192.0.2.7:8443", "https://[2001:db8::1]",
	} {
		if got := thumbprints(url); cmp.Equal(got, want) || len(got) != 1 {
			t.Errorf("%s: thumbprints %v", url, got)
		}
	}
	for _, url := range []string{
		"https://keycloak", "https://keycloak:8443", "https://idp.invalid", "https://a.b.test/", "https://localhost:9",
		"https://-a.example.com",
		"https://a..example.com", "https://" + strings.Repeat("a", 64) + ".com",
	} {
		testkit.WantError(t, testkit.Refused(create(url)), "InvalidInput", "")
	}
}

// The provider gets the thumbprint that is found for its host; if none is found, the provider is refused.
func TestThumbprintOfOptions(t *testing.T) {
	t.Parallel()
	var asked string
	var fault error
	s := iamsvc.New(iamsvc.Options{Store: teststore.New(t), Thumbprint: func(_ context.Context, host string) (string, error) {
		asked = host
		return strings.Repeat("c", 40), fault
	}})
	create := func(url string) (*iam.CreateOpenIDConnectProviderOutput, error) {
		return s.CreateOpenIDConnectProvider(rootOf(account), &next.CreateOpenIDConnectProviderInput{Url: &url})
	}
	arn := testkit.Must(create("https://idp.example.com:443/path"))(t).OpenIDConnectProviderArn
	got := testkit.Must(s.GetOpenIDConnectProvider(rootOf(account), &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))(t)
	if len(got.ThumbprintList) != 1 || got.ThumbprintList[0] != strings.Repeat("c", 40) || asked != "idp.example.com" {
		t.Errorf("asked %s, thumbprints %v", asked, got.ThumbprintList)
	}
	fault = iamsvc.ErrNoHost
	testkit.WantError(t, testkit.Refused(create("https://none.example.com")), "InvalidInput", "")
	fault = errors.New("refused")
	testkit.WantError(t, testkit.Refused(create("https://none.example.com")), "OpenIdIdpCommunicationError",
		"Cannot connect to the OpenID Connect provider https://none.example.com")
}

// Metadata that AWS would not accept. The certificate is a real one.
func TestRefusedMetadata(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const head = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><IDPSSODescriptor><KeyDescriptor>` +
		`<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>`
	const tail = `</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>`
	const good = head + smallCertificate + tail
	create := func(document string) error {
		return testkit.Refused(f.CreateSAMLProvider(f.root,
			&next.CreateSAMLProviderInput{Name: aws.String("x"), SAMLMetadataDocument: &document}))
	}
	for name, document := range map[string]string{
		"no XML":                     "metadata",
		"an open element":            head,
		"another element":            strings.ReplaceAll(good, "EntityDescriptor", "EntitiesDescriptor"),
		"another namespace":          strings.Replace(good, "SAML:2.0:metadata", "SAML:1.0:metadata", 1),
		"no entity ID":               strings.Replace(good, ` entityID="x"`, "", 1),
		"no identity provider":       strings.ReplaceAll(good, "IDPSSODescriptor", "SPSSODescriptor"),
		"no certificate":             head + tail,
		"a broken certificate":       head + "AAAA" + tail,
		"a key for encryption":       strings.Replace(good, "<KeyDescriptor>", `<KeyDescriptor use="encryption">`, 1),
		"a byte order mark":          "\ufeff" + good,
		"a document type":            `<!DOCTYPE a [<!ENTITY e "e">]>` + good,
		"an entity of its own":       strings.Replace(good, `entityID="x"`, `entityID="&e;"`, 1),
		"text after it":              good + "text",
		"a second document after it": good + good,
	} {
		t.Run(name, func(t *testing.T) { testkit.WantError(t, create(document), "InvalidInput", "Could not parse metadata") })
	}
	if err := create("<?xml version=\"1.0\"?>\n<!-- c -->" + good + "\n<!-- d -->\n"); err != nil {
		t.Errorf("good metadata: %v", err)
	}
}

// smallCertificate is a certificate of an EC key.
const smallCertificate = "MIIBNjCB3qADAgECAhQMUeLDQ7C3/uyZE1ZfuqiitPQ5KzAKBggqhkjOPQQDAjATMREwDwYDVQQDDAhwcm9iZSBlYzAeFw0yMDAxMDEwMDAwMDBaFw00OTAxMDEwMDAwMDBaMBMxETAPBgNVBAMMCHByb2JlIGVjMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5OnhkJwbb5nii9MZNL2Nx0hesq6XjDDO+I3AAG1wJiodOm24uy4yAUZmM07rdhk7Rs+Do8paiZCYAnQhUu6APKMQMA4wDAYDVR0TAQH/BAIwADAKBggqhkjOPQQDAgNHADBEAiBnip2Bfu2O3lAVIOfDAcy1KrLMHiJEVG3Jf/mRfY/+OgIgDKMp38I/wQYHW/FqeTKJx5uBmNnO4l4dMN/WJ2K74t0="

func FuzzSAMLMetadata(f *testing.F) {
	f.Add(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"/>`)
	f.Add(`<!DOCTYPE a [<!ENTITY e "&e;&e;">]><a>&e;</a>`)
	s := iamsvc.New(iamsvc.Options{Store: memstore.New()})
	f.Fuzz(func(t *testing.T, document string) {
		err := testkit.Refused(s.UpdateSAMLProvider(rootOf(account),
			&next.UpdateSAMLProviderInput{SAMLProviderArn: aws.String("x"), SAMLMetadataDocument: &document}))
		var known interface{ ErrorCode() string }
		if !errors.As(err, &known) {
			t.Errorf("a document gives no AWS error: %v", err)
		}
	})
}

// Calls on providers, templates and features: the resource that a denial shows, and the
// ARN that a policy has to name.
func TestResourceOfEachCallOnProvidersAndFeatures(t *testing.T) {
	t.Parallel()
	const head = "arn:aws:iam::123456789012:"
	oidc, saml := aws.String(head+"oidc-provider/idp.example.com/p"), aws.String(head+"saml-provider/idp")
	x := aws.String("x")
	for _, c := range []struct {
		operation, shown, arn string
		in                    any
	}{
		{"CreateOpenIDConnectProvider", *oidc, *oidc,
			&next.CreateOpenIDConnectProviderInput{Url: aws.String("https://idp.example.com:443/p")}},
		{"GetOpenIDConnectProvider", *oidc, *oidc, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}},
		{"ListOpenIDConnectProviders", head + "oidc-provider/", head + "oidc-provider/", &iam.ListOpenIDConnectProvidersInput{}},
		{"AddClientIDToOpenIDConnectProvider", *oidc, *oidc, &iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}},
		{"RemoveClientIDFromOpenIDConnectProvider", *oidc, *oidc,
			&iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}},
		{"UpdateOpenIDConnectProvider", *oidc, *oidc, &next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}},
		{"UpdateOpenIDConnectProviderThumbprint", *oidc, *oidc,
			&iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: oidc}},
		{"DeleteOpenIDConnectProvider", *oidc, *oidc, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}},
		{"TagOpenIDConnectProvider", *oidc, *oidc, &iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}},
		{"UntagOpenIDConnectProvider", *oidc, *oidc, &iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}},
		{"ListOpenIDConnectProviderTags", *oidc, *oidc, &iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: oidc}},
		{"CreateSAMLProvider", head + "saml-provider/x", head + "saml-provider/x", &next.CreateSAMLProviderInput{Name: x}},
		{"GetSAMLProvider", *saml, *saml, &iam.GetSAMLProviderInput{SAMLProviderArn: saml}},
		{"ListSAMLProviders", head + "saml-provider/", head + "saml-provider/", &iam.ListSAMLProvidersInput{}},
		{"UpdateSAMLProvider", *saml, *saml, &next.UpdateSAMLProviderInput{SAMLProviderArn: saml}},
		{"DeleteSAMLProvider", *saml, *saml, &iam.DeleteSAMLProviderInput{SAMLProviderArn: saml}},
		{"TagSAMLProvider", *saml, *saml, &iam.TagSAMLProviderInput{SAMLProviderArn: saml}},
		{"UntagSAMLProvider", *saml, *saml, &iam.UntagSAMLProviderInput{SAMLProviderArn: saml}},
		{"ListSAMLProviderTags", *saml, *saml, &iam.ListSAMLProviderTagsInput{SAMLProviderArn: saml}},
		{"EnableOutboundWebIdentityFederation", "*", "*", &iam.EnableOutboundWebIdentityFederationInput{}},
		{"DisableOutboundWebIdentityFederation", "*", "*", &iam.DisableOutboundWebIdentityFederationInput{}},
		{"GetOutboundWebIdentityFederationInfo", "*", "*", &iam.GetOutboundWebIdentityFederationInfoInput{}},
		{"GetAccountProperties", "*", "*", &iam.GetAccountPropertiesInput{}},
		{"PutAccountProperties", "*", "*", &iam.PutAccountPropertiesInput{Properties: map[string]string{"RoleManager/Enabled": "false"}}},
		{"EnableOrganizationsRootCredentialsManagement", "*", "*", &iam.EnableOrganizationsRootCredentialsManagementInput{}},
		{"DisableOrganizationsRootCredentialsManagement", "*", "*", &iam.DisableOrganizationsRootCredentialsManagementInput{}},
		{"EnableOrganizationsRootSessions", "*", "*", &iam.EnableOrganizationsRootSessionsInput{}},
		{"DisableOrganizationsRootSessions", "*", "*", &iam.DisableOrganizationsRootSessionsInput{}},
		{"ListOrganizationsFeatures", "*", "*", &iam.ListOrganizationsFeaturesInput{}},
		{"GetRoleTemplateVersion", "role-template arn:aws:iam::aws:role-template/s/T:1", "arn:aws:iam::aws:role-template/s/T:1",
			&iam.GetRoleTemplateVersionInput{TemplateArn: aws.String("arn:aws:iam::aws:role-template/s/T:1")}},
		{"CreateDelegationRequest", head + "delegation-request/*", head + "delegation-request/*", &iam.CreateDelegationRequestInput{}},
		{"AcceptDelegationRequest", head + "delegation-request/x", head + "delegation-request/x",
			&iam.AcceptDelegationRequestInput{DelegationRequestId: x}},
		{"ListDelegationRequests", "*", "*", &iam.ListDelegationRequestsInput{}},
	} {
		t.Run(c.operation, func(t *testing.T) {
			t.Parallel()
			f := stage(t)
			action := "iam:" + c.operation
			testkit.WantError(t, f.decide(statement(action, "arn:aws:iam::123456789012:mfa/*"), c.operation, c.in), "AccessDenied",
				"User: arn:aws:iam::123456789012:user/anna is not authorized to perform: "+action+
					" on resource: "+c.shown+" because no identity-based policy allows the "+action+" action")
			if err := f.decide(statement(action, c.arn), c.operation, c.in); err != nil {
				t.Errorf("with a policy for %s: %v", c.arn, err)
			}
		})
	}
}

// Conditions on the tags of a provider, and on the tags that a call passes.
func TestTagConditionsOnProviders(t *testing.T) {
	t.Parallel()
	f := stage(t)
	arn := testkit.Must(f.CreateOpenIDConnectProvider(f.root, &next.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://idp.example.com"), ThumbprintList: []string{strings.Repeat("a", 40)}, Tags: tags("team", "red"),
	}))(t).OpenIDConnectProviderArn
	when := func(condition string) string {
		return `{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{` + condition + `}}}`
	}
	get := &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}
	if err := f.decide(when(`"aws:ResourceTag/team":"red"`), "GetOpenIDConnectProvider", get); err != nil {
		t.Error(err)
	}
	if err := f.decide(when(`"aws:ResourceTag/team":"blue"`), "GetOpenIDConnectProvider", get); err == nil {
		t.Error("a provider of another team is shown")
	}
	create := &next.CreateSAMLProviderInput{Name: aws.String("x"), Tags: tags("team", "red")}
	if err := f.decide(when(`"aws:RequestTag/team":"red"`), "CreateSAMLProvider", create); err != nil {
		t.Error(err)
	}
	testkit.WantError(t, f.decide(statement("iam:CreateSAMLProvider", "*"), "CreateSAMLProvider", create), "AccessDenied",
		"User: arn:aws:iam::123456789012:user/anna is not authorized to perform: iam:TagSAMLProvider on resource: arn:aws:iam::123456789012:saml-provider/x because no identity-based policy allows the iam:TagSAMLProvider action")
	other := aws.String("arn:aws:iam::999999999999:saml-provider/x")
	if err := f.decide(statement("*", "*"), "GetSAMLProvider", &iam.GetSAMLProviderInput{SAMLProviderArn: other}); err == nil {
		t.Error("a provider of another account is shown")
	}
}

// The features of centralized root access, in an organization with a
// management account, an administrator and an ordinary member.
func TestRootAccessInAnOrganization(t *testing.T) {
	t.Parallel()
	const administrator, member = "222222222222", "333333333333"
	f := newFixture(t)
	organize := func(change func(*persistence.Organization)) {
		f.update(func(tx persistence.Tx) error {
			o := &persistence.Organization{ID: "o-abcdefghij", RootID: "r-abcd", Accounts: []string{account, administrator, member},
				Administrators: []string{administrator}}
			change(o)
			for _, id := range o.Accounts {
				if err := persistence.Members.Put(tx, id, &persistence.Member{Management: account, ParentID: "r-abcd"}); err != nil {
					return err
				}
			}
			return persistence.Organizations.Put(tx, account, o)
		})
	}
	organize(func(*persistence.Organization) {})
	root, admin := rootOf(account), rootOf(administrator)
	both := []types.FeatureType{types.FeatureTypeRootCredentialsManagement, types.FeatureTypeRootSessions}
	testkit.Must(f.EnableOrganizationsRootSessions(root, nil))(t)
	out := testkit.Must(f.EnableOrganizationsRootCredentialsManagement(root, nil))(t)
	if diff := cmp.Diff(both, out.EnabledFeatures); diff != "" || *out.OrganizationId != "o-abcdefghij" {
		t.Errorf("organization %s (-want +got):\n%s", *out.OrganizationId, diff)
	}
	if diff := cmp.Diff(both, testkit.Must(f.EnableOrganizationsRootSessions(root, nil))(t).EnabledFeatures); diff != "" {
		t.Errorf("enabled twice (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(both[:1], testkit.Must(f.DisableOrganizationsRootSessions(admin, nil))(t).EnabledFeatures); diff != "" {
		t.Errorf("disabled by the administrator (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]types.FeatureType{},
		testkit.Must(f.DisableOrganizationsRootCredentialsManagement(root, nil))(t).EnabledFeatures); diff != "" {
		t.Errorf("all disabled (-want +got):\n%s", diff)
	}
	testkit.Must(f.ListOrganizationsFeatures(admin, nil))(t)
	testkit.WantError(t, testkit.Refused(f.EnableOrganizationsRootSessions(admin, nil)), "CallerIsNotManagementAccountException",
		"Account 222222222222 is not the management account of the organization.")
	testkit.WantError(t, testkit.Refused(f.ListOrganizationsFeatures(rootOf(member), nil)),
		"AccountNotManagementOrDelegatedAdministratorException",
		"Account 333333333333 is not the management account or a delegated administrator.")
	organize(func(o *persistence.Organization) { o.NoTrustedAccess = true })
	testkit.WantError(t, testkit.Refused(f.ListOrganizationsFeatures(root, nil)), "ServiceAccessNotEnabledException",
		"Trusted Access for IAM not enabled by organization of input account 123456789012.")
	organize(func(o *persistence.Organization) { o.BillingOnly = true })
	testkit.WantError(t, testkit.Refused(f.ListOrganizationsFeatures(root, nil)), "OrganizationNotInAllFeaturesModeException",
		"All features are not enabled by organization of input account 123456789012.")
}
