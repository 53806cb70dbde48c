package conformance_test

import (
	"crypto/sha1"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/beevik/etree"
	"github.com/crewjam/saml/xmlenc"

	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// What AWS answered to responses of all kinds (recorded).
const (
	badResponse   = "Invalid base64 SAMLResponse"
	noSignature   = "Response (with optional signature) must contain an assertion with a mandatory signature"
	badSignature  = "Response signature invalid"
	expiredAnswer = "Response has expired"
)

// by encrypts with a cipher.
func by(transport xmlenc.RSA, cipher xmlenc.BlockCipher, digest xmlenc.DigestMethod) *xmlenc.RSA {
	transport.BlockCipher, transport.DigestMethod = cipher, digest
	return &transport
}

// outcome is a sign-on and what comes of it: the text of the error, or what of
// the answer is not as usual.
type outcome struct {
	signOn
	refused  string
	audience string
	kind     string // SubjectType
	seconds  int    // of the session
	source   string
}

// signOns are those that were recorded.
var signOns = map[string]outcome{
	"assertion signed": {},
	"response signed":  {signOn: signOn{signed: "response"}, refused: noSignature},
	"both signed":      {signOn: signOn{signed: "both"}},
	"unsigned":         {signOn: signOn{signed: "nothing"}, refused: noSignature},
	"tampered subject": {signOn: signOn{tamper: func(r *etree.Element) { at(r, "NameID").SetText("somebody") }},
		refused: badSignature},
	"wrong audience":          {signOn: signOn{claims: func(c *saml.Claims) { c.Audience = "https://other.example.com" }}},
	"no audience restriction": {signOn: signOn{claims: func(c *saml.Claims) { c.Audience = "" }}},
	"no conditions":           {signOn: signOn{edit: drop("Conditions")}, refused: badResponse},
	"wrong recipient":         recipientOf("https://unrelated.example.test/saml"),
	"recipient provider id":   recipientOf("https://us-east-1.signin.aws.amazon.com/saml/acs/SAMLTESTPROVIDER"),
	"arbitrary recipient":     recipientOf("not-a-url"),
	"missing recipient":       {signOn: signOn{edit: set("SubjectConfirmationData", "Recipient", "")}, refused: badResponse},
	"missing subject expiry":  {signOn: signOn{edit: set("SubjectConfirmationData", "NotOnOrAfter", "")}, refused: badResponse},
	"expired conditions":      {signOn: signOn{edit: set("Conditions", "NotOnOrAfter", after(-time.Minute))}, refused: expiredAnswer},
	"expired subject": {signOn: signOn{edit: set("SubjectConfirmationData", "NotOnOrAfter", after(-time.Minute))},
		refused: expiredAnswer},
	"session expired": {signOn: signOn{claims: func(c *saml.Claims) { c.SessionExpiry = time.Now().Add(-time.Minute) }},
		refused: expiredAnswer},
	"future conditions 60":      {signOn: signOn{edit: notBefore(time.Minute)}},
	"future conditions 240":     {signOn: signOn{edit: notBefore(4 * time.Minute)}},
	"future conditions 360":     {signOn: signOn{edit: notBefore(6 * time.Minute)}},
	"future conditions 86400":   {signOn: signOn{edit: notBefore(24 * time.Hour)}},
	"malformed notbefore":       {signOn: signOn{edit: set("Conditions", "NotBefore", "soon")}, refused: badResponse},
	"future subject notbefore":  {signOn: signOn{edit: set("SubjectConfirmationData", "NotBefore", after(time.Hour))}},
	"missing conditions expiry": {signOn: signOn{edit: set("Conditions", "NotOnOrAfter", "")}},
	"no authn statement":        {signOn: signOn{edit: drop("AuthnStatement")}, refused: badResponse},
	"session expires 600": {
		signOn: signOn{claims: func(c *saml.Claims) { c.SessionExpiry = time.Now().Add(10 * time.Minute) }}, seconds: 600,
	},
	"session duration 900":  {signOn: signOn{claims: says(saml.AttributeSessionDuration, "900")}, seconds: 900},
	"session duration 7200": {signOn: signOn{claims: says(saml.AttributeSessionDuration, "7200")}, seconds: 3600},
	"api duration 7200":     {signOn: signOn{in: sts.AssumeRoleWithSAMLInput{DurationSeconds: aws.Int32(7200)}}, seconds: 7200},
	"reversed role pair": {signOn: signOn{claims: func(c *saml.Claims) {
		role, provider, _ := strings.Cut(c.Attributes[0].Values[0], ",")
		c.Attributes[0].Values = []string{provider + "," + role}
	}}},
	"wrong role": {
		signOn: signOn{claims: func(c *saml.Claims) {
			c.Attributes[0].Values = []string{"arn:aws:iam::000000000000:role/other," + samlHead + "company"}
		}},
		refused: "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
	},
	"subject email format": {
		signOn: signOn{claims: func(c *saml.Claims) { c.SubjectFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" }},
		kind:   "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
	},
	"subject arbitrary format": {signOn: signOn{claims: func(c *saml.Claims) { c.SubjectFormat = "custom-format" }}, kind: "custom-format"},
	"subject missing format":   {signOn: signOn{edit: set("NameID", "Format", "")}, refused: badResponse},
	"source and tags": {
		signOn: signOn{role: "arn:aws:iam::000000000000:role/all", claims: func(c *saml.Claims) {
			says(saml.AttributeSourceIdentity, "source-123")(c)
			says(saml.AttributePrincipalTag+"team", "red")(c)
			says(saml.AttributeTransitiveTagKeys, "team")(c)
		}},
		source: "source-123",
	},
	"duplicate subject confirmation": {
		signOn:  signOn{edit: func(a *etree.Element) { at(a, "Subject").AddChild(at(a, "SubjectConfirmation").Copy()) }},
		refused: badResponse,
	},
	"encrypted aes128 cbc":             {signOn: signOn{encrypted: by(xmlenc.OAEP(), xmlenc.AES128CBC, xmlenc.SHA1)}},
	"encrypted aes256 cbc":             {signOn: signOn{encrypted: by(xmlenc.OAEP(), xmlenc.AES256CBC, xmlenc.SHA1)}},
	"encrypted aes128 gcm":             {signOn: signOn{encrypted: by(xmlenc.OAEP(), xmlenc.AES128GCM, xmlenc.SHA1)}},
	"encrypted aes256 gcm":             {signOn: signOn{encrypted: by(xmlenc.OAEP(), xmlenc.AES256GCM, xmlenc.SHA1)}},
	"encrypted oaep sha256 mgf1sha1":   {signOn: signOn{encrypted: by(xmlenc.OAEP(), xmlenc.AES256GCM, xmlenc.SHA256)}},
	"encrypted oaep sha256 mgf1sha256": {signOn: signOn{encrypted: by(xmlenc.OAEP_SHA256(), xmlenc.AES256GCM, xmlenc.SHA256)}},
	"one time use": {
		signOn: signOn{edit: func(a *etree.Element) { at(a, "Conditions").CreateElement("saml:OneTimeUse") }},
	},
	"proxy restriction": {signOn: signOn{edit: func(a *etree.Element) {
		at(a, "Conditions").CreateElement("saml:ProxyRestriction").CreateAttr("Count", "0")
	}}},
	"response issuer mismatch":   {signOn: signOn{around: func(r *etree.Element) { at(r, "Issuer").SetText("https://other.example.com") }}},
	"invalid response signature": {signOn: signOn{signed: "both", tamper: set("StatusCode", "x", "1")}, refused: badSignature},
}

// says adds an attribute.
func says(name string, values ...string) func(*saml.Claims) {
	return func(c *saml.Claims) { c.Attributes = append(c.Attributes, awsAttribute(name, values...)) }
}

// recipientOf is a sign-on for somebody else, whom the answer names.
func recipientOf(recipient string) outcome {
	return outcome{signOn: signOn{claims: func(c *saml.Claims) { c.Recipient = recipient }}, audience: recipient}
}

func TestSignOns(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	d.trusting("all", d.provider, `"sts:AssumeRoleWithSAML","sts:TagSession","sts:SetSourceIdentity"`, "")
	testkit.Must(d.UpdateSAMLProvider(d.ctx,
		&iam.UpdateSAMLProviderInput{SAMLProviderArn: &d.provider, AddPrivateKey: decryptingPair().pem()}))(t)
	for name, c := range signOns {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			response := d.response(c.signOn)
			out, err := d.exchange(c.signOn, response)
			if c.refused != "" {
				wantRefusal(t, err, c.refused)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if again := testkit.Refused(d.exchange(c.signOn, response)); again != nil {
				t.Errorf("a second time: %v", again)
			}
			want := []string{or(c.audience, saml.SignInURL), "subject-123", or(c.kind, "persistent"), directoryURL, c.source}
			got := []string{*out.Audience, *out.Subject, *out.SubjectType, *out.Issuer, aws.ToString(out.SourceIdentity)}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("answer %q; want %q", got, want)
			}
			seconds := c.seconds
			if seconds == 0 {
				seconds = 3600
			}
			wantEnd(t, out.Credentials.Expiration, begun, time.Duration(seconds)*time.Second)
		})
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

var requestIDs = regexp.MustCompile(`Request ID: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12};`)

// wantRefusal checks the error that AWS answers with a string.
func wantRefusal(t *testing.T, err error, text string) {
	t.Helper()
	switch text {
	case badResponse, noSignature, "Issuer not present in specified provider":
		text += " (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; Request ID: ID; Proxy: null)"
	case "Specified provider doesn't exist":
		text += " (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlManifestNotFoundException; Request ID: ID; Proxy: null)"
	}
	code := "InvalidIdentityToken"
	if text == expiredAnswer || strings.HasPrefix(text, "Token must be redeemed") {
		code = "ExpiredTokenException"
	}
	if err == nil || testkit.Code(err) != code ||
		!strings.HasSuffix(requestIDs.ReplaceAllString(err.Error(), "Request ID: ID;"), ": "+text) {
		t.Errorf("%v; want %s: %s", err, code, text)
	}
}

func TestRequiredEncryption(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	testkit.Must(d.UpdateSAMLProvider(d.ctx, &iam.UpdateSAMLProviderInput{
		SAMLProviderArn: &d.provider, AddPrivateKey: decryptingPair().pem(),
		AssertionEncryptionMode: types.AssertionEncryptionModeTypeRequired,
	}))(t)
	id := *testkit.Must(d.GetSAMLProvider(d.ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: &d.provider}))(t).SAMLProviderUUID
	for name, recipient := range map[string]string{
		"required encrypted id": "https://us-east-1.signin.aws.amazon.com/saml/acs/" + id, "required encrypted no id": saml.SignInURL,
		"required encrypted wrong id": "https://us-east-1.signin.aws.amazon.com/saml/acs/SAMLWRONGPROVIDER",
	} {
		s := signOn{claims: func(c *saml.Claims) { c.Recipient = recipient }, encrypted: by(xmlenc.OAEP(), xmlenc.AES256GCM, xmlenc.SHA1)}
		if out := testkit.Must(d.signIn(s))(t); *out.Audience != recipient {
			t.Errorf("%s: audience %s", name, *out.Audience)
		}
	}
	wantRefusal(t, testkit.Refused(d.signIn(signOn{})), badResponse)
}

// Who calls, in the eyes of a trust policy (recorded).
func TestTrustPoliciesForSAML(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	sum := sha1.Sum([]byte(directoryURL + "000000000000/company"))
	qualifier := base64.StdEncoding.EncodeToString(sum[:])
	equals := func(key string, values ...string) string {
		return `{"StringEquals":{"` + key + `":["` + strings.Join(values, `","`) + `"]}}`
	}
	null := func(key, value string) string { return `{"Null":{"` + key + `":"` + value + `"}}` }
	like := func(value string) string { return `{"StringLike":{"aws:userid":"` + value + `"}}` }
	n := 0
	for condition, taken := range map[string]bool{
		"":                                   true,
		null("aws:PrincipalAccount", "true"): false, null("aws:PrincipalAccount", "false"): true,
		null("aws:PrincipalArn", "true"): true, null("aws:PrincipalArn", "false"): false,
		null("aws:PrincipalType", "true"): false, null("aws:PrincipalType", "false"): true,
		null("aws:userid", "true"): false, null("aws:userid", "false"): true,
		equals("aws:PrincipalAccount", "000000000000"): true, equals("aws:PrincipalAccount", "anonymous"): false,
		equals("aws:PrincipalArn", d.provider): false, equals("aws:PrincipalType", "User"): true,
		equals("aws:PrincipalType", "Federated", "Anonymous", "SAMLUser", "WebIdentityUser", "FederatedUser", "AssumedRole", "Role"): false,
		equals("aws:userid", qualifier+":subject-123", d.provider+":subject-123", "company:subject-123", "subject-123"):              false,
		equals("aws:userid", d.provider): true,
		equals("aws:userid", "", "000000000000", "SAMLSP0123456789ABCDEF", qualifier, "staff:ana@example.com"): false,
		like("*subject*"): false, like("AIDA*"): false, like("*:*"): true, like("?*"): true,
		equals("saml:aud", saml.SignInURL): true, equals("saml:aud", "other"): false, equals("saml:iss", directoryURL): true,
		equals("saml:sub", "subject-123"): true, equals("saml:sub_type", "persistent"): true, equals("saml:namequalifier", qualifier): true,
		equals("saml:doc", "000000000000/company"): true, equals("sts:RoleSessionName", "ana@example.com"): true,
	} {
		n++
		name := "r" + strings.Repeat("x", n)
		role := d.trusting(name, d.provider, `"sts:AssumeRoleWithSAML"`, condition)
		err := testkit.Refused(d.signIn(signOn{role: role}))
		if taken && err != nil || !taken && testkit.Code(err) != "AccessDenied" {
			t.Errorf("%s: %v", condition, err)
		}
	}
	everybody := d.roleThat(d.Client, "everybody", "*", allow("iam:ListUsers"))
	testkit.WantError(t, testkit.Refused(d.signIn(signOn{role: everybody})), "AccessDenied", deniedSAML)
	testkit.WantError(t, testkit.Refused(d.signIn(signOn{role: "arn:aws:iam::000000000000:role/none"})), "AccessDenied", deniedSAML)
	other := d.trusting("other", d.known("other", d.idp), `"sts:AssumeRoleWithSAML"`, "")
	testkit.WantError(t, testkit.Refused(d.signIn(signOn{role: other})), "AccessDenied", deniedSAML)
}
