package conformance_test

import (
	"crypto/sha1"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/beevik/etree"

	trouble "github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

func TestASAMLSession(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	out := testkit.Must(d.signIn(signOn{}))(t)
	sum := sha1.Sum([]byte(directoryURL + "000000000000/company"))
	if want := base64.StdEncoding.EncodeToString(sum[:]); *out.NameQualifier != want {
		t.Errorf("NameQualifier = %s; want %s", *out.NameQualifier, want)
	}
	if out.PackedPolicySize == nil || *out.AssumedRoleUser.Arn != "arn:aws:sts::000000000000:assumed-role/staff/ana@example.com" {
		t.Errorf("AssumeRoleWithSAML = %+v", out)
	}
	me := d.session(out.Credentials)
	if who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(d.ctx, nil))(t); *who.Arn != *out.AssumedRoleUser.Arn ||
		*who.UserId != *out.AssumedRoleUser.AssumedRoleId {
		t.Errorf("GetCallerIdentity = %s, %s", *who.Arn, *who.UserId)
	}
	testkit.Must(iam.NewFromConfig(me).ListUsers(d.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(iam.NewFromConfig(me).ListGroups(d.ctx, nil)), "AccessDenied", "User: "+*out.AssumedRoleUser.Arn+
		" is not authorized to perform: iam:ListGroups on resource: arn:aws:iam::000000000000:group/ because no identity-based policy allows the iam:ListGroups action")
	limited := testkit.Must(d.signIn(signOn{in: sts.AssumeRoleWithSAMLInput{Policy: aws.String(allow("iam:ListGroups"))}}))(t)
	if err := testkit.Refused(iam.NewFromConfig(d.session(limited.Credentials)).ListUsers(d.ctx,
		nil)); testkit.Code(err) != "AccessDenied" {
		t.Errorf("what the session policy does not allow: %v", err)
	}
}

// The name of the subject stays in the session; the rest of the assertion is for
// the trust policy alone.
func TestKeysThatStayInASAMLSession(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	me := iam.NewFromConfig(d.session(testkit.Must(d.signIn(signOn{claims: says("urn:oid:2.5.4.3", "Ana")}))(t).Credentials))
	sum := sha1.Sum([]byte(directoryURL + "000000000000/company"))
	for condition, allowed := range map[string]bool{
		`{"StringEquals":{"saml:sub":"subject-123","saml:sub_type":"persistent","saml:namequalifier":"` +
			base64.StdEncoding.EncodeToString(sum[:]) + `"}}`: true,
		`{"StringEquals":{"aws:FederatedProvider":"` + d.provider + `"}}`: true,
		`{"StringEquals":{"saml:sub":"subject-124"}}`:                     false, `{"Null":{"saml:aud":"false"}}`: false,
		`{"Null":{"saml:iss":"false"}}`: false,
		`{"Null":{"saml:doc":"false"}}`: false, `{"Null":{"saml:cn":"false"}}`: false,
	} {
		policy := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListGroups","Resource":"*","Condition":` +
			condition + `}}`
		testkit.Must(d.PutRolePolicy(d.ctx, &iam.PutRolePolicyInput{RoleName: aws.String("staff"), PolicyName: aws.String("kept"),
			PolicyDocument: &policy}))(t)
		if err := testkit.Refused(me.ListGroups(d.ctx, nil)); (err == nil) != allowed {
			t.Errorf("%s: %v", condition, err)
		}
	}
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html#saml-attribute-mapping
func TestAttributesThatAreConditionKeys(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	n := 0
	for name, key := range map[string]string{
		"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": "saml:eduPersonAffiliation", "urn:oid:1.3.6.1.4.1.5923.1.1.1.3": "saml:eduPersonOrgDN",
		"urn:oid:1.3.6.1.4.1.5923.1.1.1.11": "saml:eduPersonAssurance", "urn:oid:1.3.6.1.4.1.5923.1.2.1.6": "saml:eduOrgWhitePagesURI",
		"urn:oid:2.5.4.3": "saml:cn", "2.5.4.3": "saml:commonName", "2.5.4.45": "saml:x500UniqueIdentifier",
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress":      "saml:mail",
		"http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": "saml:uid",
	} {
		n++
		condition := `{"ForAnyValue:StringEquals":{"` + key + `":"wanted"}}`
		if key == "saml:eduPersonOrgDN" { // one text
			condition = `{"StringEquals":{"` + key + `":"wanted"}}`
		}
		role := d.trusting("r"+strings.Repeat("x", n), d.provider, `"sts:AssumeRoleWithSAML"`, condition)
		testkit.Must(d.signIn(signOn{role: role, claims: says(name, "wanted", "more")}))(t)
		testkit.Must(d.signIn(signOn{
			role: role, claims: func(c *saml.Claims) { says(name, "wanted")(c); says(name, "second claim")(c) },
		}))(t)
		testkit.WantError(t, testkit.Refused(d.signIn(signOn{role: role, claims: says(name, "other")})), "AccessDenied", deniedSAML)
		testkit.WantError(t, testkit.Refused(d.signIn(signOn{role: role, claims: says(key, "wanted")})), "AccessDenied", deniedSAML)
	}
}

func TestTagsAndSourceIdentityOfAnAssertion(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	const condition = `{"StringEquals":{"aws:RequestTag/team":"red","sts:SourceIdentity":"ana"},"ForAllValues:StringEquals":{"sts:TransitiveTagKeys":"team","aws:TagKeys":["team","Cost Center"]}}`
	all := d.trusting("all", d.provider, `"sts:AssumeRoleWithSAML","sts:TagSession","sts:SetSourceIdentity"`, condition)
	untagged := d.trusting("untagged", d.provider, `"sts:AssumeRoleWithSAML","sts:SetSourceIdentity"`, condition)
	attributes := func(c *saml.Claims) {
		says(saml.AttributePrincipalTag+"team", "red")(c)
		says(saml.AttributePrincipalTag+"Cost Center", "12 34")(c)
		says(saml.AttributeTransitiveTagKeys, "team")(c)
		says(saml.AttributeSourceIdentity, "ana")(c)
	}
	out := testkit.Must(d.signIn(signOn{role: all, claims: attributes}))(t)
	if aws.ToString(out.SourceIdentity) != "ana" || *out.PackedPolicySize < 1 {
		t.Errorf("AssumeRoleWithSAML = %+v", out)
	}
	testkit.WantError(t, testkit.Refused(d.signIn(signOn{role: untagged, claims: attributes})), "AccessDenied", deniedSAML)
	testkit.WantError(t, testkit.Refused(d.signIn(signOn{claims: attributes})), "AccessDenied", deniedSAML)

	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"},{"Effect":"Allow","Action":"iam:ListGroups","Resource":"*",` +
		`"Condition":{"StringEquals":{"aws:PrincipalTag/team":"red","aws:PrincipalTag/Cost Center":"12 34","aws:SourceIdentity":"ana"}}}]}`
	testkit.Must(d.PutRolePolicy(d.ctx, &iam.PutRolePolicyInput{RoleName: aws.String("all"), PolicyName: aws.String("tagged"),
		PolicyDocument: &policy}))(t)
	me := d.session(out.Credentials)
	testkit.Must(iam.NewFromConfig(me).ListGroups(d.ctx, nil))(t)

	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + all +
		`"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}`
	next := testkit.Must(d.CreateRole(d.ctx, &iam.CreateRoleInput{RoleName: aws.String("next"), AssumeRolePolicyDocument: &trust}))(t).Role
	only := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListGroups","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"},"Null":{"aws:PrincipalTag/Cost Center":"true"}}}}`
	testkit.Must(d.PutRolePolicy(d.ctx, &iam.PutRolePolicyInput{RoleName: aws.String("next"), PolicyName: aws.String("tagged"),
		PolicyDocument: &only}))(t)
	chained := testkit.Must(sts.NewFromConfig(me).AssumeRole(d.ctx,
		&sts.AssumeRoleInput{RoleArn: next.Arn, RoleSessionName: aws.String("chained")}))(t)
	if aws.ToString(chained.SourceIdentity) != "ana" {
		t.Errorf("the source identity of the next session is %v", chained.SourceIdentity)
	}
	testkit.Must(iam.NewFromConfig(d.session(chained.Credentials)).ListGroups(d.ctx, nil))(t)
}

func TestAssertionsThatAreRefused(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	many := func(c *saml.Claims) {
		for i := range 51 {
			says(saml.AttributePrincipalTag+strings.Repeat("k", i+1), "v")(c)
		}
	}
	for name, c := range map[string]struct {
		signOn
		text string
	}{
		"no session name": {
			signOn{claims: func(c *saml.Claims) { c.Attributes = c.Attributes[:1] }}, "RoleSessionName is required in AuthnResponse",
		},
		"an empty session name": {
			signOn{claims: func(c *saml.Claims) { c.Attributes[1].Values = []string{" "} }}, "RoleSessionName is required in AuthnResponse",
		},
		"a session name with blanks": {signOn{claims: func(c *saml.Claims) { c.Attributes[1].Values = []string{"Ana Smith"} }},
			"RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"},
		"a source identity that is AWS's": {signOn{claims: says(saml.AttributeSourceIdentity, "aws:x")},
			`Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`},
		"no roles": {
			signOn{claims: func(c *saml.Claims) { c.Attributes = c.Attributes[1:] }},
			"SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
		},
		"another issuer": {signOn{edit: func(a *etree.Element) { at(a, "Issuer").SetText("https://other.example.com") }},
			"Issuer not present in specified provider"},
		"issued long ago": {signOn{claims: func(c *saml.Claims) { c.IssuedAt = time.Now().Add(-6 * time.Minute) }},
			"Token must be redeemed within 5 minutes of issuance"},
		"too long": {
			signOn{claims: says(saml.AttributeSessionDuration, "43201")},
			"SessionDuration in AuthnResponse must be an integer between 900 and 43200",
		},
		"too short": {
			signOn{claims: says(saml.AttributeSessionDuration, "899")},
			"SessionDuration in AuthnResponse must be an integer between 900 and 43200",
		},
		"no number": {
			signOn{claims: says(saml.AttributeSessionDuration, "1h")},
			"SessionDuration in AuthnResponse must be an integer between 900 and 43200",
		},
		"a tag of two values": {
			signOn{claims: says(saml.AttributePrincipalTag+"a", "1", "2")}, "A PrincipalTag in AuthnResponse must have exactly one value",
		},
		"a long tag":         {signOn{claims: says(saml.AttributePrincipalTag+"a", strings.Repeat("v", 257))}, tagLimits},
		"a tag without key":  {signOn{claims: says(saml.AttributePrincipalTag, "v")}, tagLimits},
		"a strange tag":      {signOn{claims: says(saml.AttributePrincipalTag+"a", "<v>")}, tagLimits},
		"51 tags":            {signOn{claims: many}, tagLimits},
		"a second assertion": {signOn{around: func(r *etree.Element) { r.AddChild(at(r, "Assertion").Copy()) }}, badResponse},
		"a second assertion of another ID": {signOn{around: func(r *etree.Element) {
			forged := at(r, "Assertion").Copy()
			forged.CreateAttr("ID", "_forged")
			at(forged, "NameID").SetText("root")
			r.InsertChildAt(1, forged)
		}}, badResponse},
		"an assertion in an extension": {signOn{around: func(r *etree.Element) {
			extensions := r.CreateElement("samlp:Extensions")
			forged := at(r, "Assertion").Copy()
			forged.CreateAttr("ID", "_forged")
			extensions.AddChild(forged)
		}}, badResponse},
	} {
		t.Run(name, func(t *testing.T) { wantRefusal(t, testkit.Refused(d.signIn(c.signOn)), c.text) })
	}
	testkit.WantError(t, testkit.Refused(d.signIn(signOn{in: sts.AssumeRoleWithSAMLInput{DurationSeconds: aws.Int32(7201)}})),
		"ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	testkit.WantError(t, testkit.Refused(d.signIn(signOn{claims: func(c *saml.Claims) {
		says(saml.AttributePrincipalTag+"a", "1")(c)
		says(saml.AttributePrincipalTag+"A", "2")(c)
	}})),
		"InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
	testkit.WantError(t, testkit.Refused(d.signIn(signOn{claims: says(saml.AttributeTransitiveTagKeys, "a")})),
		"InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.")
}

const tagLimits = "Session tags must be at most 50, with keys of 1 to 128 and values of up to 256 characters that tags may have"

func TestTextsThatAreNoResponse(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	good := d.response(signOn{})
	document, err := base64.StdEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	in64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, text := range map[string]string{
		"noise": "noise", "XML": string(document), "a document type": in64("<!DOCTYPE x [<!ENTITY a \"b\">]>" + string(document)),
		"deep": in64(strings.Repeat("<x>", 20000)), "many": in64("<x>" + strings.Repeat("<y/>", 10000) + "</x>"),
		"another alphabet": good[:8] + "-_" + good[10:],
		"cut":              good[:len(good)/2],
		"a bomb":           in64(`<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>`),
	} {
		t.Run(name, func(t *testing.T) { wantRefusal(t, testkit.Refused(d.exchange(signOn{}, text)), badResponse) })
	}
	if err := testkit.Refused(d.exchange(signOn{}, good[:76]+"\n"+good[76:]+"\n")); err != nil {
		t.Errorf("wrapped: %v", err)
	}
	if err := testkit.Refused(d.exchange(signOn{}, strings.Repeat("A", 100001))); testkit.Code(err) != "ValidationError" ||
		!strings.Contains(err.Error(), "'sAMLAssertion'") {
		t.Errorf("too long: %v", err)
	}
	commented := strings.Replace(string(document), "subject-123", "subject<!-- x -->-123", 1)
	if out := testkit.Must(d.exchange(signOn{}, in64(commented)))(t); *out.Subject != "subject-123" {
		t.Errorf("a comment in the name leaves %q", *out.Subject)
	}
}

func TestProvidersOfAssertions(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	for arn, text := range map[string]string{
		samlHead + "none": "", "arn:aws:iam::123456789012:saml-provider/company": "", "arn:aws:iam::000000000000:role/company": "",
		samlHead + "Company": "",
	} {
		wantRefusal(t, testkit.Refused(d.signIn(signOn{in: sts.AssumeRoleWithSAMLInput{PrincipalArn: &arn}})),
			or(text, "Specified provider doesn't exist"))
	}
	for _, arn := range []string{
		"arn:aws:s3:::some-bucket-of-ours", "not-an-arn-but-long-enough",
		"arn:aws:iam:x:000000000000:saml-provider/company", "arn:aws-cn:iam::000000000000:role/company",
	} {
		testkit.WantError(t, testkit.Refused(d.signIn(signOn{in: sts.AssumeRoleWithSAMLInput{PrincipalArn: &arn}})), "ValidationError",
			"Request ARN is invalid")
		testkit.WantError(t, testkit.Refused(d.signIn(signOn{in: sts.AssumeRoleWithSAMLInput{RoleArn: &arn}})), "ValidationError",
			"Request ARN is invalid")
	}
	// The trust policy stays good for a provider that is made again (recorded).
	old := d.response(signOn{})
	testkit.Must(d.DeleteSAMLProvider(d.ctx, &iam.DeleteSAMLProviderInput{SAMLProviderArn: &d.provider}))(t)
	wantRefusal(t, testkit.Refused(d.exchange(signOn{}, old)), "Specified provider doesn't exist")
	d.idp = identityProvider(decryptingPair())
	d.known("company", d.idp)
	testkit.Must(d.signIn(signOn{}))(t)
	wantRefusal(t, testkit.Refused(d.exchange(signOn{}, old)), badSignature)
}

func TestStrictSAML(t *testing.T) {
	t.Parallel()
	d := newDirectory(t, func(o *server.Options) { o.StrictSAML = true })
	good := d.response(signOn{})
	testkit.Must(d.exchange(signOn{}, good))(t)
	wantRefusal(t, testkit.Refused(d.exchange(signOn{}, good)), "Response has been used already")
	const noAudience = "Response does not contain the required audience."
	for name, c := range map[string]struct {
		signOn
		text string // empty: it is taken
	}{
		"another audience": {signOn{claims: func(c *saml.Claims) { c.Audience = "https://other.example.com" }}, noAudience},
		"no audience":      {signOn{claims: func(c *saml.Claims) { c.Audience = "" }}, noAudience},
		"another recipient": {
			signOn{claims: func(c *saml.Claims) { c.Recipient = "https://signin.aws.amazon.com.evil.org/saml" }}, noAudience,
		},
		"the address of another": {
			signOn{claims: func(c *saml.Claims) { c.Recipient = saml.SignInURL + "/acs/SAMLSP0123456789ABCDEF" }}, noAudience,
		},
		"not yet": {signOn{edit: notBefore(6 * time.Minute)}, "Response is not valid yet"},
		"soon":    {signOn{edit: notBefore(4 * time.Minute)}, ""},
		"another issuer around it": {signOn{around: func(r *etree.Element) { at(r, "Issuer").SetText("https://other.example.com") }},
			"Issuer not present in specified provider"},
		"no issuer around it": {signOn{around: func(r *etree.Element) { r.RemoveChild(at(r, "Issuer")) }}, ""},
		"AWS by its name":     {signOn{claims: func(c *saml.Claims) { c.Audience = "urn:amazon:webservices" }}, ""},
		"a region of AWS":     {signOn{claims: func(c *saml.Claims) { c.Recipient = "https://eu-west-1.signin.aws.amazon.com/saml" }}, ""},
		"a second, wrong restriction": {signOn{edit: func(a *etree.Element) {
			at(a, "Conditions").CreateElement("saml:AudienceRestriction").CreateElement("saml:Audience").SetText("other")
		}}, noAudience},
	} {
		t.Run(name, func(t *testing.T) {
			err := testkit.Refused(d.signIn(c.signOn))
			if c.text != "" {
				wantRefusal(t, err, c.text)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	id := *testkit.Must(d.GetSAMLProvider(d.ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: &d.provider}))(t).SAMLProviderUUID
	testkit.Must(d.signIn(signOn{claims: func(c *saml.Claims) { c.Recipient = saml.SignInURL + "/acs/" + id }}))(t)
}

// A clock that is moved on and back does not bring a used assertion back.
func TestAUsedAssertionStaysUsedWhenTheClockGoesBack(t *testing.T) {
	t.Parallel()
	d := newDirectory(t, func(o *server.Options) { o.StrictSAML = true })
	good := d.response(signOn{})
	testkit.Must(d.exchange(signOn{}, good))(t)
	d.srv.Clock.Advance(24 * time.Hour)
	testkit.Must(d.signIn(signOn{claims: func(c *saml.Claims) {
		for _, at := range []*time.Time{&c.IssuedAt, &c.NotBefore, &c.Expiry} {
			*at = at.Add(24 * time.Hour)
		}
	}}))(t)
	d.srv.Clock.Advance(-24 * time.Hour)
	wantRefusal(t, testkit.Refused(d.exchange(signOn{}, good)), "Response has been used already")
}

// A lag makes changes be seen late; it does not bring a used assertion back.
func TestAUsedAssertionStaysUsedUnderALag(t *testing.T) {
	t.Parallel()
	d := newDirectory(t, func(o *server.Options) { o.StrictSAML = true })
	good := d.response(signOn{})
	testkit.Must(d.exchange(signOn{}, good))(t)
	d.srv.Faults.Add(trouble.Rule{Kind: trouble.Lag, Duration: time.Minute})
	wantRefusal(t, testkit.Refused(d.exchange(signOn{}, good)), "Response has been used already")
	next := d.response(signOn{})
	testkit.Must(d.exchange(signOn{}, next))(t)
	d.srv.Faults.Clear()
	wantRefusal(t, testkit.Refused(d.exchange(signOn{}, next)), "Response has been used already")
}
