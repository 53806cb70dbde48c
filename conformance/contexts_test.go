package conformance_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	contextProvider = "arn:aws:iam::aws:contextProvider/IdentityCenter"
	storeUser       = "9067642ac7-ccdd5ad8-25b9-4e4a-bd25-c6a1f0a1b2c3"
	unproved        = "The provided context assertion could not be verified."
	enhancedRole    = "arn:aws:iam::000000000000:role/enhanced"
)

// propagation is a world with the user app, who may assume the role enhanced
// with a context of one user, and not without.
type propagation struct {
	*federation
	app *sts.Client
}

func newPropagation(t *testing.T, own, trusted string) *propagation {
	f := newPractice(t)
	p := &propagation{federation: f}
	p.app = sts.NewFromConfig(f.userConfig("app",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[`+own+`],"Resource":"`+enhancedRole+`"}}`))
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":[` + trusted + `],` +
		`"Condition":{"ForAllValues:ArnEquals":{"sts:RequestContextProviders":"` + contextProvider +
		`"},"Null":{"sts:RequestContextProviders":"false"},` +
		`"StringEquals":{"sts:RequestContext/identitystore:UserId":"` + storeUser + `"}}}]}`
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListUsers","sts:AssumeRole"],"Resource":"*"},` +
		`{"Effect":"Allow","Action":"athena:*","Resource":"*","Condition":{"StringEquals":{"identitystore:UserId":"` + storeUser + `"},` +
		`"ArnLike":{"identitystore:IdentityStoreArn":"arn:aws:identitystore::000000000000:identitystore/d-*","identitycenter:InstanceArn":"arn:aws:sso:::instance/*",` +
		`"identitycenter:ApplicationArn":"arn:aws:sso::000000000000:application/*"},"Null":{"identitycenter:CredentialId":"false"}}}]}`
	name := aws.String("enhanced")
	testkit.Must(f.CreateRole(f.ctx, &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: &trust}))(t)
	testkit.Must(f.PutRolePolicy(f.ctx, &iam.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("own"), PolicyDocument: &policy}))(t)
	return p
}

func (p *propagation) assertion(user string) string {
	p.world.t.Helper()
	return p.token(idp.Request{IdentityCenter: &idp.IdentityCenter{UserID: user}}).Token
}

func (p *propagation) assume(contexts ...types.ProvidedContext) (*sts.AssumeRoleOutput, error) {
	return p.app.AssumeRole(p.ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String(enhancedRole), RoleSessionName: aws.String("me"), ProvidedContexts: contexts,
	})
}

func contextOf(assertion string) types.ProvidedContext {
	return types.ProvidedContext{ProviderArn: aws.String(contextProvider), ContextAssertion: &assertion}
}

const both = `"sts:AssumeRole","sts:SetContext"`

func TestASessionWithAContext(t *testing.T) {
	t.Parallel()
	p := newPropagation(t, both, both)
	out := testkit.Must(p.assume(contextOf(p.assertion(storeUser))))(t)
	me := p.session(out.Credentials)
	if who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(p.ctx,
		nil))(t); *who.Arn != "arn:aws:sts::000000000000:assumed-role/enhanced/me" {
		t.Errorf("GetCallerIdentity = %s", *who.Arn)
	}
	ask := func(c *types.Credentials, action string) string {
		status, body := manage(t, p.srv, "POST", "authorize", map[string]any{"action": action, "credentials": map[string]any{
			"accessKeyId": c.AccessKeyId, "secretAccessKey": c.SecretAccessKey, "sessionToken": c.SessionToken,
		}}, nil)
		if status != http.StatusOK {
			t.Fatal(status, body)
		}
		return body
	}
	if body := ask(out.Credentials, "athena:GetWorkGroup"); !strings.Contains(body, `"allowed":true`) {
		t.Errorf("the user's context does not allow: %s", body)
	}
	// AWS attaches a policy that denies everything that is not on its list.
	_, err := iam.NewFromConfig(me).ListUsers(p.ctx, nil)
	testkit.WantError(t, err, "AccessDenied",
		"User: arn:aws:sts::000000000000:assumed-role/enhanced/me is not authorized to perform: iam:ListUsers on resource: "+
			"arn:aws:iam::000000000000:user/ with an explicit deny in an identity-based policy")
	if body := ask(out.Credentials, "athena:CreateDataCatalog"); !strings.Contains(body,
		"AWSIAMIdentityCenterAllowListForIdentityContext") {
		t.Errorf("the list has no bearing: %s", body)
	}
}

func TestWhoMaySetAContext(t *testing.T) {
	t.Parallel()
	const denied = "User: arn:aws:iam::000000000000:user/app is not authorized to perform: "
	for name, c := range map[string]struct{ own, trusted, user, text string }{
		"not in the trust policy":       {both, `"sts:AssumeRole"`, storeUser, denied + "sts:SetContext on resource: " + enhancedRole},
		"not in the caller's policies":  {`"sts:AssumeRole"`, both, storeUser, denied + "sts:SetContext on resource: " + enhancedRole},
		"a user who is not trusted":     {both, both, "somebody-else", denied + "sts:AssumeRole on resource: " + enhancedRole},
		"not even allowed to assume it": {`"sts:SetContext"`, both, storeUser, denied + "sts:AssumeRole on resource: " + enhancedRole},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPropagation(t, c.own, c.trusted)
			testkit.WantError(t, testkit.Refused(p.assume(contextOf(p.assertion(c.user)))), "AccessDenied", c.text)
		})
	}
	p := newPropagation(t, both, both)
	testkit.WantError(t, testkit.Refused(p.assume()), "AccessDenied", denied+"sts:AssumeRole on resource: "+enhancedRole)
}

func TestContextsThatAreRefused(t *testing.T) {
	t.Parallel()
	p := newPropagation(t, both, both)
	good := p.assertion(storeUser)
	center := idp.IdentityCenter{UserID: storeUser}
	tampered := good[:len(good)-8] + "AAAAAAAA"
	elsewhere := newPropagation(t, both, both).assertion(storeUser)
	for name, c := range map[string]struct {
		contexts   []types.ProvidedContext
		code, text string // a part of it
	}{
		"tampered":          {[]types.ProvidedContext{contextOf(tampered)}, "InvalidContextAssertion", unproved},
		"of another server": {[]types.ProvidedContext{contextOf(elsewhere)}, "InvalidContextAssertion", unproved},
		"no token":          {[]types.ProvidedContext{contextOf("assertion")}, "InvalidContextAssertion", unproved},
		"of another provider": {
			[]types.ProvidedContext{{ProviderArn: aws.String("arn:aws:iam::aws:contextProvider/Other"), ContextAssertion: &good}},
			"InvalidContextAssertion", unproved,
		},
		"of no provider": {[]types.ProvidedContext{{ContextAssertion: &good}}, "InvalidContextAssertion", unproved},
		"an ID token": {[]types.ProvidedContext{contextOf(p.token(idp.Request{Subject: storeUser, Algorithm: "ES256"}).Token)},
			"InvalidContextAssertion", unproved},
		"a user who is not a string": {
			[]types.ProvidedContext{
				contextOf(p.token(idp.Request{IdentityCenter: &center, Claims: idp.Claims{"identitystore:UserId": 1}}).Token),
			}, "InvalidContextAssertion", unproved,
		},
		"not valid yet": {[]types.ProvidedContext{contextOf(p.token(idp.Request{IdentityCenter: &center, IssuedAgo: -600}).Token)},
			"InvalidContextAssertion", unproved},
		"two": {
			[]types.ProvidedContext{contextOf(good), contextOf(good)}, "InvalidParameterValue",
			"Only one context assertion can be provided.",
		},
		"expired": {[]types.ProvidedContext{contextOf(p.token(idp.Request{IdentityCenter: &center, ExpiresIn: -600}).Token)},
			"InvalidContextAssertion", "The provided context assertion has expired."},
		"six": {slices.Repeat([]types.ProvidedContext{contextOf(good)}, 6), "ValidationError", "at 'providedContexts'"},
		"too long": {
			[]types.ProvidedContext{contextOf(strings.Repeat("x", 2049))}, "ValidationError",
			"at 'providedContexts.1.member.contextAssertion'",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := testkit.Refused(p.assume(c.contexts...))
			if code := testkit.Code(err); code != c.code || !strings.Contains(err.Error(), c.text) {
				t.Fatalf("%v; want %s: %s", err, c.code, c.text)
			}
		})
	}
}

// Without the local identity provider no assertion is taken, not even one that
// was made on the same state.
func TestContextsWithoutTheProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assertion := newPropagation(t, both, both).assertion(storeUser)
	app := sts.NewFromConfig(w.userConfig("app",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["sts:AssumeRole","sts:SetContext"],"Resource":"*"}}`))
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":["sts:AssumeRole","sts:SetContext"]}}`
	testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("enhanced"), AssumeRolePolicyDocument: &trust}))(t)
	_, err := app.AssumeRole(w.ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String(enhancedRole), RoleSessionName: aws.String("me"),
		ProvidedContexts: []types.ProvidedContext{contextOf(assertion)},
	})
	testkit.WantError(t, err, "InvalidContextAssertion", unproved)
}
