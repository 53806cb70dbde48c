package conformance_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

// explains checks the record of the last call that was refused: its stage, what it says,
// and that it holds no secret.
func (w *world) explains(stage string, wants []string, secrets ...string) {
	w.t.Helper()
	record := lastRefusal(w.t, w.srv)
	text := decisions.Printer{Width: 300, Context: true}.Record(record)
	if record.Refusal.Stage != stage || record.Verdict != "refused" {
		w.t.Errorf("the record is %s for %s, want refused for %s", record.Verdict, record.Refusal.Stage, stage)
	}
	for _, want := range wants {
		if !strings.Contains(text, want) {
			w.t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if i := slices.IndexFunc(secrets, func(s string) bool { return strings.Contains(text, s) }); i >= 0 {
		w.t.Errorf("secret %d is in\n%s", i, text)
	}
}

// An ID token that is not taken has a record that says why: its signature or its times.
func TestRecordsOfTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	f := newFederation(t, "")
	now := time.Now()
	for _, c := range []struct {
		name   string
		signer *issuer
		change map[string]any
		wants  []string
	}{
		{"the key of another issuer", newIssuer(t), nil,
			[]string{"The signature of the token is not that of the issuer's key.", `one made with key "one" of ` + issuerURL,
				"was changed or cut"}},
		{"expired", f.issuer, map[string]any{"iat": now.Unix() - 7200, "exp": now.Unix() - 3600},
			[]string{"The token has expired by the server's clock.", now.Add(-time.Hour).UTC().Format(time.RFC3339), "Get a new token."}},
		{"of the future", f.issuer, map[string]any{"nbf": now.Unix() + 3600, "exp": now.Unix() + 7200},
			[]string{"The token is not valid yet by the server's clock.", now.Add(time.Hour).UTC().Format(time.RFC3339),
				"Compare the clocks"}},
	} {
		token := c.signer.sign(claims(c.change))
		if err := testkit.Refused(f.assume(f.role, token)); err == nil {
			t.Errorf("%s: the token is taken", c.name)
			continue
		}
		parts := strings.Split(token, ".")
		f.explains("token", c.wants, parts[1], parts[2])
	}
}

// A SAML response that is not taken has a record that says why: its signature, its times,
// or that it was used already.
func TestRecordsOfAssertionsThatAreRefused(t *testing.T) {
	t.Parallel()
	d := newDirectory(t, func(o *server.Options) { o.StrictSAML = true })
	used := d.response(signOn{})
	testkit.Must(d.exchange(signOn{}, used))(t)
	expired := d.response(signOn{claims: func(c *saml.Claims) { c.Expiry = c.IssuedAt.Add(-time.Hour) }})
	d.idp = identityProvider(decryptingPair())
	foreign := d.response(signOn{})
	for _, c := range []struct {
		response string
		wants    []string
	}{
		{used, []string{"The assertion was already used.", "What to check"}},
		{expired, []string{"The assertion has expired by the server's clock.", "What to check"}},
		{foreign, []string{"The signature is not the provider's.", "metadata of provider company", "update-saml-provider"}},
	} {
		if err := testkit.Refused(d.exchange(signOn{}, c.response)); err == nil {
			t.Errorf("the response is taken, which should say %q", c.wants[0])
			continue
		}
		d.explains("token", c.wants, c.response, "subject-123")
	}
}

// A one-time code that was used, and a session that has ended, have records that say so.
func TestRecordsOfCodesAndSessionsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := sts.NewFromConfig(w.userConfig("anna", allow("*")))
	p := w.enabled("anna", "phone")
	in := &sts.GetSessionTokenInput{SerialNumber: &p.serial, TokenCode: p.code(1), DurationSeconds: aws.Int32(900)}
	session := testkit.Must(anna.GetSessionToken(w.ctx, in))(t).Credentials
	testkit.WantError(t, testkit.Refused(anna.GetSessionToken(w.ctx, in)), "AccessDenied", wrongCode)
	w.explains("code", []string{"or it was already used", p.serial, "Wait for the next code"}, *in.TokenCode)

	w.srv.Clock.Advance(time.Hour)
	testkit.WantError(t, testkit.Refused(iam.NewFromConfig(w.session(session)).ListUsers(w.ctx, nil)), "ExpiredToken",
		"The security token included in the request is expired")
	w.explains("key", []string{
		"The session token has expired by the server's clock.", *session.AccessKeyId, "which may have been moved",
	},
		*session.SecretAccessKey, *session.SessionToken)
}
