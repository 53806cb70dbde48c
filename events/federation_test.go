package events_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

const opsRole = "arn:aws:iam::444455556666:role/ops"

// vouchedFor is a call of somebody for whom a provider vouches.
func vouchedFor(operation, provider string, input any, keys ...authz.Key) *events.Event {
	e := call(principal.Principal{Kind: principal.Anonymous}, "sts", operation, input)
	e.Caller.AccessKeyID = ""
	events.Note(e.Caller, &authz.Decision{
		Caller: &principal.Caller{Principal: principal.Principal{Kind: principal.Anonymous, ARN: provider, Name: provider}},
		Checks: []authz.Check{{Need: authz.Need{Action: "sts:" + operation, Resource: opsRole, Owner: other222, Trust: true, Keys: keys}}},
	})
	return e
}

func TestCallersForWhomProvidersVouch(t *testing.T) {
	t.Parallel()
	const issuer = "arn:aws:iam::444455556666:oidc-provider/token.example"
	const saml = "arn:aws:iam::444455556666:saml-provider/corp"
	role := map[string]any{"accountId": other222, "type": "AWS::IAM::Role", "ARN": opsRole}
	for name, c := range map[string]struct {
		event *events.Event
		want  map[string]any
	}{
		"OpenID Connect": {
			vouchedFor("AssumeRoleWithWebIdentity", issuer,
				&sts.AssumeRoleWithWebIdentityInput{RoleArn: aws.String(opsRole), WebIdentityToken: aws.String("hunter2")},
				authz.String("token.example:aud", "app"), authz.String("token.example:sub", "bob"),
				authz.String("aws:RequestTag/team", "red"), authz.String("sts:SourceIdentity", "bob")),
			map[string]any{
				"userIdentity": map[string]any{
					"type": "WebIdentityUser", "principalId": issuer + ":app:bob", "userName": "bob", "identityProvider": issuer,
				},
				"requestParameters": map[string]any{
					"roleArn": opsRole, "principalTags": map[string]any{"team": "red"}, "sourceIdentity": "bob",
				},
				"resources": []any{role}, "recipientAccountId": other222, "sharedEventID": nil,
			},
		},
		"Google": {
			vouchedFor("AssumeRoleWithWebIdentity", "accounts.google.com", &sts.AssumeRoleWithWebIdentityInput{},
				authz.String("accounts.google.com:aud", "app"), authz.String("accounts.google.com:sub", "bob")),
			map[string]any{
				"userIdentity": map[string]any{
					"type": "WebIdentityUser", "principalId": "accounts.google.com:app:bob", "userName": "bob",
					"identityProvider": "accounts.google.com",
				},
				"requestParameters": nil, "resources": []any{role}, "recipientAccountId": other222, "sharedEventID": nil,
			},
		},
		"SAML": {
			vouchedFor("AssumeRoleWithSAML", saml, &sts.AssumeRoleWithSAMLInput{
				RoleArn: aws.String(opsRole), PrincipalArn: aws.String(saml), SAMLAssertion: aws.String("hunter2"),
			}, authz.String("saml:namequalifier", "q="), authz.String("saml:sub", "bob"), authz.String("sts:RoleSessionName", "night"),
				authz.Strings("sts:TransitiveTagKeys", "team")),
			map[string]any{
				"userIdentity": map[string]any{"type": "SAMLUser", "principalId": "q=:bob", "userName": "bob", "identityProvider": "q="},
				"requestParameters": map[string]any{
					"roleArn": opsRole, "principalArn": saml, "roleSessionName": "night", "transitiveTagKeys": []any{"team"},
				},
				"resources": []any{role, map[string]any{
					"accountId": other222, "type": "AWS::IAM::SAMLProvider", "ARN": saml,
				}},
				"recipientAccountId": other222, "sharedEventID": nil,
			},
		},
		"a token that was not believed": {
			call(principal.Principal{Kind: principal.Anonymous}, "sts", "AssumeRoleWithWebIdentity",
				&sts.AssumeRoleWithWebIdentityInput{RoleArn: aws.String(opsRole)}),
			map[string]any{
				"userIdentity":      map[string]any{"type": "WebIdentityUser"},
				"requestParameters": map[string]any{"roleArn": opsRole}, "resources": []any{role}, "recipientAccountId": other222,
				"sharedEventID": nil,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, got := record(t, c.event), map[string]any{}
			for member := range c.want {
				got[member] = all[member]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTagsThatASessionHandsOn(t *testing.T) {
	t.Parallel()
	who := principal.AWS.In(made111).AssumedRole("AROA1", "app", "night")
	who.Session = &principal.Session{
		Operation: "AssumeRole", Tags: []principal.Tag{{Key: "team", Value: "red"}, {Key: "own", Value: "x"}},
		TransitiveTagKeys: []string{"team"},
	}
	got := record(t, call(who, "sts", "AssumeRole", &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/b")}))
	want := map[string]any{
		"roleArn": "arn:aws:iam::111122223333:role/b", "incomingTransitiveTags": map[string]any{"team": "red"},
	}
	if diff := cmp.Diff(any(want), got["requestParameters"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
