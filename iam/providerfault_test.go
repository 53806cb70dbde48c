package iam_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

const (
	oidcARN       = "arn:aws:iam::123456789012:oidc-provider/idp.example.com"
	samlARN       = "arn:aws:iam::123456789012:saml-provider/idp"
	rotation      = "arn:aws:iam::aws:role-template/secretsmanager.amazonaws.com/AWSSecretsManagerRotationRoleTemplate:1"
	smallMetadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><IDPSSODescriptor><KeyDescriptor>` +
		`<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` + smallCertificate +
		`</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>`
)

// federated is a stage with a provider of each kind, an accepted delegation request,
// outbound federation, and the account's organization.
func federated(t *testing.T) (f *fixture, request *string) {
	f = stage(t)
	testkit.Must(f.CreateOpenIDConnectProvider(f.root, oidcProvider("https://idp.example.com")))(t)
	testkit.Must(f.CreateSAMLProvider(f.root,
		&next.CreateSAMLProviderInput{Name: aws.String("idp"), SAMLMetadataDocument: aws.String(smallMetadata)}))(t)
	testkit.Must(f.EnableOutboundWebIdentityFederation(f.root, nil))(t)
	testkit.Must(f.AcquireRole(f.root, acquired("there")))(t)
	f.update(func(tx persistence.Tx) error {
		return errors.Join(
			persistence.Members.Put(tx, account, &persistence.Member{Management: account, ParentID: "r-abcd"}),
			persistence.Organizations.Put(tx, account,
				&persistence.Organization{
					ID: "o-abcdefghij", RootID: "r-abcd", Accounts: []string{account}, RootFeatures: []string{"RootSessions"},
				}),
		)
	})
	request = delegation(t, f.Service, f.root)
	testkit.Must(f.AssociateDelegationRequest(f.root, &iam.AssociateDelegationRequestInput{DelegationRequestId: request}))(t)
	testkit.Must(f.AcceptDelegationRequest(f.root, &iam.AcceptDelegationRequestInput{DelegationRequestId: request}))(t)
	return f, request
}

func oidcProvider(url string) *next.CreateOpenIDConnectProviderInput {
	return &next.CreateOpenIDConnectProviderInput{Url: &url, ThumbprintList: []string{strings.Repeat("a", 40)}, ClientIDList: []string{"c"}}
}

func acquired(name string) *iam.AcquireRoleInput {
	values := map[string]types.ReplacementValueEntry{}
	for parameter, value := range map[string]string{
		"RoleName": name, "accountId": account, "region": "us-east-1", "resourceType": "t",
	} {
		values[parameter] = types.ReplacementValueEntry{Values: []string{value}}
	}
	return &iam.AcquireRoleInput{TemplateArn: aws.String(rotation), ReplacementValues: values}
}

// federatedCalls are calls that succeed on what federated makes.
func federatedCalls(ctx context.Context, s *iamsvc.Service, request *string) map[string]func() error {
	oidc, saml, list := aws.String(oidcARN), aws.String(samlARN), tags("a", "b")
	return map[string]func() error{
		"CreateOpenIDConnectProvider": func() error {
			return testkit.Refused(s.CreateOpenIDConnectProvider(ctx, oidcProvider("https://other.example.com")))
		},
		"GetOpenIDConnectProvider": func() error {
			return testkit.Refused(s.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}))
		},
		"ListOpenIDConnectProviders": func() error { return testkit.Refused(s.ListOpenIDConnectProviders(ctx, nil)) },
		"AddClientIDToOpenIDConnectProvider": func() error {
			return testkit.Refused(s.AddClientIDToOpenIDConnectProvider(ctx,
				&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, ClientID: aws.String("d")}))
		},
		"UpdateOpenIDConnectProvider": func() error {
			return testkit.Refused(s.UpdateOpenIDConnectProvider(ctx,
				&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, ContextProvider: bySubject("sub")}))
		},
		"DeleteOpenIDConnectProvider": func() error {
			return testkit.Refused(s.DeleteOpenIDConnectProvider(ctx,
				&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}))
		},
		"ListOpenIDConnectProviderTags": func() error {
			return testkit.Refused(s.ListOpenIDConnectProviderTags(ctx,
				&iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: oidc}))
		},
		"CreateSAMLProvider": func() error {
			return testkit.Refused(s.CreateSAMLProvider(ctx,
				&next.CreateSAMLProviderInput{Name: aws.String("new"), SAMLMetadataDocument: aws.String(smallMetadata)}))
		},
		"GetSAMLProvider": func() error {
			return testkit.Refused(s.GetSAMLProvider(ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: saml}))
		},
		"ListSAMLProviders": func() error { return testkit.Refused(s.ListSAMLProviders(ctx, nil)) },
		"TagSAMLProvider": func() error {
			return testkit.Refused(s.TagSAMLProvider(ctx, &iam.TagSAMLProviderInput{SAMLProviderArn: saml, Tags: list}))
		},
		"DeleteSAMLProvider": func() error {
			return testkit.Refused(s.DeleteSAMLProvider(ctx, &iam.DeleteSAMLProviderInput{SAMLProviderArn: saml}))
		},
		"DisableOutboundWebIdentityFederation": func() error { return testkit.Refused(s.DisableOutboundWebIdentityFederation(ctx, nil)) },
		"GetOutboundWebIdentityFederationInfo": func() error { return testkit.Refused(s.GetOutboundWebIdentityFederationInfo(ctx, nil)) },
		"GetAccountProperties":                 func() error { return testkit.Refused(s.GetAccountProperties(ctx, nil)) },
		"PutAccountProperties": func() error {
			return testkit.Refused(s.PutAccountProperties(ctx,
				&iam.PutAccountPropertiesInput{Properties: map[string]string{"RoleManager/Enabled": "true"}}))
		},
		"EnableOrganizationsRootCredentialsManagement": func() error {
			return testkit.Refused(s.EnableOrganizationsRootCredentialsManagement(ctx, nil))
		},
		"DisableOrganizationsRootSessions": func() error { return testkit.Refused(s.DisableOrganizationsRootSessions(ctx, nil)) },
		"ListOrganizationsFeatures":        func() error { return testkit.Refused(s.ListOrganizationsFeatures(ctx, nil)) },
		"AcquireRole that is new":          func() error { return testkit.Refused(s.AcquireRole(ctx, acquired("new"))) },
		"AcquireRole that is there":        func() error { return testkit.Refused(s.AcquireRole(ctx, acquired("there"))) },
		"GetDelegationRequest": func() error {
			return testkit.Refused(s.GetDelegationRequest(ctx, &iam.GetDelegationRequestInput{DelegationRequestId: request}))
		},
		"ListDelegationRequests": func() error {
			return testkit.Refused(s.ListDelegationRequests(ctx, &iam.ListDelegationRequestsInput{}))
		},
		"SendDelegationToken": func() error {
			return testkit.Refused(s.SendDelegationToken(ctx, &iam.SendDelegationTokenInput{DelegationRequestId: request}))
		},
		"RejectDelegationRequest": func() error {
			return testkit.Refused(s.RejectDelegationRequest(ctx, &iam.RejectDelegationRequestInput{DelegationRequestId: request}))
		},
		"GetHumanReadableSummary": func() error {
			return testkit.Refused(s.GetHumanReadableSummary(ctx,
				&iam.GetHumanReadableSummaryInput{EntityArn: aws.String("arn:aws:iam::123456789012:delegation-request/" + *request)}))
		},
		"the notifications": func() error {
			_, err := s.DelegationNotifications(ctx, *request)
			return err
		},
	}
}

// Whichever access to the store fails, the operation returns that error and leaves
// everything as it was.
func TestFaultOfTheStoreInFederation(t *testing.T) {
	t.Parallel()
	_, request := federated(t)
	for name := range federatedCalls(context.Background(), nil, request) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, request := federated(t)
			store := testkit.NewFailingStore(f.store)
			call := federatedCalls(f.root, iamsvc.New(iamsvc.Options{Store: store, Now: func() time.Time { return birth }}), request)[name]
			store.AtEachAccess(t, call)
		})
	}
}

// Of calls that exclude each other, exactly one succeeds, whatever their order.
func TestFederatedCallsAtOnce(t *testing.T) {
	t.Parallel()
	const callers = 8
	f, _ := federated(t)
	other := delegationOf(t, f.Service, f.root, "second")
	for name, c := range map[string]struct {
		call func() error
		want int
	}{
		"a provider": {func() error {
			return testkit.Refused(f.CreateOpenIDConnectProvider(f.root, oidcProvider("https://new.example.com")))
		}, 1},
		"its end": {func() error {
			return testkit.Refused(f.DeleteOpenIDConnectProvider(f.root,
				&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(oidcARN)}))
		}, 1},
		"an owner": {func() error {
			return testkit.Refused(f.AssociateDelegationRequest(f.root, &iam.AssociateDelegationRequestInput{DelegationRequestId: other}))
		}, 1},
		"a feature":    {func() error { return testkit.Refused(f.DisableOutboundWebIdentityFederation(f.root, nil)) }, 1},
		"the one role": {func() error { return testkit.Refused(f.AcquireRole(f.root, acquired("new"))) }, callers},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wait sync.WaitGroup
			errs := make(chan error, callers)
			for range callers {
				wait.Go(func() { errs <- c.call() })
			}
			wait.Wait()
			close(errs)
			good := 0
			for err := range errs {
				if err == nil {
					good++
				}
			}
			if good != c.want {
				t.Errorf("%d of %d calls succeeded, want %d", good, callers, c.want)
			}
		})
	}
}
