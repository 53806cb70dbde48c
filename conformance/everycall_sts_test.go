package conformance_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/server"
)

// tourOfSessions is all of STS.
func tourOfSessions(t *testing.T, seen *coverage) {
	i := newIssuer(t)
	r := newTour(t, seen, iamtest.WithServer(func(o *server.Options) { o.OIDCKeys = map[string]*oidc.Keys{issuerURL: i.keys()} }))
	f := &federation{world: r.world, issuer: i}
	callers := sts.NewFromConfig(r.users[nobody])

	tryOpen(r, callers, (*sts.Client).GetCallerIdentity, &sts.GetCallerIdentityInput{}, "it needs no permission, and a Deny has no effect",
		r.withoutKey(nobody))
	tryOpen(r, callers, (*sts.Client).GetSessionToken, &sts.GetSessionTokenInput{},
		"no permission is needed to get a session of one's own", r.withoutKey(nobody))
	try(r, (*sts.Client).GetAccessKeyInfo, &sts.GetAccessKeyInfoInput{AccessKeyId: r.keyOf(nobody)}, on("*"))
	try(r, (*sts.Client).GetFederationToken, &sts.GetFederationTokenInput{Name: aws.String("guest")},
		on("arn:aws:sts::000000000000:federated-user/guest"))
	role := r.roleThat(r.Client, "app", iamHead+"root", allow("s3:*"))
	try(r, (*sts.Client).AssumeRole, &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("s1")},
		[]need{{shown: role, bare: implicit}})

	tryUntil(r, r.narrowing(), &next.GetScopedCredentialsInput{DurationSeconds: aws.Int32(60)}, on("*"))

	testkit.Must(r.EnableOutboundWebIdentityFederation(r.ctx, nil))(t)
	try(r, (*sts.Client).GetWebIdentityToken,
		&sts.GetWebIdentityTokenInput{Audience: []string{"a"}, SigningAlgorithm: aws.String("RS256")}, on("arn:aws:sts::000000000000:self"))
	testkit.Must(r.EnableOrganizationsRootSessions(r.ctx, nil))(t)
	try(r, (*sts.Client).AssumeRoot, &sts.AssumeRootInput{
		TargetPrincipal: aws.String("111122223333"),
		TaskPolicyArn:   &ststypes.PolicyDescriptorType{Arn: aws.String("arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials")},
	}, []need{{shown: "arn:aws:iam::111122223333:root", bare: all}})
	try(r, (*sts.Client).DecodeAuthorizationMessage, &sts.DecodeAuthorizationMessageInput{EncodedMessage: r.encodedMessage()}, on("*"))

	testkit.Must(r.CreateOpenIDConnectProvider(r.ctx,
		&iam.CreateOpenIDConnectProviderInput{
			Url: aws.String(issuerURL), ClientIDList: []string{"client-a"}, ThumbprintList: thumbs(1),
		}))(t)
	web := f.trusting("web", oidcProvider, `"sts:AssumeRoleWithWebIdentity"`, "")
	tryOpen(r, f.nobody(), (*sts.Client).AssumeRoleWithWebIdentity, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &web, RoleSessionName: aws.String("ci"), WebIdentityToken: aws.String(i.sign(claims(nil))),
	}, noIdentity, r.withoutTrust("web"), without(r, persistence.OIDCProviders.Owns, "InvalidIdentityToken"))
	d := &directory{federation: f, idp: identityProvider(signingPair())}
	d.provider = d.known("company", d.idp)
	d.role = d.trusting("staff", d.provider, `"sts:AssumeRoleWithSAML"`, "")
	tryOpen(r, f.nobody(), (*sts.Client).AssumeRoleWithSAML, &sts.AssumeRoleWithSAMLInput{
		RoleArn: &d.role, PrincipalArn: &d.provider, SAMLAssertion: aws.String(d.response(signOn{})),
	}, noIdentity, r.withoutTrust("staff"), without(r, persistence.SAMLProviders.Owns, "InvalidIdentityToken"))
}

// narrowing is GetScopedCredentials of a session of the user whose client calls.
func (r *tour) narrowing() method[*sts.Client, next.GetScopedCredentialsInput, next.GetScopedCredentialsOutput, sts.Options] {
	sessions := map[string]*sts.Client{}
	keyOf := func(c *sts.Client) string {
		return testkit.Must(c.Options().Credentials.Retrieve(r.ctx))(r.t).AccessKeyID
	}
	for _, user := range []string{nobody, banned, exact} {
		c := sts.NewFromConfig(r.users[user])
		sessions[keyOf(c)] = sts.NewFromConfig(r.session(testkit.Must(c.GetSessionToken(r.ctx, nil))(r.t).Credentials))
	}
	return func(c *sts.Client, ctx context.Context, in *next.GetScopedCredentialsInput,
		o ...func(*sts.Options)) (*next.GetScopedCredentialsOutput, error) {
		return scopedCredentials(sessions[keyOf(c)], ctx, in, o...)
	}
}

// noIdentity is why some calls are not subject to policies of the caller.
const noIdentity = "the caller has no identity of AWS: the role's trust policy decides"

// encodedMessage is what a service tells a user whom it denies something.
func (r *tour) encodedMessage() *string {
	r.t.Helper()
	var record struct{ EncodedMessage string }
	manage(r.t, r.srv, "POST", "authorize", map[string]any{"principal": userARN + nobody, "action": "s3:GetObject"}, &record)
	return &record.EncodedMessage
}
