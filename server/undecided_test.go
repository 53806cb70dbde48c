package server

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// plainForm is a request without a signature.
func plainForm(pairs ...string) *http.Request {
	form := url.Values{"Version": {"2011-06-15"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4260/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// idToken is a token without a signature.
func idToken(payload string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"RS256","kid":"k1"}`)) + "." + part([]byte(payload)) + "." + part([]byte("signature"))
}

// Every call that is refused without a decision has a record that says why, what was
// compared and what to check. The record holds no token and no code.
func TestRefusedCallsHaveRecords(t *testing.T) {
	t.Parallel()
	served, err := New(Options{Store: memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	s := &recordedServer{Server: served, t: t}
	s.do(signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", "ana"))
	s.do(signedForm(t, testRoot, "iam", "Action", "CreateOpenIDConnectProvider", "Url", "https://id.example.com",
		"ClientIDList.member.1", "app",
		"ThumbprintList.member.1", strings.Repeat("a", 40)))
	actor, err := s.Act(t.Context(), "ana", Session{})
	if err != nil {
		t.Fatal(err)
	}
	ana := aws.Credentials{AccessKeyID: actor.AccessKeyID, SecretAccessKey: actor.SecretAccessKey}
	web := func(token string) *http.Request {
		return plainForm("Action", "AssumeRoleWithWebIdentity", "RoleArn", "arn:aws:iam::000000000000:role/ci", "RoleSessionName", "s1",
			"WebIdentityToken", token)
	}
	claims := func(iss, aud string) string {
		return idToken(`{"iss":"` + iss + `","sub":"kim","aud":"` + aud + `","iat":1772366400,"exp":1772370000}`)
	}
	for _, c := range []struct {
		name, stage string
		request     *http.Request
		want        []string // in the text for people
	}{
		{"a text that is not a token", "token", web("secret-token"), []string{"not a signed JSON web token", "access token"}},
		{"a token without a subject", "token", web(idToken(`{"iss":"https://id.example.com","aud":"app","iat":1,"exp":2}`)),
			[]string{"no sub"}},
		{"an unknown issuer", "token", web(claims("https://other.example.com", "app")),
			[]string{"https://id.example.com", "https://other.example.com", "create-open-id-connect-provider"}},
		{"an issuer that a shell would obey", "token", web(claims("https://x.example.com/$(id)", "app")),
			[]string{"--url 'https://x.example.com/$(id)'"}},
		{"an audience of somebody else", "token", web(claims("https://id.example.com", "shop")),
			[]string{"wants  app", "got    shop", "add-client-id"}},
		{"an issuer whose keys cannot be had", "token", web(claims("https://id.example.com", "app")),
			[]string{`a key with the ID "k1"`, "--oidc-keys"}},
		{"a SAML provider that does not exist", "token",
			plainForm("Action", "AssumeRoleWithSAML", "RoleArn", "arn:aws:iam::000000000000:role/ci",
				"PrincipalArn", "arn:aws:iam::000000000000:saml-provider/corp", "SAMLAssertion", "c2VjcmV0"),
			[]string{"list-saml-providers"}},
		{"a code of no device", "code", signedForm(t, ana, "sts", "Action", "GetSessionToken", "SerialNumber",
			"arn:aws:iam::000000000000:mfa/x1",
			"TokenCode", "654321"), []string{"arn:aws:iam::000000000000:mfa/x1", "list-mfa-devices"}},
		{"a code without a device", "code", signedForm(t, ana, "sts", "Action", "GetSessionToken", "TokenCode", "654321"),
			[]string{"both or neither"}},
		{"a context assertion that is none", "token",
			signedForm(t, ana, "sts", "Action", "AssumeRole", "RoleArn", "arn:aws:iam::000000000000:role/ci",
				"RoleSessionName", "s1", "ProvidedContexts.member.1.ProviderArn", "arn:aws:iam::aws:contextProvider/IdentityCenter",
				"ProvidedContexts.member.1.ContextAssertion", "secret-token"), []string{"not a signed JSON web token"}},
		{"tags that no session can have", "parameters", signedForm(t, ana, "sts", "Action", "GetFederationToken", "Name", "kim",
			"Tags.member.1.Key", "a", "Tags.member.1.Value", "1", "Tags.member.2.Key", "A", "Tags.member.2.Value", "2"),
			[]string{"Duplicate tag keys"}},
		{"an ARN that is none", "parameters", signedForm(t, ana, "sts", "Action", "AssumeRole", "RoleArn", "nonsense-nonsense-nonsense",
			"RoleSessionName", "s1"), []string{"nonsense-nonsense-nonsense is invalid"}},
	} {
		s.do(c.request)
		e := s.events.List(1)[0]
		record, err := decisions.NewRecord(t.Context(), e, decisions.Facts{})
		if err != nil {
			t.Fatal(err)
		}
		text := decisions.Printer{Width: 300}.Record(record)
		if e.Verdict() != events.Refused || record.Refusal == nil || record.Refusal.Stage != c.stage || record.Error == nil {
			t.Errorf("%s: the record is\n%s", c.name, text)
		}
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", c.name, want, text)
			}
		}
		for _, secret := range []string{"secret-token", "c2VjcmV0", "c2lnbmF0dXJl", "654321"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %s is in\n%s", c.name, secret, text)
			}
		}
	}
}

// A call that succeeds is not explained, and nothing is allocated for that.
func TestNothingIsAllocatedToExplainSuccess(t *testing.T) {
	x, e := &awsapi.Exchange{}, &events.Event{}
	if n := testing.AllocsPerRun(100, func() { e.Message = withoutValues(x.Message); explainRefusal(e, x, authz.On) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// A call that policies allow and that fails has its error in the record, which does not
// call it refused.
func TestAllowedCallsThatFailAreRecorded(t *testing.T) {
	t.Parallel()
	served, err := New(Options{Store: memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	s := &recordedServer{Server: served, t: t}
	s.do(signedForm(t, testRoot, "iam", "Action", "GetUser", "UserName", "nobody"))
	e := s.events.List(1)[0]
	e.Caller.Request.Time = time.Time{}
	record := decisions.NewSummary(e)
	text := decisions.Printer{}.Record(record)
	if record.Verdict != "allowed" || record.Error == nil || record.Error.Code != "NoSuchEntity" ||
		!strings.Contains(text, "fails for another reason") {
		t.Errorf("the record is\n%s", text)
	}
}
