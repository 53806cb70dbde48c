package conformance_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/crewjam/saml/xmlenc"
	"github.com/google/go-cmp/cmp"

	nextiam "github.com/understudy-iam/understudy/awsapi/next/iam"
	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// people is a federation whose provider has a context provider: the subject is the
// email address, and the department is a transaction key.
func people(t *testing.T) *federation {
	f := newFederation(t, "")
	testkit.Must(updateOIDC(f.Client, f.ctx, &nextiam.UpdateOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: aws.String(oidcProvider), ContextProvider: contextOfPeople("email"),
	}))(t)
	return f
}

func contextOfPeople(subject string) *nextiam.ContextProvider {
	return &nextiam.ContextProvider{
		SubjectSourceKey: &subject, SubjectTypeValue: aws.String("user"), KeyDefinitionList: []nextiam.ContextProviderKeyDefinition{
			{SourceKey: aws.String("department"), TargetKey: aws.String("Department")}, {SourceKey: aws.String("level")},
			{SourceKey: aws.String("missing")},
		},
	}
}

// ana is what the issuer says of her.
func ana() map[string]any {
	return claims(map[string]any{"email": "ana@example.com", "department": "sales", "level": 3})
}

// assumePropagated is AssumeRoleWithWebIdentity of a client that knows the context.
func (f *federation) assumePropagated(role, token string) (*next.AssumeRoleWithWebIdentityOutput, error) {
	return sent[next.AssumeRoleWithWebIdentityOutput](f.ctx, stsEndpoint(f.srv.STS()), &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &role, RoleSessionName: aws.String("ci"), WebIdentityToken: &token,
	})
}

// onlyAna is a condition that is true for her.
const onlyAna = `{"StringEquals":{"aws:OriginIdentity/Subject":"ana@example.com","aws:OriginIdentity/SubjectType":"user","aws:OriginIdentity/Issuer":"id.example.com/team",` +
	`"aws:TransactionContext/IdentityProvider/Department":"sales","aws:TransactionContext/IdentityProvider/level":"3"},` +
	`"ArnEquals":{"aws:OriginIdentity/FederatedProviderArn":"` + oidcProvider +
	`"},"Null":{"aws:TransactionContext/IdentityProvider/missing":"true"}}`

func TestOriginIdentityOfAWebIdentitySession(t *testing.T) {
	t.Parallel()
	f := people(t)
	role := f.trusting("people", oidcProvider, `"sts:AssumeRoleWithWebIdentity"`, onlyAna)
	own := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListUsers","sts:AssumeRole","sts:GetScopedCredentials"],"Resource":"*","Condition":` + onlyAna + `}]}`
	testkit.Must(f.PutRolePolicy(f.ctx, &iam.PutRolePolicyInput{RoleName: aws.String("people"), PolicyName: aws.String("own"),
		PolicyDocument: &own}))(t)
	out := testkit.Must(f.assumePropagated(role, f.sign(ana())))(t)
	want := &next.TrustedIdentityPropagationContext{
		OriginIdentity: &next.OriginIdentity{
			Subject: aws.String("ana@example.com"), SubjectType: aws.String("user"), Issuer: aws.String("id.example.com/team"),
			FederatedProviderArn: aws.String(oidcProvider),
		},
		TransactionContext: &next.TransactionContext{IdentityProvider: map[string]string{"Department": "sales", "level": "3"}},
	}
	if diff := cmp.Diff(want, out.TrustedIdentityPropagationContext); diff != "" || *out.SubjectFromWebIdentityToken != "repo:main" {
		t.Errorf("context (-want +got):\n%s", diff)
	}

	// Another department may not be the role, and somebody without an address is nobody.
	other := ana()
	other["department"] = "legal"
	testkit.WantError(t, testkit.Refused(f.assume(role, f.sign(other))), "AccessDenied", deniedWeb)
	testkit.WantError(t, testkit.Refused(f.assume(role, f.sign(claims(nil)))), "InvalidIdentityToken", "Missing a required claim: email.")

	// The keys are the session's: in its own calls, narrowed, and along a chain of roles.
	second := f.roleThat(f.Client, "second", "*", own)
	chained := func(c *types.Credentials) *types.Credentials {
		return testkit.Must(sts.NewFromConfig(f.session(c)).AssumeRole(f.ctx,
			&sts.AssumeRoleInput{RoleArn: &second, RoleSessionName: aws.String("two")}))(t).Credentials
	}
	narrow := testkit.Must(scopedCredentials(sts.NewFromConfig(f.session(out.Credentials)), f.ctx,
		&next.GetScopedCredentialsInput{Policy: aws.String(allow("*"))}))(t).Credentials
	for name, c := range map[string]*types.Credentials{
		"the session": out.Credentials, "narrowed": narrow, "chained": chained(out.Credentials), "narrowed and chained": chained(narrow),
	} {
		if _, err := iam.NewFromConfig(f.session(c)).ListUsers(f.ctx, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}

	// Who calls cannot set them.
	err := testkit.Refused(f.srv.STS().AssumeRole(f.ctx, &sts.AssumeRoleInput{
		RoleArn: &second, RoleSessionName: aws.String("tagged"),
		Tags: []types.Tag{{Key: aws.String("aws:OriginIdentity/Subject"), Value: aws.String("ana@example.com")}},
	}))
	if testkit.Code(err) != "InvalidParameterValue" {
		t.Errorf("a tag that looks like the key: %v", err)
	}
	plain := testkit.Must(f.srv.STS().AssumeRole(f.ctx, &sts.AssumeRoleInput{RoleArn: &second, RoleSessionName: aws.String("plain")}))(t)
	denied := testkit.Refused(iam.NewFromConfig(f.session(plain.Credentials)).ListUsers(f.ctx, nil))
	if testkit.Code(denied) != "AccessDenied" {
		t.Errorf("a session without an origin: %v", denied)
	}

	// An SDK that does not know the context gets the same session without it.
	known := testkit.Must(f.assume(role, f.sign(ana())))(t)
	testkit.Must(iam.NewFromConfig(f.session(known.Credentials)).ListUsers(f.ctx, nil))(t)
}

// Explanations and simulations show the keys, and a provider's change counts at once.
func TestOriginIdentityIsShown(t *testing.T) {
	t.Parallel()
	f := people(t)
	out := testkit.Must(f.assumePropagated(f.role, f.sign(ana())))(t)
	err := testkit.Refused(iam.NewFromConfig(f.session(out.Credentials)).ListGroups(f.ctx, nil))
	seen := map[string]string{}
	for _, k := range testkit.Must(f.srv.Why(err))(t).Checks[0].Context {
		seen[k.Name] = strings.Join(k.Values, ",")
	}
	for name, want := range map[string]string{
		"aws:OriginIdentity/Subject": "ana@example.com", "aws:OriginIdentity/Issuer": "id.example.com/team",
		"aws:OriginIdentity/FederatedProviderArn": oidcProvider, "aws:TransactionContext/IdentityProvider/Department": "sales",
	} {
		if seen[name] != want {
			t.Errorf("%s is %q in the explanation, want %q", name, seen[name], want)
		}
	}
	simulated := testkit.Must(f.SimulateCustomPolicy(f.ctx, &iam.SimulateCustomPolicyInput{
		ActionNames: []string{"sts:SetWebIdentityTokenScope", "sts:GetScopedCredentials"},
		PolicyInputList: []string{
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*","Condition":{"StringEquals":{"aws:OriginIdentity/Subject":"ana@example.com"}}}}`,
		},
		ContextEntries: []iamtypes.ContextEntry{{
			ContextKeyName: aws.String("aws:OriginIdentity/Subject"), ContextKeyType: iamtypes.ContextKeyTypeEnumString,
			ContextKeyValues: []string{"ana@example.com"},
		}},
	}))(t)
	for _, r := range simulated.EvaluationResults {
		if r.EvalDecision != iamtypes.PolicyEvaluationDecisionTypeAllowed {
			t.Errorf("%s is simulated as %s, lacking %v", *r.EvalActionName, r.EvalDecision, r.MissingContextValues)
		}
	}

	testkit.Must(updateOIDC(f.Client, f.ctx, &nextiam.UpdateOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: aws.String(oidcProvider), ContextProvider: contextOfPeople("sub"),
	}))(t)
	if out := testkit.Must(f.assumePropagated(f.role,
		f.sign(claims(nil))))(t); *out.TrustedIdentityPropagationContext.OriginIdentity.Subject != "repo:main" ||
		out.TrustedIdentityPropagationContext.TransactionContext != nil {
		t.Errorf("after the change: %+v", out.TrustedIdentityPropagationContext)
	}
	testkit.Must(updateOIDC(f.Client, f.ctx,
		&nextiam.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(oidcProvider), RemoveContextProvider: true}))(t)
	if out := testkit.Must(f.assumePropagated(f.role, f.sign(ana())))(t); out.TrustedIdentityPropagationContext != nil {
		t.Errorf("without a context provider: %+v", out.TrustedIdentityPropagationContext)
	}
}

func TestOriginIdentityOfASAMLSession(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	testkit.Must(updateSAML(d.Client, d.ctx, &nextiam.UpdateSAMLProviderInput{
		SAMLProviderArn: &d.provider, AddPrivateKey: decryptingPair().pem(),
		AssertionEncryptionMode: iamtypes.AssertionEncryptionModeTypeAllowed,
		ContextProvider:         contextOfPeople("Subject/NameID"),
	}))(t)
	const condition = `{"StringEquals":{"aws:OriginIdentity/Subject":"subject-123","aws:TransactionContext/IdentityProvider/Department":"sales"}}`
	role := d.trusting("people", d.provider, `"sts:AssumeRoleWithSAML"`, condition)
	own := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":` + condition + `}}`
	testkit.Must(d.PutRolePolicy(d.ctx, &iam.PutRolePolicyInput{RoleName: aws.String("people"), PolicyName: aws.String("own"),
		PolicyDocument: &own}))(t)
	signIn := func(s signOn) (*next.AssumeRoleWithSAMLOutput, error) {
		s.role = role
		response := d.response(s)
		return sent[next.AssumeRoleWithSAMLOutput](d.ctx, stsEndpoint(d.srv.STS()),
			&sts.AssumeRoleWithSAMLInput{RoleArn: &role, PrincipalArn: &d.provider, SAMLAssertion: &response})
	}
	claimed := func(c *saml.Claims) {
		says("department", "sales")(c)
		says("level", "1", "2")(c) // more than one value is none
	}
	out := testkit.Must(signIn(signOn{claims: claimed}))(t)
	key := sha256.Sum256(signingPair().certificate.RawSubjectPublicKeyInfo)
	want := &next.TrustedIdentityPropagationContext{
		OriginIdentity: &next.OriginIdentity{
			Subject: aws.String("subject-123"), SubjectType: aws.String("user"), Issuer: aws.String(hex.EncodeToString(key[:])),
			FederatedProviderArn: &d.provider,
		},
		TransactionContext: &next.TransactionContext{IdentityProvider: map[string]string{"Department": "sales"}},
	}
	if diff := cmp.Diff(want, out.TrustedIdentityPropagationContext); diff != "" || *out.Issuer != directoryURL {
		t.Errorf("issuer %s, context (-want +got):\n%s", *out.Issuer, diff)
	}
	testkit.Must(iam.NewFromConfig(d.session(out.Credentials)).ListUsers(d.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(signIn(signOn{claims: says("department", "legal")})), "AccessDenied", deniedSAML)

	// The session of an encrypted assertion has the context, and the answer does not.
	oaep := xmlenc.OAEP()
	oaep.BlockCipher, oaep.DigestMethod = xmlenc.AES256GCM, xmlenc.SHA1
	hidden := testkit.Must(signIn(signOn{claims: claimed, encrypted: &oaep}))(t)
	if hidden.TrustedIdentityPropagationContext != nil {
		t.Errorf("the answer to an encrypted assertion shows %+v", hidden.TrustedIdentityPropagationContext)
	}
	testkit.Must(iam.NewFromConfig(d.session(hidden.Credentials)).ListUsers(d.ctx, nil))(t)
}

// A token about who is behind a session, from the sign-in to the claims.
func TestWebIdentityTokenOfAnOriginIdentity(t *testing.T) {
	t.Parallel()
	f := people(t)
	testkit.Must(f.EnableOutboundWebIdentityFederation(f.ctx, nil))(t)
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*"},` +
		`{"Effect":"Allow","Action":"sts:SetWebIdentityTokenScope","Resource":"*","Condition":{"ForAllValues:StringEquals":{"sts:IdentityTokenScope":["read","write"]}}}]}`
	testkit.Must(f.PutRolePolicy(f.ctx, &iam.PutRolePolicyInput{RoleName: aws.String("web"), PolicyName: aws.String("own"),
		PolicyDocument: &policy}))(t)
	session := f.session(testkit.Must(f.assume(f.role, f.sign(ana())))(t).Credentials)
	get := func(scope *string, mode next.WebIdentityTokenSubjectModeType) (*sts.GetWebIdentityTokenOutput, error) {
		return sent[sts.GetWebIdentityTokenOutput](f.ctx, stsEndpoint(sts.NewFromConfig(session)), &next.GetWebIdentityTokenInput{
			Audience: []string{"one"}, SigningAlgorithm: aws.String("RS256"), Scope: scope, SubjectMode: mode,
		})
	}
	out := testkit.Must(get(aws.String("read"), next.WebIdentityTokenSubjectModeTypeOriginIdentity))(t)
	var said struct {
		Subject string `json:"sub"`
		Scope   string
		AWS     map[string]any `json:"https://sts.amazonaws.com/"`
	}
	body := testkit.Must(base64.RawURLEncoding.DecodeString(strings.Split(*out.WebIdentityToken, ".")[1]))(t)
	if err := json.Unmarshal(body, &said); err != nil {
		t.Fatal(err)
	}
	if said.Subject != "ana@example.com" || said.Scope != "read" || said.AWS["subject_mode"] != "OriginIdentity" ||
		said.AWS["principal_id"] != iamHead+"role/web" {
		t.Errorf("claims %s", body)
	}
	err := testkit.Refused(get(aws.String("read admin"), next.WebIdentityTokenSubjectModeTypeOriginIdentity))
	testkit.WantError(t, err, "AccessDenied",
		"User: arn:aws:sts::000000000000:assumed-role/web/ci is not authorized to perform: sts:SetWebIdentityTokenScope "+
			"on resource: arn:aws:sts::000000000000:self because no identity-based policy allows the sts:SetWebIdentityTokenScope action")
	if list := f.srv.Decisions(events.Filter{Action: "sts:SetWebIdentityTokenScope", Verdict: "denied"}); len(list) != 1 {
		t.Errorf("%d records of the denial", len(list))
	}
	testkit.WantError(t, testkit.Refused(get(nil, "Origin")), "ValidationError",
		"1 validation error detected: Value 'Origin' at 'subjectMode' failed to satisfy constraint: Member must satisfy enum value set: [AWSIdentity, OriginIdentity]")

	// An SDK that does not know the members gets a token about the role.
	plain := testkit.Must(sts.NewFromConfig(session).GetWebIdentityToken(f.ctx,
		&sts.GetWebIdentityTokenInput{Audience: []string{"one"}, SigningAlgorithm: aws.String("RS256")}))(t)
	body = testkit.Must(base64.RawURLEncoding.DecodeString(strings.Split(*plain.WebIdentityToken, ".")[1]))(t)
	if !strings.Contains(string(body), `"sub":"`+iamHead+`role/web"`) || strings.Contains(string(body), "subject_mode") ||
		strings.Contains(string(body), "scope") {
		t.Errorf("claims %s", body)
	}
}
