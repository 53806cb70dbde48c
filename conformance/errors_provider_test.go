package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

func failuresOfOIDCProviders(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{OIDCProvidersPerAccount: 2, ClientIDsPerOIDCProvider: 1},
		func(o *server.Options) { o.FetchThumbprints = true })
	fifty, more := fiftyOne()
	p := w.oidc("https://id.example.com", "web")
	full := testkit.Must(w.CreateOpenIDConnectProvider(w.ctx,
		&iam.CreateOpenIDConnectProviderInput{
			Url: aws.String("https://full.example.com"), ThumbprintList: thumbs(1), Tags: fifty,
		}))(t).OpenIDConnectProviderArn
	none, not, id := aws.String(iamHead+"oidc-provider/none.example.com"), aws.String(notPolicy), aws.String("other")
	missing, notValid := "OpenIDConnect Provider not found for arn "+*none, "ARN "+notPolicy+" is not valid."
	create := func(url string, thumbprints ...string) error {
		return testkit.Refused(w.CreateOpenIDConnectProvider(w.ctx,
			&iam.CreateOpenIDConnectProviderInput{Url: &url, ThumbprintList: thumbprints}))
	}
	add := func(arn *string) error {
		return testkit.Refused(w.AddClientIDToOpenIDConnectProvider(w.ctx,
			&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: id}))
	}
	remove := func(arn *string) error {
		return testkit.Refused(w.RemoveClientIDFromOpenIDConnectProvider(w.ctx,
			&iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: id}))
	}
	update := func(arn *string, n int) error {
		return testkit.Refused(w.UpdateOpenIDConnectProviderThumbprint(w.ctx,
			&iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: arn, ThumbprintList: thumbs(n)}))
	}
	propagate := func(arn *string, in next.UpdateOpenIDConnectProviderInput) error {
		in.OpenIDConnectProviderArn = arn
		return testkit.Refused(updateOIDC(w.Client, w.ctx, &in))
	}
	const silent = "127.0.0.1:1" // where nobody listens; the system may give a port that was given back to another test
	return []failure{
		{"InvalidInput", "Invalid Open ID Connect Provider URL. The URL must begin with https://.",
			create("http://id.example.com", thumbs(1)...)},
		{"InvalidInput", "Thumbprint list must contain fewer than 5 entries.", create("https://many.example.com", thumbs(6)...)},
		{"EntityAlreadyExists", "Provider with url https://id.example.com already exists.", create("https://id.example.com", thumbs(1)...)},
		{"LimitExceeded", "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 2", create("https://third.example.com", thumbs(1)...)},
		{"OpenIdIdpCommunicationError", "Cannot connect to the OpenID Connect provider https://" + silent, create("https://" + silent)},
		{"NoSuchEntity", missing, testkit.Refused(w.GetOpenIDConnectProvider(w.ctx,
			&iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.GetOpenIDConnectProvider(w.ctx,
			&iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: not}))},
		{"NoSuchEntity", missing, add(none)},
		{"InvalidInput", notValid, add(not)},
		{"LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 1", add(p)},
		{"NoSuchEntity", missing, remove(none)},
		{"InvalidInput", notValid, remove(not)},
		{"NoSuchEntity", missing, update(none, 1)},
		{"InvalidInput", "Thumbprint list must contain fewer than 5 entries.", update(p, 6)},
		{"NoSuchEntity", missing, propagate(none, next.UpdateOpenIDConnectProviderInput{ContextProvider: fullContext()})},
		{"InvalidInput", notValid, propagate(not, next.UpdateOpenIDConnectProviderInput{RemoveContextProvider: true})},
		{"InvalidInput", "Cannot associate an IAM Identity Center instance with a provider that has no context provider.",
			propagate(p, next.UpdateOpenIDConnectProviderInput{IdentityCenterInstanceArn: aws.String(identityCenter)})},
		{"NoSuchEntity", "OpenId connect Provider " + *none + " cannot be found.",
			testkit.Refused(w.DeleteOpenIDConnectProvider(w.ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.DeleteOpenIDConnectProvider(w.ctx,
			&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: not}))},
		{"NoSuchEntity", missing, testkit.Refused(w.TagOpenIDConnectProvider(w.ctx,
			&iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: none, Tags: more}))},
		{"LimitExceeded", tooManyTags, testkit.Refused(w.TagOpenIDConnectProvider(w.ctx,
			&iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: full, Tags: more}))},
		{"InvalidInput", emptyTagMap, testkit.Refused(w.TagOpenIDConnectProvider(w.ctx,
			&iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: p, Tags: []types.Tag{}}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UntagOpenIDConnectProvider(w.ctx,
			&iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: none, TagKeys: []string{"a"}}))},
		{"InvalidInput", emptyTagKeys, testkit.Refused(w.UntagOpenIDConnectProvider(w.ctx,
			&iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: p, TagKeys: []string{}}))},
		{"NoSuchEntity", missing, testkit.Refused(w.ListOpenIDConnectProviderTags(w.ctx,
			&iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.ListOpenIDConnectProviderTags(w.ctx,
			&iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: not}))},
	}
}

func failuresOfSAMLProviders(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{SAMLProvidersPerAccount: 2})
	fifty, more := fiftyOne()
	p, document, key := w.saml("idp")
	full := testkit.Must(w.CreateSAMLProvider(w.ctx,
		&iam.CreateSAMLProviderInput{Name: aws.String("full"), SAMLMetadataDocument: &document, Tags: fifty}))(t).SAMLProviderArn
	for range 2 {
		testkit.Must(w.UpdateSAMLProvider(w.ctx, &iam.UpdateSAMLProviderInput{SAMLProviderArn: p, AddPrivateKey: &key}))(t)
	}
	none, not := aws.String(samlHead+"none"), aws.String(notPolicy)
	missing, notValid := "Manifest not found for arn "+*none, "ARN "+notPolicy+" is not valid."
	create := func(name string, document string) error {
		return testkit.Refused(w.CreateSAMLProvider(w.ctx, &iam.CreateSAMLProviderInput{Name: &name, SAMLMetadataDocument: &document}))
	}
	return []failure{
		{"InvalidInput", "Could not parse metadata", create("bad", "<"+document)},
		{"EntityAlreadyExists", "The SAML provider with name idp already exists.", create("idp", document)},
		{"LimitExceeded", "Cannot exceed quota for SAMLProvidersPerAccount: 2", create("third", document)},
		{"NoSuchEntity", missing, testkit.Refused(w.GetSAMLProvider(w.ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.GetSAMLProvider(w.ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: not}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UpdateSAMLProvider(w.ctx,
			&iam.UpdateSAMLProviderInput{SAMLProviderArn: none, SAMLMetadataDocument: &document}))},
		{"InvalidInput", "Could not parse metadata",
			testkit.Refused(w.UpdateSAMLProvider(w.ctx,
				&iam.UpdateSAMLProviderInput{SAMLProviderArn: p, SAMLMetadataDocument: aws.String("<" + document)}))},
		{"LimitExceeded", "Private key limit of 2 is reached.",
			testkit.Refused(w.UpdateSAMLProvider(w.ctx, &iam.UpdateSAMLProviderInput{SAMLProviderArn: p, AddPrivateKey: &key}))},
		{"NoSuchEntity", missing, testkit.Refused(w.DeleteSAMLProvider(w.ctx, &iam.DeleteSAMLProviderInput{SAMLProviderArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.DeleteSAMLProvider(w.ctx, &iam.DeleteSAMLProviderInput{SAMLProviderArn: not}))},
		{"NoSuchEntity", missing, testkit.Refused(w.TagSAMLProvider(w.ctx, &iam.TagSAMLProviderInput{SAMLProviderArn: none, Tags: more}))},
		{"LimitExceeded", tooManyTags, testkit.Refused(w.TagSAMLProvider(w.ctx,
			&iam.TagSAMLProviderInput{SAMLProviderArn: full, Tags: more}))},
		{"InvalidInput", emptyTagMap, testkit.Refused(w.TagSAMLProvider(w.ctx,
			&iam.TagSAMLProviderInput{SAMLProviderArn: p, Tags: []types.Tag{}}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UntagSAMLProvider(w.ctx,
			&iam.UntagSAMLProviderInput{SAMLProviderArn: none, TagKeys: []string{"a"}}))},
		{"InvalidInput", emptyTagKeys, testkit.Refused(w.UntagSAMLProvider(w.ctx,
			&iam.UntagSAMLProviderInput{SAMLProviderArn: p, TagKeys: []string{}}))},
		{"NoSuchEntity", missing, testkit.Refused(w.ListSAMLProviderTags(w.ctx, &iam.ListSAMLProviderTagsInput{SAMLProviderArn: none}))},
		{"InvalidInput", notValid, testkit.Refused(w.ListSAMLProviderTags(w.ctx, &iam.ListSAMLProviderTagsInput{SAMLProviderArn: not}))},
	}
}
