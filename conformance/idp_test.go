package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

const idpProvider = "arn:aws:iam::000000000000:oidc-provider/idp.understudy.test"

// withIDP turns on the local identity provider.
func withIDP() iamtest.Option {
	return iamtest.WithServer(func(o *server.Options) { o.IdentityProvider = true })
}

// newPractice is a world whose tokens the local identity provider signs.
func newPractice(t *testing.T, options ...iamtest.Option) *federation {
	srv := iamtest.Start(t, append(options, withIDP())...)
	return &federation{world: &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}}
}

// post sends a body to the token endpoint, and reads the JSON that it answers.
func (f *federation) post(kind, body string, header http.Header, into any) int {
	f.world.t.Helper()
	r, err := http.NewRequestWithContext(f.ctx, http.MethodPost, f.srv.URL+"/_understudy/idp/token", strings.NewReader(body))
	if err != nil {
		f.world.t.Fatal(err)
	}
	if r.Header = header.Clone(); header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Content-Type", kind)
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		f.world.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		f.world.t.Fatal(err)
	}
	return answer.StatusCode
}

// token asks for a token.
func (f *federation) token(q idp.Request) *idp.Token {
	f.world.t.Helper()
	body, err := json.Marshal(q)
	if err != nil {
		f.world.t.Fatal(err)
	}
	var token idp.Token
	if status := f.post("application/json", string(body), nil, &token); status != http.StatusOK {
		f.world.t.Fatalf("token: %d", status)
	}
	return &token
}

// provider makes a provider for an issuer.
func (f *federation) provider(issuer string, thumbprints ...string) string {
	f.world.t.Helper()
	return *testkit.Must(f.CreateOpenIDConnectProvider(f.ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: &issuer, ClientIDList: []string{"sts.amazonaws.com"}, ThumbprintList: thumbprints,
	}))(f.world.t).OpenIDConnectProviderArn
}

const anyThumbprint = "0000000000000000000000000000000000000000"

func TestTokensOfEachShape(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	const eks = "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
	const gh, pool = "https://token.actions.githubusercontent.com", "us-east-1:12345678-dead-beef-cafe-123456790ab"
	job := &idp.GitHub{Repository: "octo-org/octo-repo", Environment: "prod"}
	for name, c := range map[string]struct {
		provider         string
		condition        string
		admitted, denied idp.Request
		who              string // the subject
	}{
		"its own": {f.provider("https://idp.understudy.test"), `{"StringEquals":{"idp.understudy.test:sub":"ana"}}`,
			idp.Request{Subject: "ana"}, idp.Request{Subject: "eve"}, "ana"},
		"GitHub": {f.provider(gh, anyThumbprint),
			`{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:octo-org/octo-repo:environment:prod",` +
				`"token.actions.githubusercontent.com:repository":"octo-org/octo-repo","token.actions.githubusercontent.com:actor":"octo-org"}}`,
			idp.Request{GitHub: job}, idp.Request{GitHub: &idp.GitHub{Repository: "octo-org/octo-repo"}},
			"repo:octo-org/octo-repo:environment:prod"},
		"EKS": {f.provider(eks, anyThumbprint),
			`{"StringEquals":{"` + strings.TrimPrefix(eks, "https://") + `:sub":"system:serviceaccount:shop:cart"}}`,
			idp.Request{
				EKS: &idp.EKS{
					Namespace: "shop", ServiceAccount: "cart", Region: "eu-central-1", ClusterID: "0123456789ABCDEF0123456789ABCDEF",
				},
			},
			idp.Request{
				EKS: &idp.EKS{
					Namespace: "shop", ServiceAccount: "till", Region: "eu-central-1", ClusterID: "0123456789ABCDEF0123456789ABCDEF",
				},
			},
			"system:serviceaccount:shop:cart"},
		"Cognito": {"cognito-identity.amazonaws.com", `{"StringEquals":{"cognito-identity.amazonaws.com:aud":"` + pool + `"},` +
			`"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}`,
			idp.Request{Cognito: &idp.Cognito{IdentityPool: pool, IdentityID: "us-east-1:i"}},
			idp.Request{Cognito: &idp.Cognito{IdentityPool: pool, IdentityID: "us-east-1:i", Unauthenticated: true}}, "us-east-1:i"},
		"Google": {"accounts.google.com", `{"StringEquals":{"accounts.google.com:aud":"app"}}`,
			idp.Request{Issuer: "https://accounts.google.com", Subject: "42", Audience: idp.Texts{"app"}},
			idp.Request{Issuer: "https://accounts.google.com", Subject: "42", Audience: idp.Texts{"other"}}, "42"},
	} {
		t.Run(name, func(t *testing.T) {
			role := f.trusting(strings.ReplaceAll(name, " ", "-"), c.provider, `"sts:AssumeRoleWithWebIdentity"`, c.condition)
			token := f.token(c.admitted)
			if len(token.Warnings) > 0 {
				t.Errorf("warnings: %q", token.Warnings)
			}
			out := testkit.Must(f.assume(role, token.Token))(t)
			if *out.SubjectFromWebIdentityToken != c.who || *out.Provider != c.provider {
				t.Errorf("subject %q, provider %q; want %q, %q", *out.SubjectFromWebIdentityToken, *out.Provider, c.who, c.provider)
			}
			testkit.Must(iam.NewFromConfig(f.session(out.Credentials)).ListUsers(f.ctx, nil))(t)
			testkit.WantError(t, testkit.Refused(f.assume(role, f.token(c.denied).Token)), "AccessDenied", deniedWeb)
		})
	}
}

func TestTokensOfEachAlgorithm(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	role := f.trusting("web", f.provider(idp.Issuer), `"sts:AssumeRoleWithWebIdentity"`, "")
	for _, algorithm := range idp.Algorithms() {
		token := f.token(idp.Request{Subject: "ana", Algorithm: algorithm})
		testkit.Must(f.assume(role, token.Token))(t)
		forged := token.Token[:len(token.Token)-8] + "AAAAAAAA"
		if code := testkit.Code(testkit.Refused(f.assume(role, forged))); code != "InvalidIdentityToken" {
			t.Errorf("%s: a forged signature: %s", algorithm, code)
		}
	}
}

func TestTokensOfTheProviderThatAreRefused(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	role := f.trusting("web", f.provider(idp.Issuer), `"sts:AssumeRoleWithWebIdentity"`, "")
	for name, c := range map[string]struct {
		request    idp.Request
		code, text string
	}{
		"expired": {idp.Request{Subject: "a", ExpiresIn: -301}, "ExpiredTokenException", ""},
		"of the future": {
			idp.Request{Subject: "a", IssuedAgo: -400}, "InvalidIdentityToken",
			"The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.",
		},
		"a foreign audience": {idp.Request{Subject: "a", Audience: idp.Texts{"x"}}, "InvalidIdentityToken", "Incorrect token audience"},
		"no provider": {
			idp.Request{GitHub: &idp.GitHub{Repository: "o/r"}}, "InvalidIdentityToken",
			"No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com",
		},
		"no issue date": {
			idp.Request{Subject: "a", Claims: idp.Claims{"iat": nil}}, "InvalidIdentityToken", "Missing a required claim: iat.",
		},
		"another role": {
			idp.Request{Subject: "a", Roles: []string{role + "2"}}, "InvalidIdentityToken",
			"The requested role is not in the roles claim of the token.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := testkit.Refused(f.assume(role, f.token(c.request).Token))
			if code := testkit.Code(err); code != c.code {
				t.Fatalf("%v; want %s", err, c.code)
			}
			if c.text != "" {
				testkit.WantError(t, err, c.code, c.text)
			}
		})
	}
}

func TestTagsOfTheProvidersTokens(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	condition := `{"StringEquals":{"aws:RequestTag/team":"red","sts:SourceIdentity":"ana"},"ForAllValues:StringEquals":{"sts:TransitiveTagKeys":"team"}}`
	role := f.trusting("web", f.provider(idp.Issuer), `"sts:AssumeRoleWithWebIdentity","sts:TagSession","sts:SetSourceIdentity"`, condition)
	q := idp.Request{
		Subject: "ana", Tags: map[string]string{"team": "red"}, TransitiveTagKeys: []string{"team"}, SourceIdentity: "ana",
		Roles: []string{role},
	}
	if out := testkit.Must(f.assume(role, f.token(q).Token))(t); out.SourceIdentity == nil || *out.SourceIdentity != "ana" {
		t.Errorf("SourceIdentity = %v", out.SourceIdentity)
	}
	q.Tags["team"] = "blue"
	testkit.WantError(t, testkit.Refused(f.assume(role, f.token(q).Token)), "AccessDenied", deniedWeb)
}

func TestTheProviderOutlivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := newPractice(t, iamtest.WithDataDir(dir))
	role := f.trusting("web", f.provider(idp.Issuer), `"sts:AssumeRoleWithWebIdentity"`, "")
	token := f.token(idp.Request{Subject: "ana"}).Token
	thumbprint := testkit.Must(f.GetOpenIDConnectProvider(f.ctx,
		&iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(idpProvider)}))(t).ThumbprintList[0]
	if err := f.srv.Stop(); err != nil {
		t.Fatal(err)
	}
	g := newPractice(t, iamtest.WithDataDir(dir))
	testkit.Must(g.assume(role, token))(t)
	testkit.Must(g.DeleteOpenIDConnectProvider(g.ctx,
		&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(idpProvider)}))(t)
	g.provider(idp.Issuer)
	again := testkit.Must(g.GetOpenIDConnectProvider(g.ctx,
		&iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(idpProvider)}))(t).ThumbprintList[0]
	if again != thumbprint {
		t.Errorf("thumbprint %s, then %s", thumbprint, again)
	}
	if err := g.srv.Stop(); err != nil {
		t.Fatal(err)
	}
}

// A server without --idp takes no token of a server with it, though both have
// the same store: it asks the issuer, at a port where nobody listens.
func TestTheProviderIsOff(t *testing.T) {
	t.Parallel()
	const issuer = "https://127.0.0.1:1/id"
	dir := t.TempDir()
	f := newPractice(t, iamtest.WithDataDir(dir))
	role := f.trusting("web", f.provider(issuer, anyThumbprint), `"sts:AssumeRoleWithWebIdentity"`, "")
	token := f.token(idp.Request{Issuer: issuer, Subject: "ana"}).Token
	testkit.Must(f.assume(role, token))(t)
	if err := f.srv.Stop(); err != nil {
		t.Fatal(err)
	}
	srv := iamtest.Start(t, iamtest.WithDataDir(dir))
	g := &federation{world: &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}}
	testkit.WantError(t, testkit.Refused(g.assume(role, token)), "InvalidIdentityToken",
		"Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements")
	var answer struct{ Error string }
	if status := g.post("application/json", `{"subject":"ana"}`, nil, &answer); status != http.StatusNotFound ||
		!strings.Contains(answer.Error, "--idp") {
		t.Errorf("token: %d %q", status, answer.Error)
	}
}

// An issuer with fixed keys keeps them, even if the provider is on.
func TestFixedKeysWinOverTheProvider(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	f := newPractice(t, iamtest.WithServer(func(o *server.Options) { o.OIDCKeys = map[string]*oidc.Keys{issuerURL: i.keys()} }))
	f.issuer = i
	testkit.Must(f.CreateOpenIDConnectProvider(f.ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String(issuerURL), ClientIDList: []string{"client-a"}, ThumbprintList: []string{anyThumbprint},
	}))(t)
	role := f.trusting("web", oidcProvider, `"sts:AssumeRoleWithWebIdentity"`, "")
	testkit.Must(f.assume(role, f.sign(claims(nil))))(t)
	testkit.WantError(t, testkit.Refused(f.assume(role,
		f.token(idp.Request{Issuer: issuerURL, Subject: "a", Audience: idp.Texts{"client-a"}}).Token)), "InvalidIdentityToken",
		"Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements")
}

func TestTheProvidersPages(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	type page struct {
		Issuer   string
		JWKS     string   `json:"jwks_uri"`
		Token    string   `json:"token_endpoint"`
		Signing  []string `json:"id_token_signing_alg_values_supported"`
		Response []string `json:"response_types_supported"`
	}
	for path, issuer := range map[string]string{
		"":                               idp.Issuer,
		"issuers/id.example.com%2Fteam/": "https://id.example.com/team",
	} {
		var doc page
		getJSON(t, f.srv.URL+"/_understudy/idp/"+path+".well-known/openid-configuration", &doc)
		if doc.Issuer != issuer || doc.Token != f.srv.URL+"/_understudy/idp/token" || len(doc.Signing) != 6 || len(doc.Response) == 0 {
			t.Errorf("%s: %+v", path, doc)
		}
		var set struct{ Keys []map[string]any }
		getJSON(t, doc.JWKS, &set)
		if len(set.Keys) != 4 {
			t.Errorf("%s has %d keys", doc.JWKS, len(set.Keys))
		}
		for _, k := range set.Keys {
			if k["d"] != nil {
				t.Errorf("key %v is a private one", k["kid"])
			}
		}
	}
}

func TestWhoMayAskForTokens(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	const form, text = "application/x-www-form-urlencoded", `{"subject":"ana"}`
	page := func(name, value string) http.Header { return http.Header{name: {value}} }
	for name, c := range map[string]struct {
		kind, body string
		header     http.Header
		status     int
	}{
		"a program":             {"application/json", text, nil, http.StatusOK},
		"an address bar":        {"application/json", text, page("Sec-Fetch-Site", "none"), http.StatusOK},
		"plain text":            {"text/plain", text, nil, http.StatusBadRequest},
		"a page that says JSON": {"application/json", text, page("Origin", "https://evil.example"), http.StatusForbidden},
		"a form on a page":      {form, "grant_type=client_credentials&client_id=x", page("Origin", "null"), http.StatusForbidden},
		"a form of another site": {form, "grant_type=client_credentials&client_id=x", page("Sec-Fetch-Site", "cross-site"),
			http.StatusForbidden},
		"an unknown member": {"application/json", `{"subject":"ana","x":1}`, nil, http.StatusBadRequest},
		"nobody":            {"application/json", `{}`, nil, http.StatusBadRequest},
		"no JSON":           {"application/json", `{`, nil, http.StatusBadRequest},
		"an OAuth client":   {form, "grant_type=client_credentials&client_id=x", nil, http.StatusOK},
		"no grant":          {form, "client_id=x", nil, http.StatusBadRequest},
		"a bad algorithm":   {form, "grant_type=client_credentials&client_id=x&algorithm=none", nil, http.StatusBadRequest},
		"too much":          {form, "x=" + strings.Repeat("x", 2<<20), nil, http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			var answer map[string]any
			if status := f.post(c.kind, c.body, c.header, &answer); status != c.status ||
				(status == http.StatusOK) == (answer["error"] != nil) {
				t.Errorf("%d %v; want %d", status, answer, c.status)
			}
		})
	}
}

// An OAuth client gets a token with a form, with its name in HTTP Basic.
func TestATokenForAnOAuthClient(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	role := f.trusting("web", f.provider(idp.Issuer), `"sts:AssumeRoleWithWebIdentity"`,
		`{"StringEquals":{"idp.understudy.test:sub":"web"}}`)
	r, err := http.NewRequestWithContext(f.ctx, http.MethodPost, "/", bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("web", "secret")
	var answer struct {
		Token   string `json:"id_token"`
		Type    string `json:"token_type"`
		Expires int64  `json:"expires_in"`
	}
	form := url.Values{"grant_type": {"client_credentials"}, "expires_in": {"600"}}
	if status := f.post("application/x-www-form-urlencoded", form.Encode(), r.Header, &answer); status != http.StatusOK {
		t.Fatal(status)
	}
	if answer.Type != "Bearer" || answer.Expires < 590 || answer.Expires > 600 {
		t.Errorf("%+v", answer)
	}
	testkit.Must(f.assume(role, answer.Token))(t)
	form = url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "subject_token": {answer.Token},
		"audience": {"other"}}
	var exchanged struct {
		ID string `json:"id_token"`
	}
	if status := f.post("application/x-www-form-urlencoded", form.Encode(), nil, &exchanged); status != http.StatusOK {
		t.Fatal(status)
	}
	testkit.WantError(t, testkit.Refused(f.assume(role, exchanged.ID)), "InvalidIdentityToken", "Incorrect token audience")
	testkit.Must(f.AddClientIDToOpenIDConnectProvider(f.ctx, &iam.AddClientIDToOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: aws.String(idpProvider), ClientID: aws.String("other"),
	}))(t)
	testkit.Must(f.assume(role, exchanged.ID))(t)
}

// Accounts that have a provider take the token, each for itself.
func TestTokensInAnotherAccount(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	other := iam.NewFromConfig(f.srv.ConfigFor(f.srv.AccountKey("111111111111")))
	token := f.token(idp.Request{Subject: "ana"}).Token
	role := "arn:aws:iam::111111111111:role/web"
	testkit.WantError(t, testkit.Refused(f.assume(role, token)), "InvalidIdentityToken",
		"No OpenIDConnect provider found in your account for "+idp.Issuer)
	testkit.Must(other.CreateOpenIDConnectProvider(f.ctx,
		&iam.CreateOpenIDConnectProviderInput{Url: aws.String(idp.Issuer), ClientIDList: []string{"sts.amazonaws.com"}}))(t)
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"%s"},"Action":"sts:AssumeRoleWithWebIdentity"}}`,
		"arn:aws:iam::111111111111:oidc-provider/idp.understudy.test")
	testkit.Must(other.CreateRole(f.ctx, &iam.CreateRoleInput{RoleName: aws.String("web"), AssumeRolePolicyDocument: &trust}))(t)
	testkit.Must(f.assume(role, token))(t)
}
