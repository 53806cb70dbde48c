package idp_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

const account = "000000000000"

var now = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

// zeros is randomness without any, so that IDs are known.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func provider(store persistence.Store) *idp.Provider {
	return idp.New(idp.Options{Store: store, Account: account, Now: func() time.Time { return now }, Random: zeros{}})
}

func open(t *testing.T) persistence.Store {
	t.Helper()
	store := memstore.New()
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func sign(t *testing.T, p *idp.Provider, r *idp.Request) *idp.Token {
	t.Helper()
	token, err := p.Sign(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// payload are the claims that a token carries.
func payload(t *testing.T, token *idp.Token) map[string]any {
	t.Helper()
	parsed, err := oidc.Parse(token.Token)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	for _, name := range parsed.Names() {
		var v any
		if err := parsed.Decode(name, &v); err != nil {
			t.Fatal(err)
		}
		all[name] = v
	}
	return all
}

func TestEveryAlgorithmIsVerifiedByAnotherProcess(t *testing.T) {
	t.Parallel()
	store := open(t)
	for _, algorithm := range idp.Algorithms() {
		token := sign(t, provider(store), &idp.Request{Subject: "ana", Algorithm: algorithm})
		keys, err := provider(store).Keys(t.Context(), token.KeyID)
		if err != nil || keys == nil {
			t.Fatalf("%s: no key %s: %v", algorithm, token.KeyID, err)
		}
		parsed, err := oidc.Parse(token.Token)
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.Verify(keys, now); err != nil || token.Algorithm != algorithm {
			t.Errorf("%s: %v", algorithm, err)
		}
		if keys, err := provider(open(t)).Keys(t.Context(), token.KeyID); keys != nil || err != nil {
			t.Errorf("%s: another store has the key", algorithm)
		}
	}
	set, err := provider(store).KeySet(t.Context())
	if err != nil || len(set.Keys) != 4 {
		t.Fatalf("KeySet = %v, %v", set, err)
	}
	for _, k := range set.Keys {
		if !k.IsPublic() || !k.Valid() || k.Use != "sig" {
			t.Errorf("key %s is public %v, valid %v, for %q", k.KeyID, k.IsPublic(), k.Valid(), k.Use)
		}
	}
}

func TestKeysOfOthers(t *testing.T) {
	t.Parallel()
	p := provider(open(t))
	sign(t, p, &idp.Request{Subject: "ana"})
	for _, id := range []string{"", "one", "understudy-", "understudy-0"} {
		if keys, err := p.Keys(t.Context(), id); keys != nil || err != nil {
			t.Errorf("Keys(%q) = %v, %v", id, keys, err)
		}
	}
}

func TestTheCertificateStays(t *testing.T) {
	t.Parallel()
	store := open(t)
	c, key, err := provider(store).Certificate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := provider(store).Certificate(t.Context())
	if err != nil || !c.Equal(again) {
		t.Errorf("another certificate, %v", err)
	}
	if err := c.VerifyHostname(idp.Host); err != nil {
		t.Error(err)
	}
	if err := c.CheckSignatureFrom(c); err != nil || !key.PublicKey.Equal(c.PublicKey) {
		t.Errorf("it is not signed by its key: %v", err)
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	const issued = 1795770000 // now
	p := provider(open(t))
	for name, c := range map[string]struct {
		request idp.Request
		want    string
	}{
		"the least": {idp.Request{Subject: "ana"}, `{"iss":"https://idp.understudy.test","sub":"ana","aud":"sts.amazonaws.com",
			"jti":"00000000-0000-4000-8000-000000000000","iat":0,"exp":3600}`},
		"dates": {idp.Request{Subject: "ana", ExpiresIn: -60, IssuedAgo: 120},
			`{"iss":"https://idp.understudy.test","sub":"ana","aud":"sts.amazonaws.com",
			"jti":"00000000-0000-4000-8000-000000000000","iat":-120,"exp":-60}`},
		"what AWS reads": {idp.Request{Issuer: "https://id.example.com", Subject: "ana", Audience: idp.Texts{"a", "b"},
			Tags: map[string]string{"team": "red"}, TransitiveTagKeys: []string{"team"}, SourceIdentity: "ana",
			Roles:  []string{"arn:aws:iam::000000000000:role/x"},
			Claims: idp.Claims{"azp": "a", "jti": nil}},
			`{"iss":"https://id.example.com","sub":"ana","aud":["a","b"],"azp":"a","iat":0,"exp":3600,
			"https://aws.amazon.com/tags":{"principal_tags":{"team":["red"]},"transitive_tag_keys":["team"]},
			"https://aws.amazon.com/source_identity":"ana","https://aws.amazon.com/roles":["arn:aws:iam::000000000000:role/x"]}`},
		"a pod of EKS": {idp.Request{
			EKS: &idp.EKS{Namespace: "shop", ServiceAccount: "cart", Region: "eu-central-1", ClusterID: "0123456789ABCDEF0123456789ABCDEF"},
		},
			`{"iss":"https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF","sub":"system:serviceaccount:shop:cart",
			"aud":["sts.amazonaws.com"],"jti":"00000000-0000-4000-8000-000000000000","iat":0,"nbf":0,"exp":86400,"kubernetes.io":{"namespace":"shop",
			"node":{"name":"ip-10-0-0-1.ec2.internal","uid":"8830bc5d-6318-43ad-8fa7-f46c1dd27de0"},
			"pod":{"name":"cart-0","uid":"d3ddddbe-d848-430f-b1ce-647e07ecfa57"},"serviceaccount":{"name":"cart","uid":"5b49b644-a792-4221-8196-780c24af67f4"}}}`},
		"Cognito": {idp.Request{Cognito: &idp.Cognito{IdentityPool: "us-east-1:p", IdentityID: "us-east-1:i", Login: "id.example.com"}},
			`{"iss":"https://cognito-identity.amazonaws.com","sub":"us-east-1:i","aud":"us-east-1:p","jti":"00000000-0000-4000-8000-000000000000",
			"iat":0,"exp":600,"amr":["authenticated","id.example.com","id.example.com:us-east-1:p:user"],
			"https://cognito-identity.amazonaws.com/identity-pool-arn":"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/us-east-1:p"}`},
		"a guest of Cognito": {idp.Request{
			Cognito: &idp.Cognito{IdentityPool: "us-east-1:p", IdentityID: "us-east-1:i", Unauthenticated: true},
		},
			`{"iss":"https://cognito-identity.amazonaws.com","sub":"us-east-1:i","aud":"us-east-1:p","jti":"00000000-0000-4000-8000-000000000000",
			"iat":0,"exp":600,"amr":["unauthenticated"],
			"https://cognito-identity.amazonaws.com/identity-pool-arn":"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/us-east-1:p"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := payload(t, sign(t, p, &c.request))
			for _, date := range []string{"iat", "exp", "nbf"} {
				if v, ok := got[date].(float64); ok {
					got[date] = v - issued
				}
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestJobsOfGitHub(t *testing.T) {
	t.Parallel()
	p := provider(open(t))
	for name, c := range map[string]struct {
		job  idp.GitHub
		want map[string]any
	}{
		"a push": {idp.GitHub{Repository: "octo-org/octo-repo"}, map[string]any{
			"sub": "repo:octo-org/octo-repo:ref:refs/heads/main", "ref_type": "branch", "event_name": "push", "actor": "octo-org",
			"repository": "octo-org/octo-repo", "repository_owner": "octo-org", "workflow": "ci", "aud": "sts.amazonaws.com",
			"iss":              "https://token.actions.githubusercontent.com",
			"job_workflow_ref": "octo-org/octo-repo/.github/workflows/ci.yml@refs/heads/main",
		}},
		"a tag": {idp.GitHub{Repository: "o/r", Ref: "refs/tags/v1"},
			map[string]any{"sub": "repo:o/r:ref:refs/tags/v1", "ref_type": "tag"}},
		"an environment": {idp.GitHub{Repository: "o/r", Environment: "prod:eu", Actor: "ana"}, map[string]any{
			"sub": "repo:o/r:environment:prod%3Aeu", "environment": "prod:eu", "actor": "ana", "ref": "refs/heads/main",
		}},
		"a pull request": {idp.GitHub{Repository: "o/r", Event: "pull_request", Ref: "refs/pull/7/merge"}, map[string]any{
			"sub": "repo:o/r:pull_request", "event_name": "pull_request", "ref": "refs/pull/7/merge", "base_ref": "main",
		}},
		"a shared workflow": {idp.GitHub{Repository: "o/r", JobWorkflowRef: "o/ci/.github/workflows/build.yml@refs/heads/main"},
			map[string]any{
				"workflow_ref":     "o/r/.github/workflows/ci.yml@refs/heads/main",
				"job_workflow_ref": "o/ci/.github/workflows/build.yml@refs/heads/main",
			}},
	} {
		t.Run(name, func(t *testing.T) {
			got := payload(t, sign(t, p, &idp.Request{GitHub: &c.job}))
			for claim, want := range c.want {
				if got[claim] != want {
					t.Errorf("%s is %v, want %v", claim, got[claim], want)
				}
			}
		})
	}
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	p := provider(open(t))
	for name, c := range map[string]struct {
		request idp.Request
		text    string
	}{
		"nothing":                  {idp.Request{}, "subject"},
		"two shapes":               {idp.Request{GitHub: &idp.GitHub{Repository: "o/r"}, EKS: &idp.EKS{ServiceAccount: "s"}}, "one shape"},
		"an unknown algorithm":     {idp.Request{Subject: "a", Algorithm: "HS256"}, `"HS256"; use one of RS256`},
		"the end of time":          {idp.Request{Subject: "a", ExpiresIn: 1 << 62}, "expiresIn"},
		"the beginning of time":    {idp.Request{Subject: "a", IssuedAgo: -1 << 62}, "issuedAgo"},
		"a tag that is not":        {idp.Request{Subject: "a", TransitiveTagKeys: []string{"team"}}, `transitive tag "team" is not`},
		"half a repository":        {idp.Request{GitHub: &idp.GitHub{Repository: "octo"}}, "OWNER/NAME"},
		"a branch alone":           {idp.Request{GitHub: &idp.GitHub{Repository: "o/r", Ref: "main"}}, "refs/heads/BRANCH"},
		"a pod of nobody":          {idp.Request{EKS: &idp.EKS{}}, "service account"},
		"a cluster that is a path": {idp.Request{EKS: &idp.EKS{ServiceAccount: "s", ClusterID: "a/b"}}, "cluster ID"},
		"no pool":                  {idp.Request{Cognito: &idp.Cognito{IdentityPool: "p"}}, "REGION:UUID"},
		"a guest who signed in":    {idp.Request{Cognito: &idp.Cognito{IdentityPool: "r:p", Unauthenticated: true, Login: "x"}}, "login"},
		"a context of nobody":      {idp.Request{IdentityCenter: &idp.IdentityCenter{}}, "about a user"},
		"an ARN for an ID": {
			idp.Request{IdentityCenter: &idp.IdentityCenter{UserID: "u", Instance: "arn:aws:sso:::instance/x"}}, "not ARNs",
		},
		"a claim that is none": {idp.Request{Subject: "a", Claims: idp.Claims{"f": func() {}}}, "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := p.Sign(t.Context(), &c.request)
			if !errors.Is(err, idp.ErrRequest) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("Sign: %v; want something with %q", err, c.text)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	store := open(t)
	p := provider(store)
	err := store.Update(t.Context(), func(tx persistence.Tx) error {
		if err := persistence.Accounts.Put(tx, "111111111111", &persistence.Account{ID: "111111111111"}); err != nil {
			return err
		}
		return persistence.OIDCProviders.Put(tx, "111111111111",
			&persistence.OIDCProvider{URL: "id.example.com", ClientIDs: []string{"app"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		request idp.Request
		text    string // of the only warning; empty for none
	}{
		"all is well": {idp.Request{Issuer: "https://id.example.com", Audience: idp.Texts{"app"}}, ""},
		"Cognito":     {idp.Request{Cognito: &idp.Cognito{IdentityPool: "r:p"}}, ""},
		"no provider": {
			idp.Request{}, "aws iam create-open-id-connect-provider --url https://idp.understudy.test --client-id-list sts.amazonaws.com",
		},
		"not GitHub's": {
			idp.Request{GitHub: &idp.GitHub{Repository: "o/r"}}, "--thumbprint-list 0000000000000000000000000000000000000000",
		},
		"a foreign audience": {
			idp.Request{Issuer: "https://id.example.com"},
			"--open-id-connect-provider-arn arn:aws:iam::111111111111:oidc-provider/id.example.com --client-id sts.amazonaws.com",
		},
		"a shell's sign":    {idp.Request{Audience: idp.Texts{"a;id"}}, "--client-id-list 'a;id'"},
		"several audiences": {idp.Request{Audience: idp.Texts{"a", "b"}}, "azp"},
		"no https":          {idp.Request{Issuer: "http://id.example.com"}, "https://"},
		"no expiry":         {idp.Request{Claims: idp.Claims{"exp": nil}}, "no claim exp"},
		"a huge claim":      {idp.Request{Claims: idp.Claims{"x": strings.Repeat("x", 20000)}}, "20000 at most"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.request.Cognito == nil && c.request.GitHub == nil {
				c.request.Subject = "ana"
			}
			got := strings.Join(sign(t, p, &c.request).Warnings, "\n")
			if c.text == "" && got != "" || !strings.Contains(got, c.text) {
				t.Errorf("warnings %q; want %q", got, c.text)
			}
		})
	}
}

func TestRequestsInJSON(t *testing.T) {
	t.Parallel()
	const text = `{"subject":"ana","audience":"app","claims":{"n":12345678901234567890,"none":null},"github":{"repository":"o/r"}}`
	var r idp.Request
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(r)
	if err != nil || string(got) != text {
		t.Errorf("%s, %v; want %s", got, err, text)
	}
	for _, bad := range []string{`{"audience":1}`, `{"claims":[]}`, `{"tags":{"a":1}}`, `{"expiresIn":"1h"}`} {
		if err := json.Unmarshal([]byte(bad), &r); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	given := sign(t, provider(open(t)), &idp.Request{Subject: "ana"}).Token
	for name, c := range map[string]struct {
		form, client string
		want         idp.Request
		code         string
	}{
		"client credentials": {
			"grant_type=client_credentials&audience=app&scope=read", "web",
			idp.Request{Subject: "web", Audience: idp.Texts{"app"}, Claims: idp.Claims{"scope": "read"}}, "",
		},
		"a client in the form": {
			"grant_type=client_credentials&client_id=web&client_secret=x&expires_in=60", "", idp.Request{Subject: "web", ExpiresIn: 60}, "",
		},
		"another issuer": {
			"grant_type=client_credentials&subject=s&issuer=https://i&algorithm=ES256", "web",
			idp.Request{Issuer: "https://i", Subject: "s", Algorithm: "ES256"}, "",
		},
		"an exchange": {"grant_type=urn:ietf:params:oauth:grant-type:token-exchange&resource=app&subject_token=" + given, "web",
			idp.Request{Subject: "ana", Audience: idp.Texts{"app"}}, ""},
		"a named subject": {"grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject=eve&subject_token=x", "",
			idp.Request{Subject: "eve"}, ""},
		"an exchange of no JWT": {"grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=a.b.c", "", idp.Request{},
			"invalid_request"},
		"a SAML assertion": {"grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject=a&requested_token_type=urn:ietf:params:oauth:token-type:saml2", "",
			idp.Request{}, "invalid_request"},
		"no grant":   {"", "", idp.Request{}, "invalid_request"},
		"a password": {"grant_type=password", "", idp.Request{}, "unsupported_grant_type"},
		"twice":      {"grant_type=client_credentials&grant_type=client_credentials", "", idp.Request{}, "invalid_request"},
		"no seconds": {"grant_type=client_credentials&expires_in=1h", "", idp.Request{}, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form, err := url.ParseQuery(c.form)
			if err != nil {
				t.Fatal(err)
			}
			got, err := idp.FromForm(form, c.client)
			var fault *idp.FormError
			if errors.As(err, &fault) != (c.code != "") || fault != nil && fault.Code != c.code {
				t.Fatalf("FromForm: %v; want %q", err, c.code)
			}
			if err == nil {
				if d := cmp.Diff(&c.want, got); d != "" {
					t.Error(d)
				}
			}
		})
	}
}

// A form is read, or refused with a code of OAuth; what is read can be signed, or
// is refused too.
func FuzzForms(f *testing.F) {
	f.Add("grant_type=client_credentials&client_id=web&audience=a&audience=b", "web")
	f.Add("grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=e30.eyJzdWIiOiJhIn0.e30", "")
	f.Fuzz(func(t *testing.T, text, client string) {
		form, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		r, err := idp.FromForm(form, client)
		var fault *idp.FormError
		if err != nil {
			if !errors.As(err, &fault) || fault.Code == "" {
				t.Fatalf("FromForm: %v", err)
			}
			return
		}
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var again idp.Request
		if err := json.Unmarshal(raw, &again); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	})
}
