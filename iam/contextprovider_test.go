package iam_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

const instanceARN = "arn:aws:sso:::instance/ssoins-0123456789abcdef"

// bySubject is the smallest possible context provider.
func bySubject(key string) *next.ContextProvider {
	return &next.ContextProvider{SubjectSourceKey: &key, KeyDefinitionList: []next.ContextProviderKeyDefinition{}}
}

// The characters that a key of a context provider may have.
func TestKeysOfContextProviders(t *testing.T) {
	t.Parallel()
	f, _ := federated(t)
	set := func(p *next.ContextProvider) error {
		return testkit.Refused(f.UpdateSAMLProvider(f.root,
			&next.UpdateSAMLProviderInput{SAMLProviderArn: aws.String(samlARN), ContextProvider: p}))
	}
	ofKey := map[string]func(key string) *next.ContextProvider{
		"SubjectSourceKey": bySubject,
		"SubjectTypeSourceKey": func(key string) *next.ContextProvider {
			return &next.ContextProvider{SubjectSourceKey: aws.String("s"), SubjectTypeSourceKey: &key}
		},
		"SubjectTypeValue": func(key string) *next.ContextProvider {
			return &next.ContextProvider{SubjectSourceKey: aws.String("s"), SubjectTypeValue: &key}
		},
		"SourceKey": func(key string) *next.ContextProvider {
			return &next.ContextProvider{
				SubjectSourceKey: aws.String("s"), KeyDefinitionList: []next.ContextProviderKeyDefinition{{SourceKey: &key}},
			}
		},
		"TargetKey": func(key string) *next.ContextProvider {
			return &next.ContextProvider{
				SubjectSourceKey: aws.String("s"), KeyDefinitionList: []next.ContextProviderKeyDefinition{
					{SourceKey: aws.String("s"), TargetKey: &key},
				},
			}
		},
	}
	for member, of := range ofKey {
		for _, key := range []string{"sub", "Subject/NameID", "a b c", "_.:/=+-@#", "Z9", "https://example.com/claims#role"} {
			if err := set(of(key)); err != nil {
				t.Errorf("%s %q: %v", member, key, err)
			}
		}
		for _, key := range []string{" a", "a ", "a  b", "a\tb", "a\u00a0b", "é", "a,b", "a*", `a"`, "a\n"} {
			testkit.WantError(t, set(of(key)), "InvalidInput",
				"The key "+key+" of the context provider is not valid. A key can contain only ASCII letters, numbers, single spaces, "+
					"and the following characters: _ . : / = + - @ #. It can't start or end with a space or contain two spaces in a row.")
		}
	}
}

// A Get shows that a refused change has changed nothing.
func TestRefusedChangesOfOpenIDConnectProviders(t *testing.T) {
	t.Parallel()
	f, _ := federated(t)
	oidc := aws.String(oidcARN)
	update := func(in next.UpdateOpenIDConnectProviderInput) error {
		in.OpenIDConnectProviderArn = oidc
		return testkit.Refused(f.UpdateOpenIDConnectProvider(f.root, &in))
	}
	want := func(p *next.ContextProvider, instance string) {
		t.Helper()
		got := testkit.Must(f.GetOpenIDConnectProvider(f.root, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}))(t)
		if diff := cmp.Diff(p, got.ContextProvider); diff != "" || aws.ToString(got.IdentityCenterInstanceArn) != instance {
			t.Errorf("instance %q, want %q; context provider (-want +got):\n%s", aws.ToString(got.IdentityCenterInstanceArn),
				instance, diff)
		}
	}
	set, instance := bySubject("sub"), aws.String(instanceARN)
	testkit.WantError(t, update(next.UpdateOpenIDConnectProviderInput{IdentityCenterInstanceArn: instance}), "InvalidInput",
		"Cannot associate an IAM Identity Center instance with a provider that has no context provider.")
	want(nil, "")
	for _, in := range []next.UpdateOpenIDConnectProviderInput{
		{ContextProvider: set}, {IdentityCenterInstanceArn: instance}, {ContextProvider: bySubject("email")},
	} {
		if err := update(in); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, code, message string
		in                  next.UpdateOpenIDConnectProviderInput
	}{
		{
			"nothing", "ValidationError",
			"Unable to update identity provider. No updates are defined for the context provider or the IAM Identity Center instance.",
			next.UpdateOpenIDConnectProviderInput{},
		},
		{"set and remove the context provider", "ValidationError",
			"Unable to set and remove the context provider in the same request. Set a value for only one of the two parameters.",
			next.UpdateOpenIDConnectProviderInput{ContextProvider: set, RemoveContextProvider: true}},
		{"set and remove the instance", "ValidationError",
			"Unable to set and remove the IAM Identity Center instance in the same request. Set a value for only one of the two parameters.",
			next.UpdateOpenIDConnectProviderInput{IdentityCenterInstanceArn: instance, RemoveIdentityCenterInstance: true}},
		{"set both", "ValidationError", "Unable to change the context provider and the IAM Identity Center instance in the same request.",
			next.UpdateOpenIDConnectProviderInput{IdentityCenterInstanceArn: instance, ContextProvider: set}},
		{"remove both", "ValidationError",
			"Unable to change the context provider and the IAM Identity Center instance in the same request.",
			next.UpdateOpenIDConnectProviderInput{RemoveIdentityCenterInstance: true, RemoveContextProvider: true}},
		{"remove the context provider that is in use", "InvalidInput",
			"Cannot remove the context provider while an IAM Identity Center instance is associated with the provider. Remove the association first.",
			next.UpdateOpenIDConnectProviderInput{RemoveContextProvider: true}},
		{"a malformed key", "InvalidInput",
			"The key a  b of the context provider is not valid. A key can contain only ASCII letters, numbers, single spaces, " +
				"and the following characters: _ . : / = + - @ #. It can't start or end with a space or contain two spaces in a row.",
			next.UpdateOpenIDConnectProviderInput{ContextProvider: bySubject("a  b")}},
	} {
		t.Log(c.name)
		testkit.WantError(t, update(c.in), c.code, c.message)
		want(bySubject("email"), instanceARN)
	}
	for _, arn := range []string{
		"arn:aws:iam::123456789012:user/anna", "arn:aws:sso:::instance/ssoins-short",
		strings.Replace(instanceARN, ":::", "::123456789012:", 1), instanceARN + "0",
		strings.Replace(instanceARN, "arn:aws:", "arn:aws-cn:", 1),
	} {
		testkit.WantError(t, update(next.UpdateOpenIDConnectProviderInput{IdentityCenterInstanceArn: &arn}), "InvalidInput",
			"ARN "+arn+" is not the ARN of an IAM Identity Center instance.")
	}
	for _, in := range []next.UpdateOpenIDConnectProviderInput{
		{RemoveIdentityCenterInstance: true}, {RemoveIdentityCenterInstance: true}, {RemoveContextProvider: true},
		{RemoveContextProvider: true},
	} {
		if err := update(in); err != nil {
			t.Fatal(err)
		}
	}
	want(nil, "")
}

// The keys by which a policy says who may configure trusted identity propagation:
// each statement allows the first call and not the second.
func TestConditionKeysOfIdentityPropagation(t *testing.T) {
	t.Parallel()
	f, _ := federated(t)
	oidc, saml, instance := aws.String(oidcARN), aws.String(samlARN), aws.String(instanceARN)
	other := aws.String(strings.Replace(instanceARN, "f", "e", 1))
	set := bySubject("sub")
	for _, in := range []next.UpdateOpenIDConnectProviderInput{{ContextProvider: set}, {IdentityCenterInstanceArn: instance}} {
		in.OpenIDConnectProviderArn = oidc
		testkit.Must(f.UpdateOpenIDConnectProvider(f.root, &in))(t)
	}
	testkit.Must(f.CreateOpenIDConnectProvider(f.root, oidcProvider("https://bare.example.com")))(t)
	bare := aws.String(strings.Replace(oidcARN, "idp.", "bare.", 1))
	const enable, associate, issuers = "iam:EnableIdentityPropagation", "iam:EnableIdentityCenterAssociation", "iam:ResourceIdentityProviderIssuers"
	for _, c := range []struct {
		name, operation, condition string
		allows, refuses            any
	}{
		{"setting", "UpdateOpenIDConnectProvider", `"Bool":{"` + enable + `":"true"}`,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, ContextProvider: set},
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, RemoveContextProvider: true}},
		{"removing", "UpdateOpenIDConnectProvider", `"Bool":{"` + enable + `":"false"}`,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, RemoveContextProvider: true},
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, RemoveIdentityCenterInstance: true}},
		{"associating", "UpdateOpenIDConnectProvider", `"Bool":{"` + associate + `":"true"}`,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, IdentityCenterInstanceArn: instance},
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, RemoveIdentityCenterInstance: true}},
		{"ending an association", "UpdateOpenIDConnectProvider", `"Bool":{"` + associate + `":"false"}`,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, RemoveIdentityCenterInstance: true},
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, ContextProvider: set}},
		{"with the instance", "UpdateOpenIDConnectProvider", `"ArnEquals":{"iam:RequestIdentityCenterInstanceArn":"` + instanceARN + `"}`,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, IdentityCenterInstanceArn: instance},
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, IdentityCenterInstanceArn: other}},
		{"of the instance that it has", "UpdateOpenIDConnectProvider",
			`"ArnEquals":{"iam:ResourceIdentityCenterInstanceArn":"` + instanceARN + `"}`,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, IdentityCenterInstanceArn: other},
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: bare, IdentityCenterInstanceArn: instance}},
		{"of the issuer", "UpdateOpenIDConnectProvider", `"ForAnyValue:StringEquals":{"` + issuers + `":"https://idp.example.com"}`,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc, RemoveContextProvider: true},
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: bare, RemoveContextProvider: true}},
		{"making", "CreateOpenIDConnectProvider", `"Bool":{"` + enable + `":"true"}`,
			&next.CreateOpenIDConnectProviderInput{Url: aws.String("https://new.example.com"), ContextProvider: set, Tags: tags("a", "b")},
			&next.CreateOpenIDConnectProviderInput{Url: aws.String("https://new.example.com"), Tags: tags("a", "b")}},
		{"making without", "CreateSAMLProvider", `"Null":{"` + enable + `":"true"}`,
			&next.CreateSAMLProviderInput{Name: aws.String("new")},
			&next.CreateSAMLProviderInput{Name: aws.String("new"), ContextProvider: set}},
		{"setting SAML's", "UpdateSAMLProvider",
			`"Bool":{"` + enable + `":"true"},"ForAllValues:StringEquals":{"` + issuers + `":"x"},"Null":{"` + issuers + `":"false"}`,
			&next.UpdateSAMLProviderInput{SAMLProviderArn: saml, ContextProvider: set},
			&next.UpdateSAMLProviderInput{SAMLProviderArn: saml, SAMLMetadataDocument: aws.String("m")}},
		{"not of what configures nothing", "GetOpenIDConnectProvider", `"Null":{"` + issuers + `":"true"}`,
			&iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc}, nil},
	} {
		t.Log(c.name)
		statement := `{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{` + c.condition + `}}`
		if err := f.decide(statement, c.operation, c.allows); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.refuses == nil {
			continue
		}
		if err := f.decide(statement, c.operation, c.refuses); testkit.Code(err) != "AccessDenied" {
			t.Errorf("%s: the other call is answered %v", c.name, err)
		}
	}
}
