package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
)

func tourOfOIDCProviders(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	arn := iamHead + "oidc-provider/id.example.com"
	p := &arn
	try(r, (*iam.Client).CreateOpenIDConnectProvider,
		&iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://id.example.com"), ThumbprintList: thumbs(1)}, on(arn))
	try(r, (*iam.Client).GetOpenIDConnectProvider, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: p}, on(arn))
	try(r, (*iam.Client).ListOpenIDConnectProviders, &iam.ListOpenIDConnectProvidersInput{}, on(iamHead+"oidc-provider/"))
	try(r, (*iam.Client).AddClientIDToOpenIDConnectProvider,
		&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: p, ClientID: aws.String("web")}, on(arn))
	try(r, (*iam.Client).RemoveClientIDFromOpenIDConnectProvider,
		&iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: p, ClientID: aws.String("web")}, on(arn))
	try(r, updateOIDC, &next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: p, ContextProvider: fullContext()}, on(arn))
	try(r, (*iam.Client).UpdateOpenIDConnectProviderThumbprint,
		&iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: p, ThumbprintList: thumbs(2)}, on(arn))
	try(r, (*iam.Client).TagOpenIDConnectProvider,
		&iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: p, Tags: tags("a", "b")}, on(arn))
	try(r, (*iam.Client).ListOpenIDConnectProviderTags, &iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: p}, on(arn))
	try(r, (*iam.Client).UntagOpenIDConnectProvider,
		&iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: p, TagKeys: []string{"a"}}, on(arn))
	try(r, (*iam.Client).DeleteOpenIDConnectProvider, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: p}, on(arn))
}

func tourOfSAMLProviders(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	arn := samlHead + "idp"
	p := &arn
	_, certificate := idpKey(t)
	document := metadata("https://idp.example.com", certificate)
	try(r, (*iam.Client).CreateSAMLProvider,
		&iam.CreateSAMLProviderInput{Name: aws.String("idp"), SAMLMetadataDocument: &document}, on(arn))
	try(r, (*iam.Client).GetSAMLProvider, &iam.GetSAMLProviderInput{SAMLProviderArn: p}, on(arn))
	try(r, (*iam.Client).ListSAMLProviders, &iam.ListSAMLProvidersInput{}, on(samlHead))
	try(r, (*iam.Client).UpdateSAMLProvider, &iam.UpdateSAMLProviderInput{SAMLProviderArn: p, SAMLMetadataDocument: &document}, on(arn))
	try(r, (*iam.Client).TagSAMLProvider, &iam.TagSAMLProviderInput{SAMLProviderArn: p, Tags: tags("a", "b")}, on(arn))
	try(r, (*iam.Client).ListSAMLProviderTags, &iam.ListSAMLProviderTagsInput{SAMLProviderArn: p}, on(arn))
	try(r, (*iam.Client).UntagSAMLProvider, &iam.UntagSAMLProviderInput{SAMLProviderArn: p, TagKeys: []string{"a"}}, on(arn))
	try(r, (*iam.Client).DeleteSAMLProvider, &iam.DeleteSAMLProviderInput{SAMLProviderArn: p}, on(arn))
}
