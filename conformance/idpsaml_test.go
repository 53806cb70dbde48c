package conformance_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// idpAnswer asks the local identity provider over HTTP.
func (f *federation) idpAnswer(method, path, body string, header ...string) (int, string) {
	t := f.world.t
	t.Helper()
	r, err := http.NewRequestWithContext(f.ctx, method, f.srv.URL+"/_understudy/idp/saml/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// knownIDP makes a SAML provider of the local identity provider's metadata.
func (f *federation) knownIDP(name, issuer string) string {
	t := f.world.t
	t.Helper()
	status, document := f.idpAnswer(http.MethodGet, "metadata?issuer="+issuer, "")
	if status != http.StatusOK {
		t.Fatalf("metadata: %d %s", status, document)
	}
	return *testkit.Must(f.CreateSAMLProvider(f.ctx,
		&iam.CreateSAMLProviderInput{Name: &name, SAMLMetadataDocument: &document}))(t).SAMLProviderArn
}

// asserted is the response for a request.
func (f *federation) asserted(q idp.SAMLRequest) *string {
	t := f.world.t
	t.Helper()
	body, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	status, text := f.idpAnswer(http.MethodPost, "assertion", string(body))
	var r idp.SAMLResponse
	if err := json.Unmarshal([]byte(text), &r); err != nil || status != http.StatusOK || r.Subject != q.Subject {
		t.Fatalf("%d %s", status, text)
	}
	return &r.Response
}

func TestAssertionsOfTheLocalIdentityProvider(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	provider := f.knownIDP("local", "")
	role := f.trusting("staff", provider, `"sts:AssumeRoleWithSAML","sts:TagSession","sts:SetSourceIdentity"`,
		`{"StringEqualsIfExists":{"aws:RequestTag/team":"red"}}`)
	q := idp.SAMLRequest{Subject: "ana", Roles: []idp.SAMLRole{{Role: role, Provider: provider}}, Tags: map[string]string{"team": "red"},
		SourceIdentity: "ana"}
	signIn := func(q idp.SAMLRequest) (*sts.AssumeRoleWithSAMLOutput, error) {
		return f.nobody().AssumeRoleWithSAML(f.ctx,
			&sts.AssumeRoleWithSAMLInput{RoleArn: &role, PrincipalArn: &provider, SAMLAssertion: f.asserted(q)})
	}
	out := testkit.Must(signIn(q))(t)
	if *out.Subject != "ana" || *out.Issuer != idp.Entity || aws.ToString(out.SourceIdentity) != "ana" ||
		*out.AssumedRoleUser.Arn != "arn:aws:sts::000000000000:assumed-role/staff/ana" {
		t.Errorf("AssumeRoleWithSAML = %+v", out)
	}
	testkit.Must(iam.NewFromConfig(f.session(out.Credentials)).ListUsers(f.ctx, nil))(t)
	wrong := q
	wrong.Tags = map[string]string{"team": "blue"}
	testkit.WantError(t, testkit.Refused(signIn(wrong)), "AccessDenied", deniedSAML)
	expired := q
	expired.ExpiresIn, expired.IssuedAgo = -60, 120
	wantRefusal(t, testkit.Refused(signIn(expired)), expiredAnswer)
	old := q
	old.IssuedAgo = 400
	wantRefusal(t, testkit.Refused(signIn(old)), "Token must be redeemed within 5 minutes of issuance")
	foreign := q
	foreign.Issuer = "https://other.example.com/idp"
	wantRefusal(t, testkit.Refused(signIn(foreign)), "Issuer not present in specified provider")

	// Another provider of the same server, to which assertions must be encrypted.
	provider = f.knownIDP("other", foreign.Issuer)
	testkit.Must(f.UpdateSAMLProvider(f.ctx, &iam.UpdateSAMLProviderInput{
		SAMLProviderArn: &provider, AddPrivateKey: decryptingPair().pem(),
		AssertionEncryptionMode: types.AssertionEncryptionModeTypeRequired,
	}))(t)
	role = f.trusting("other", provider, `"sts:AssumeRoleWithSAML"`, "")
	encrypted := idp.SAMLRequest{
		Subject: "ana", Issuer: foreign.Issuer, Roles: []idp.SAMLRole{{Role: role, Provider: provider}},
		Certificate: inPEM("CERTIFICATE", decryptingPair().certificate.Raw),
	}
	testkit.Must(signIn(encrypted))(t)
	encrypted.Certificate = ""
	wantRefusal(t, testkit.Refused(signIn(encrypted)), badResponse)
}

func TestRequestsToTheLocalSAMLProvider(t *testing.T) {
	t.Parallel()
	f := newPractice(t)
	for body, want := range map[string]string{
		`{}`:                                     `"the assertion has no subject; name one in subject"`,
		`{"subject":1}`:                          "cannot unmarshal number",
		`{"subjekt":"a"}`:                        "unknown field",
		`{"subject":"a","roles":[{"role":"r"}]}`: "a role comes with its provider",
		`{"subject":"a","certificate":"x"}`:      "the certificate is not in PEM",
	} {
		if status, text := f.idpAnswer(http.MethodPost, "assertion", body); status != http.StatusBadRequest ||
			!strings.Contains(text, strings.Trim(want, `"`)) {
			t.Errorf("%s: %d %s; want %s", body, status, text, want)
		}
	}
	if status, _ := f.idpAnswer(http.MethodPost, "assertion", `{"subject":"a"}`, "Origin",
		"https://evil.example.com"); status != http.StatusForbidden {
		t.Errorf("a page in a browser: %d", status)
	}
	if status, text := f.idpAnswer(http.MethodGet, "metadata?issuer=no", ""); status != http.StatusBadRequest ||
		!strings.Contains(text, "is not a URI") {
		t.Errorf("metadata of no URI: %d %s", status, text)
	}
	_, first := f.idpAnswer(http.MethodGet, "metadata", "")
	if _, second := f.idpAnswer(http.MethodGet, "metadata", ""); first != second ||
		!strings.Contains(first, f.srv.URL+"/_understudy/idp/saml/assertion") {
		t.Errorf("the metadata changes: %s, %s", first, second)
	}
	off := newWorld(t)
	without := &federation{world: off}
	if status, text := without.idpAnswer(http.MethodGet, "metadata", ""); status != http.StatusNotFound ||
		!strings.Contains(text, "start the server with --idp") {
		t.Errorf("without --idp: %d %s", status, text)
	}
}
