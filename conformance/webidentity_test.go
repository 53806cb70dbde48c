package conformance_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/go-jose/go-jose/v4"

	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

const (
	issuerURL    = "https://id.example.com/team"
	oidcProvider = "arn:aws:iam::000000000000:oidc-provider/id.example.com/team"
	deniedWeb    = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
)

// An issuer signs ID tokens.
type issuer struct {
	t   *testing.T
	key *ecdsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &issuer{t, key}
}

// document is the issuer's key set.
func (i *issuer) document() []byte {
	i.t.Helper()
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &i.key.PublicKey, KeyID: "one", Use: "sig"}}})
	if err != nil {
		i.t.Fatal(err)
	}
	return text
}

func (i *issuer) keys() *oidc.Keys {
	i.t.Helper()
	keys, err := oidc.ParseKeys(i.document())
	if err != nil {
		i.t.Fatal(err)
	}
	return keys
}

// claims are those of a good token, with some changed; nil takes one away.
func claims(changes map[string]any) map[string]any {
	now := time.Now().Unix()
	all := map[string]any{"iss": issuerURL, "sub": "repo:main", "aud": "client-a", "iat": now, "exp": now + 60}
	maps.Copy(all, changes)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// sign makes a token of the claims.
func (i *issuer) sign(claims map[string]any) string {
	i.t.Helper()
	o := (&jose.SignerOptions{}).WithHeader("kid", "one")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: i.key}, o)
	if err != nil {
		i.t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		i.t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		i.t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		i.t.Fatal(err)
	}
	return text
}

// federation is a world with an issuer, its provider and a role that trusts it.
type federation struct {
	*world
	*issuer
	role string
}

func newFederation(t *testing.T, condition string) *federation {
	i := newIssuer(t)
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.OIDCKeys = map[string]*oidc.Keys{issuerURL: i.keys()} }))
	f := &federation{world: &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}, issuer: i}
	testkit.Must(f.CreateOpenIDConnectProvider(f.ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String(issuerURL), ClientIDList: []string{"client-a", "client-b"},
		ThumbprintList: []string{"0123456789012345678901234567890123456789"},
	}))(t)
	f.role = f.trusting("web", oidcProvider, `"sts:AssumeRoleWithWebIdentity"`, condition)
	return f
}

// trusting makes a role that a provider's callers may be, and who may list users.
func (f *federation) trusting(name, provider, actions, condition string) string {
	f.world.t.Helper()
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"` + provider + `"},"Action":[` + actions +
		`]` + condition + `}}`
	r := testkit.Must(f.CreateRole(f.ctx, &iam.CreateRoleInput{
		RoleName: &name, AssumeRolePolicyDocument: &trust, MaxSessionDuration: aws.Int32(7200),
	}))(f.world.t).Role
	testkit.Must(f.PutRolePolicy(f.ctx, &iam.PutRolePolicyInput{
		RoleName: &name, PolicyName: aws.String("own"), PolicyDocument: aws.String(allow("iam:ListUsers")),
	}))(f.world.t)
	return *r.Arn
}

// wantEnd reports a session that does not last so long from a moment of a call that was
// begun then and has ended.
func wantEnd(t *testing.T, end *time.Time, begun time.Time, life time.Duration) {
	t.Helper()
	first, last := begun.Add(life).Truncate(time.Second), time.Now().Add(life)
	if end.Before(first) || end.After(last) {
		t.Errorf("the session ends at %v; want an end from %v to %v", end, first, last)
	}
}

// nobody is a client that signs nothing.
func (f *federation) nobody() *sts.Client {
	c := f.srv.ConfigFor(aws.Credentials{})
	c.Credentials = aws.AnonymousCredentials{}
	return sts.NewFromConfig(c)
}

func (f *federation) assume(role, token string) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	return f.nobody().AssumeRoleWithWebIdentity(f.ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &role, RoleSessionName: aws.String("ci"), WebIdentityToken: &token,
	})
}

func TestAWebIdentitySession(t *testing.T) {
	t.Parallel()
	f := newFederation(t, `{"StringEquals":{"id.example.com/team:aud":"client-a"},"StringLike":{"id.example.com/team:sub":"repo:*"},`+
		`"ForAnyValue:StringEquals":{"id.example.com/team:amr":"otp"},"StringEqualsIfExists":{"aws:PrincipalType":"User","aws:userid":"`+
		oidcProvider+`"},`+
		`"Null":{"aws:PrincipalArn":"true"},"Bool":{"sts:RoleAuthorizedByIdp":"false"}}`)
	begun := time.Now()
	out := testkit.Must(f.assume(f.role, f.sign(claims(map[string]any{"amr": []string{"pwd", "otp"}}))))(t)
	if *out.Audience != "client-a" || *out.Provider != oidcProvider || *out.SubjectFromWebIdentityToken != "repo:main" ||
		out.PackedPolicySize == nil {
		t.Errorf("AssumeRoleWithWebIdentity = %+v", out)
	}
	wantEnd(t, out.Credentials.Expiration, begun, time.Hour) // though the token has a minute left
	me := f.session(out.Credentials)
	if who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(f.ctx,
		nil))(t); *who.Arn != "arn:aws:sts::000000000000:assumed-role/web/ci" {
		t.Errorf("GetCallerIdentity = %s", *who.Arn)
	}
	testkit.Must(iam.NewFromConfig(me).ListUsers(f.ctx, nil))(t)
	_, err := iam.NewFromConfig(me).ListGroups(f.ctx, nil)
	testkit.WantError(t, err, "AccessDenied",
		"User: arn:aws:sts::000000000000:assumed-role/web/ci is not authorized to perform: iam:ListGroups on resource: "+
			"arn:aws:iam::000000000000:group/ because no identity-based policy allows the iam:ListGroups action")
	testkit.WantError(t, testkit.Refused(f.assume(f.role, f.sign(claims(nil)))), "AccessDenied", deniedWeb)
}

func TestTokensThatAreTaken(t *testing.T) {
	t.Parallel()
	f := newFederation(t, "")
	f.srv.Clock.Freeze() // tolerances are met to the second, however slow the test is
	now := f.srv.Clock.Now().Unix()
	for name, c := range map[string]struct {
		claims            map[string]any
		audience, subject string
	}{
		"several audiences with azp": {map[string]any{"aud": []string{"x", "y"}, "azp": "client-b"}, "client-b", "repo:main"},
		"a list of one audience":     {map[string]any{"aud": []string{"client-b"}}, "client-b", "repo:main"},
		"a subject that is a number": {map[string]any{"sub": 42}, "client-a", "42"},
		"an empty subject":           {map[string]any{"sub": ""}, "client-a", ""},
		"dates that are texts": {
			map[string]any{"iat": fmt.Sprint(now), "exp": fmt.Sprint(now + 60)}, "client-a", "repo:main",
		},
		"expired four minutes ago": {map[string]any{"exp": now - 240}, "client-a", "repo:main"},
		"issued in four minutes":   {map[string]any{"iat": now + 240}, "client-a", "repo:main"},
		"roles that list this one": {map[string]any{"https://aws.amazon.com/roles": " x; arn:aws:iam::000000000000:role/web ;"},
			"client-a", "repo:main"},
		"no roles, which null says": {map[string]any{"https://aws.amazon.com/roles": json.RawMessage("null")},
			"client-a", "repo:main"},
		"a list of roles that has this role": {
			map[string]any{"https://aws.amazon.com/roles": []string{"?", f.role}}, "client-a", "repo:main",
		},
	} {
		t.Run(name, func(t *testing.T) {
			out := testkit.Must(f.assume(f.role, f.sign(claims(c.claims))))(t)
			if *out.Audience != c.audience || *out.SubjectFromWebIdentityToken != c.subject {
				t.Errorf("audience %q, subject %q; want %q, %q", *out.Audience, *out.SubjectFromWebIdentityToken, c.audience, c.subject)
			}
		})
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	f := newFederation(t, "")
	f.srv.Clock.Freeze() // tolerances are met to the second, however slow the test is
	now := f.srv.Clock.Now().Unix()
	const unverified = "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements."
	for name, c := range map[string]struct {
		claims map[string]any
		text   string
	}{
		"no subject":                      {map[string]any{"sub": nil}, "Missing a required claim: sub."},
		"no expiry":                       {map[string]any{"exp": nil}, "Missing a required claim: exp."},
		"a foreign audience":              {map[string]any{"aud": "other"}, "Incorrect token audience"},
		"a foreign azp beside the client": {map[string]any{"azp": "other"}, "Incorrect token audience"},
		"several audiences and no azp": {
			map[string]any{"aud": []string{"client-a", "client-b"}},
			"Token audience contains more than one audience while authorized party is not present",
		},
		"an issuer without a provider": {
			map[string]any{"iss": "https://id.example.com"}, "No OpenIDConnect provider found in your account for https://id.example.com",
		},
		"an issuer that is not https": {
			map[string]any{"iss": "id.example.com/team"}, "No OpenIDConnect provider found in your account for id.example.com/team",
		},
		"a fraction of a second": {map[string]any{"exp": float64(now) + 60.5}, unverified},
		"issued in six minutes":  {map[string]any{"iat": now + 360}, unverified},
		"valid in six minutes":   {map[string]any{"nbf": now + 360}, unverified},
		"a tag with two values": {
			map[string]any{
				"https://aws.amazon.com/tags": map[string]any{"principal_tags": map[string]any{"a": []string{"1", "2"}}},
			}, unverified,
		},
		"roles that do not list this one": {
			map[string]any{"https://aws.amazon.com/roles": []string{f.role + "2"}},
			"The requested role is not in the roles claim of the token.",
		},
		"a source identity that is not a name": {
			map[string]any{"https://aws.amazon.com/source_identity": "aws:x"},
			`Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			testkit.WantError(t, testkit.Refused(f.assume(f.role, f.sign(claims(c.claims)))), "InvalidIdentityToken", c.text)
		})
	}
	testkit.WantError(t, testkit.Refused(f.assume(f.role, newIssuer(t).sign(claims(nil)))), "InvalidIdentityToken", unverified)
	testkit.WantError(t, testkit.Refused(f.assume(f.role, "not-a-token")), "InvalidIdentityToken",
		"The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	testkit.WantError(t, testkit.Refused(f.assume(f.role, f.sign(claims(map[string]any{"exp": int64(1000)})))), "ExpiredTokenException",
		fmt.Sprintf("Token expired: current date/time %d must be before the expiration date/time 1000", now))
}

func TestTagsAndSourceIdentityOfAToken(t *testing.T) {
	t.Parallel()
	nested := map[string]any{
		"https://aws.amazon.com/tags": map[string]any{"principal_tags": map[string]any{"team": []string{"red"}},
			"transitive_tag_keys": []string{"team"}},
		"https://aws.amazon.com/source_identity": "ana",
	}
	flat := map[string]any{
		"https://aws.amazon.com/tags/principal_tags/team": "red", "https://aws.amazon.com/tags/transitive_tag_keys": []string{"team"},
		"https://aws.amazon.com/source_identity": "ana",
	}
	const condition = `{"StringEquals":{"aws:RequestTag/team":"red","sts:SourceIdentity":"ana"},"ForAllValues:StringEquals":{"sts:TransitiveTagKeys":"team"}}`
	f := newFederation(t, "")
	all := f.trusting("all", oidcProvider, `"sts:AssumeRoleWithWebIdentity","sts:TagSession","sts:SetSourceIdentity"`, condition)
	untagged := f.trusting("untagged", oidcProvider, `"sts:AssumeRoleWithWebIdentity","sts:SetSourceIdentity"`, condition)
	for name, changes := range map[string]map[string]any{"nested": nested, "flat": flat} {
		t.Run(name, func(t *testing.T) {
			out := testkit.Must(f.assume(all, f.sign(claims(changes))))(t)
			if out.SourceIdentity == nil || *out.SourceIdentity != "ana" {
				t.Errorf("SourceIdentity = %v", out.SourceIdentity)
			}
			testkit.WantError(t, testkit.Refused(f.assume(untagged, f.sign(claims(changes)))), "AccessDenied", deniedWeb)
			testkit.WantError(t, testkit.Refused(f.assume(f.role, f.sign(claims(changes)))), "AccessDenied", deniedWeb)
		})
	}
}

func TestWhoMayUseAToken(t *testing.T) {
	t.Parallel()
	f := newFederation(t, "")
	good := f.sign(claims(nil))
	other := f.roleThat(f.Client, "plain", "*", allow("iam:*"))
	testkit.WantError(t, testkit.Refused(f.assume(other, good)), "AccessDenied", deniedWeb)
	testkit.WantError(t, testkit.Refused(f.assume(f.role+"s", good)), "AccessDenied", deniedWeb)
	for _, arn := range []string{
		"arn:aws:s3:::some-bucket", strings.Replace(f.role, ":iam::", ":iam:x:", 1), strings.Replace(f.role, "arn:aws:", "arn:aws-cn:", 1),
	} {
		testkit.WantError(t, testkit.Refused(f.assume(arn, good)), "ValidationError", "Request ARN is invalid")
	}
	for provider, want := range map[string]string{
		"example.com": "AccessDenied", "www.amazon.com": "InvalidIdentityToken", "graph.facebook.com": "IDPRejectedClaim",
	} {
		_, err := f.nobody().AssumeRoleWithWebIdentity(f.ctx, &sts.AssumeRoleWithWebIdentityInput{
			RoleArn: &f.role, RoleSessionName: aws.String("ci"), WebIdentityToken: &good, ProviderId: &provider,
		})
		if code := testkit.Code(err); code != want {
			t.Errorf("provider %s: %v; want %s", provider, err, want)
		}
	}
	begun := time.Now()
	out := testkit.Must(f.nobody().AssumeRoleWithWebIdentity(f.ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &f.role, RoleSessionName: aws.String("ci"), WebIdentityToken: &good, DurationSeconds: aws.Int32(7200),
		Policy: aws.String(allow("iam:ListGroups")),
	}))(t)
	wantEnd(t, out.Credentials.Expiration, begun, 2*time.Hour)
	if err := testkit.Refused(iam.NewFromConfig(f.session(out.Credentials)).ListUsers(f.ctx, nil)); testkit.Code(err) != "AccessDenied" {
		t.Errorf("what the session policy does not allow: %v", err)
	}
	_, err := f.nobody().AssumeRoleWithWebIdentity(f.ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &f.role, RoleSessionName: aws.String("ci"), WebIdentityToken: &good, DurationSeconds: aws.Int32(7201),
	})
	testkit.WantError(t, err, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
}
