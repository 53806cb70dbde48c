package conformance_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// identityCenter is the ARN of an instance of IAM Identity Center.
const identityCenter = "arn:aws:sso:::instance/ssoins-0123456789abcdef"

// fullContext is a context provider with all that it can have.
func fullContext() *next.ContextProvider {
	return &next.ContextProvider{
		SubjectSourceKey: aws.String("sub"), SubjectTypeSourceKey: aws.String("typ"), SubjectTypeValue: aws.String("user"),
		KeyDefinitionList: []next.ContextProviderKeyDefinition{
			{SourceKey: aws.String("https://example.com/claims#team"), TargetKey: aws.String("Team")},
			{SourceKey: aws.String("cost center")},
		},
	}
}

func TestContextProvidersOfIdentityProviders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shown := func(p *next.ContextProvider, want *next.ContextProvider) {
		t.Helper()
		if diff := cmp.Diff(want, p); diff != "" {
			t.Errorf("context provider (-want +got):\n%s", diff)
		}
	}
	oidc := testkit.Must(createOIDC(w.Client, w.ctx, &next.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://id.example.com"), ThumbprintList: thumbs(1), ContextProvider: fullContext(),
	}))(t).OpenIDConnectProviderArn
	get := func() *next.GetOpenIDConnectProviderOutput {
		return testkit.Must(getOIDC(w.Client, w.ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}))(t)
	}
	shown(get().ContextProvider, fullContext())
	update := func(in next.UpdateOpenIDConnectProviderInput) {
		t.Helper()
		in.OpenIDConnectProviderArn = oidc
		testkit.Must(updateOIDC(w.Client, w.ctx, &in))(t)
	}
	other := &next.ContextProvider{SubjectSourceKey: aws.String("email"), KeyDefinitionList: []next.ContextProviderKeyDefinition{}}
	update(next.UpdateOpenIDConnectProviderInput{ContextProvider: other})
	update(next.UpdateOpenIDConnectProviderInput{IdentityCenterInstanceArn: aws.String(identityCenter)})
	got := get()
	shown(got.ContextProvider, other)
	if aws.ToString(got.IdentityCenterInstanceArn) != identityCenter || *got.Url != "id.example.com" || len(got.ThumbprintList) != 1 {
		t.Errorf("got %+v", got)
	}
	update(next.UpdateOpenIDConnectProviderInput{RemoveIdentityCenterInstance: true})
	update(next.UpdateOpenIDConnectProviderInput{RemoveContextProvider: true})
	if got := get(); got.ContextProvider != nil || got.IdentityCenterInstanceArn != nil {
		t.Errorf("removed, and yet shown: %+v", got)
	}

	_, certificate := idpKey(t)
	document := metadata("https://idp.example.com", certificate)
	saml := testkit.Must(createSAML(w.Client, w.ctx,
		&next.CreateSAMLProviderInput{
			Name: aws.String("idp"), SAMLMetadataDocument: &document, ContextProvider: fullContext(),
		}))(t).SAMLProviderArn
	ofSAML := func() *next.GetSAMLProviderOutput {
		return testkit.Must(getSAML(w.Client, w.ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: saml}))(t)
	}
	shown(ofSAML().ContextProvider, fullContext())
	testkit.Must(w.UpdateSAMLProvider(w.ctx, &iam.UpdateSAMLProviderInput{SAMLProviderArn: saml, SAMLMetadataDocument: &document}))(t)
	shown(ofSAML().ContextProvider, fullContext())
	testkit.Must(updateSAML(w.Client, w.ctx, &next.UpdateSAMLProviderInput{SAMLProviderArn: saml, ContextProvider: other}))(t)
	shown(ofSAML().ContextProvider, other)
}

// The lengths and numbers that AWS's reference states, in the words of its schema.
func TestBoundsOfContextProviders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn := w.oidc("https://id.example.com")
	try := func(p *next.ContextProvider) error {
		return testkit.Refused(updateOIDC(w.Client, w.ctx,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ContextProvider: p}))
	}
	long := aws.String(strings.Repeat("a", 129))
	many := func(n int) []next.ContextProviderKeyDefinition {
		list := make([]next.ContextProviderKeyDefinition, n)
		for i := range list {
			list[i].SourceKey = aws.String("a")
		}
		return list
	}
	const one = "1 validation error detected: Value at 'contextProvider."
	for _, c := range []struct {
		p    *next.ContextProvider
		want string
	}{
		{&next.ContextProvider{SubjectTypeValue: aws.String("user")},
			"1 validation error detected: Value at 'contextProvider.subjectSourceKey' failed to satisfy constraint: Member must not be null"},
		{&next.ContextProvider{SubjectSourceKey: aws.String("")},
			one + "subjectSourceKey' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{&next.ContextProvider{SubjectSourceKey: long},
			one + "subjectSourceKey' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{&next.ContextProvider{SubjectSourceKey: aws.String("s"), SubjectTypeSourceKey: long},
			one + "subjectTypeSourceKey' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{&next.ContextProvider{SubjectSourceKey: aws.String("s"), KeyDefinitionList: many(11)},
			one + "keyDefinitionList' failed to satisfy constraint: Member must have length less than or equal to 10"},
		{&next.ContextProvider{
			SubjectSourceKey: aws.String("s"), KeyDefinitionList: []next.ContextProviderKeyDefinition{
				{SourceKey: aws.String("s"), TargetKey: long},
			},
		},
			one + "keyDefinitionList.1.member.targetKey' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{&next.ContextProvider{
			SubjectSourceKey: aws.String("s"), KeyDefinitionList: []next.ContextProviderKeyDefinition{{TargetKey: aws.String("t")}},
		},
			"1 validation error detected: Value at 'contextProvider.keyDefinitionList.1.member.sourceKey' failed to satisfy constraint: Member must not be null"},
	} {
		testkit.WantError(t, try(c.p), "ValidationError", c.want)
	}
	if err := try(&next.ContextProvider{SubjectSourceKey: aws.String("s"), KeyDefinitionList: many(10)}); err != nil {
		t.Error(err)
	}
	short := &next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, IdentityCenterInstanceArn: aws.String("arn:aws:sso:::i")}
	testkit.WantError(t, testkit.Refused(updateOIDC(w.Client, w.ctx, short)), "ValidationError",
		"1 validation error detected: Value at 'identityCenterInstanceArn' failed to satisfy constraint: Member must have length greater than or equal to 20")
}
