package conformance_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/internal/testkit"
)

func failuresOfSessions(t *testing.T) []failure {
	f := newFederation(t, "")
	w := f.world
	anna := w.userConfig("anna", allow("*"))
	role := w.roleThat(w.Client, "app", iamHead+"root", allow("*"))
	as := sts.NewFromConfig(anna)
	assume := func(policy *string, tags ...ststypes.Tag) error {
		return testkit.Refused(as.AssumeRole(w.ctx,
			&sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("s1"), Policy: policy, Tags: tags}))
	}
	federate := func(policy *string, tags ...ststypes.Tag) error {
		return testkit.Refused(as.GetFederationToken(w.ctx,
			&sts.GetFederationTokenInput{Name: aws.String("guest"), Policy: policy, Tags: tags}))
	}
	tagged := f.trusting("tagged", oidcProvider, `"sts:AssumeRoleWithWebIdentity","sts:TagSession"`, "")
	web := func(token string, policy, provider *string) error {
		return testkit.Refused(f.nobody().AssumeRoleWithWebIdentity(w.ctx, &sts.AssumeRoleWithWebIdentityInput{
			RoleArn: &tagged, RoleSessionName: aws.String("ci"), WebIdentityToken: &token, Policy: policy, ProviderId: provider,
		}))
	}
	good, expired := f.sign(claims(nil)), f.sign(claims(map[string]any{"exp": int64(1000)}))
	list := []failure{
		{"MalformedPolicyDocument", unreadable, assume(aws.String("{}"))},
		{"MalformedPolicyDocument", unreadable, federate(aws.String("{}"))},
		{"MalformedPolicyDocument", unreadable, web(good, aws.String("{}"), nil)},
		{"IDPRejectedClaim", "The identity provider rejected the access token.", web(good, nil, aws.String("graph.facebook.com"))},
		{"InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://other.example.com",
			web(f.sign(claims(map[string]any{"iss": "https://other.example.com"})), nil, nil)},
		{"InvalidAuthorizationMessageException", "Message is not valid",
			testkit.Refused(as.DecodeAuthorizationMessage(w.ctx, &sts.DecodeAuthorizationMessageInput{EncodedMessage: aws.String("bm8")}))},
	}
	list = append(list, failure{"InvalidContextAssertion", unproved, testkit.Refused(as.AssumeRole(w.ctx, &sts.AssumeRoleInput{
		RoleArn: &role, RoleSessionName: aws.String("s1"), ProvidedContexts: []ststypes.ProvidedContext{contextOf("assertion")},
	}))})
	many, full := longTags(12), map[string]any{}
	for _, t := range many {
		full["https://aws.amazon.com/tags/principal_tags/"+*t.Key] = *t.Value
	}
	list = append(list, tooLargeToken(assume(nil, many...)), tooLargeToken(federate(nil, many...)),
		tooLargeToken(web(f.sign(claims(full)), nil, nil)),
		expiredAt(web(expired, nil, nil)))
	list = append(list, failuresOfIdentityTokens(w, as, role)...)
	list = append(list, failuresOfSAMLSessions(t)...)
	list = append(list, failuresOfScopedCredentials(t)...)
	return append(list, failuresOfDelegatedTokens(t)...)
}

func failuresOfSAMLSessions(t *testing.T) []failure {
	d := newDirectory(t)
	tagged := d.trusting("tagged", d.provider, `"sts:AssumeRoleWithSAML","sts:TagSession"`, "")
	return []failure{
		{"MalformedPolicyDocument", unreadable,
			testkit.Refused(d.signIn(signOn{in: sts.AssumeRoleWithSAMLInput{Policy: aws.String("{}")}}))},
		tooLargeToken(testkit.Refused(d.signIn(signOn{role: tagged, claims: func(c *saml.Claims) {
			for _, t := range longTags(12) {
				says(saml.AttributePrincipalTag+*t.Key, *t.Value)(c)
			}
		}}))),
		{"InvalidIdentityToken", "RoleSessionName is required in AuthnResponse",
			testkit.Refused(d.signIn(signOn{claims: func(c *saml.Claims) { c.Attributes = c.Attributes[:1] }}))},
		{"ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance",
			testkit.Refused(d.signIn(signOn{claims: func(c *saml.Claims) { c.IssuedAt = time.Now().Add(-6 * time.Minute) }}))},
	}
}

// expiredAt expects a web identity token that expired in 1970.
func expiredAt(err error) failure {
	now := time.Now().Unix()
	if err != nil {
		_, text, _ := strings.Cut(err.Error(), "date/time ")
		_, _ = fmt.Sscanf(text, "%d", &now)
	}
	if d := time.Now().Unix() - now; d < 0 || d > 3600 {
		now = 0
	}
	return failure{"ExpiredTokenException",
		fmt.Sprintf("Token expired: current date/time %d must be before the expiration date/time 1000", now), err}
}

func failuresOfIdentityTokens(w *world, as *sts.Client, role string) []failure {
	in := func(change func(*sts.GetWebIdentityTokenInput)) *sts.GetWebIdentityTokenInput {
		in := &sts.GetWebIdentityTokenInput{Audience: []string{"a"}, SigningAlgorithm: aws.String("RS256")}
		change(in)
		return in
	}
	off := testkit.Refused(as.GetWebIdentityToken(w.ctx, in(func(*sts.GetWebIdentityTokenInput) {})))
	testkit.Must(w.EnableOutboundWebIdentityFederation(w.ctx, nil))(w.t)
	session := testkit.Must(as.AssumeRole(w.ctx,
		&sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("s1"), DurationSeconds: aws.Int32(900)}))(w.t)
	large := in(func(in *sts.GetWebIdentityTokenInput) {
		for i := range 50 {
			in.Tags = append(in.Tags, ststypes.Tag{
				Key: aws.String(strings.Repeat("k", 100) + fmt.Sprint(i)), Value: aws.String(strings.Repeat("v", 256)),
			})
		}
	})
	return []failure{
		{"OutboundWebIdentityFederationDisabledException", "OutboundWebIdentityFederation is disabled.", off},
		{"SessionDurationEscalationException", "Requested token expiry time must be before the original session's expiry time.",
			testkit.Refused(sts.NewFromConfig(w.session(session.Credentials)).GetWebIdentityToken(w.ctx,
				in(func(in *sts.GetWebIdentityTokenInput) { in.DurationSeconds = aws.Int32(3600) })))},
		{"JWTPayloadSizeExceededException", "The JWT payload exceeds 14984 bytes.", testkit.Refused(as.GetWebIdentityToken(w.ctx, large))},
	}
}

func failuresOfDelegatedTokens(t *testing.T) []failure {
	p := newPartner(t)
	large := testkit.Refused(p.tradeTooMuch())
	in := p.input("short")
	in.SessionDuration = aws.Int32(300)
	id := p.request(in)
	for _, step := range []func(*iam.Client, *string) error{p.associate, p.accept, p.send} {
		if err := step(p.Client, id); err != nil {
			t.Fatal(err)
		}
	}
	token := p.exchangeToken(id)
	*p.now = p.now.Add(5 * time.Minute)
	return []failure{
		tooLargeToken(large),
		{
			"ExpiredTradeInTokenException",
			"The trade-in token provided in the request has expired and can no longer be exchanged for credentials.",
			testkit.Refused(p.trade(token)),
		},
	}
}
