//go:build conformance

package conformance_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/principal"
)

// scenarioSeed is an organization whose management account calls. Its member has
// identity providers with context providers, which the SDKs could not make when
// this was written.
const scenarioSeed = `
accounts:
- id: "111122223333"
  oidcProviders:
  - url: https://id.example.com/team
    clientIds: [client-a]
    thumbprints: ["0123456789012345678901234567890123456789"]
    contextProvider: {subjectSourceKey: sub, subjectTypeValue: workload, keyDefinitions: [{sourceKey: aud, targetKey: Client}]}
  samlProviders:
  - name: company
    metadata: {file: metadata.xml}
    contextProvider: {subjectSourceKey: Subject/NameID, keyDefinitions: [{sourceKey: "https://aws.amazon.com/SAML/Attributes/RoleSessionName", targetKey: Session}]}
  roles:
  - name: people
    trust:
      Version: "2012-10-17"
      Statement:
      - Effect: Allow
        Principal: {Federated: ["arn:aws:iam::111122223333:oidc-provider/id.example.com/team", "arn:aws:iam::111122223333:saml-provider/company"]}
        Action: ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]
        Condition: {StringEquals: {"aws:OriginIdentity/Subject": ["repo:main", "subject-123"]}}
    inline: {own: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:*", Resource: "*"}]}}
organization:
  id: o-conformance1
  management: "000000000000"
  root: {accounts: ["111122223333"]}
`

// newScenario starts a server and makes what the steps of the files name.
func newScenario(t *testing.T, p principal.Partition, files ...string) *scenario {
	t.Helper()
	ca := newCertificate(t, "ca", nil, authority)
	leaf := newCertificate(t, "leaf", &ca)
	idp := identityProvider(signingPair())
	samlMetadata, assertion := signOnOf(t, idp, p.Rewrite(samlHead+"company"), p.Rewrite("arn:aws:iam::000000000000:role/staff"))
	_, memberAssertion := signOnOf(t, idp, p.Rewrite("arn:aws:iam::111122223333:saml-provider/company"),
		p.Rewrite("arn:aws:iam::111122223333:role/people"))
	issuer := newIssuer(t)
	dir := t.TempDir()
	keys, seed := filepath.Join(dir, "keys.json"), filepath.Join(dir, "seed.yaml")
	for file, text := range map[string]string{
		keys: string(issuer.document()), seed: p.Rewrite(scenarioSeed), filepath.Join(dir, "metadata.xml"): samlMetadata,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trusts := func(kind, who, action, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"` + kind + `":"` + who + `"},"Action":` + action +
			condition + `}]}`
	}
	url := startServer(t, "--partition", p.String(), "--seed", seed, "--oidc-keys", issuerURL+"="+keys)
	return &scenario{
		URL: url, Region: p.Region(), Partition: p.String(),
		Variables: map[string]any{
			"test":    map[string]string{"AccessKeyId": "test", "SecretAccessKey": "test"},
			"partner": map[string]string{"AccessKeyId": "222222222222", "SecretAccessKey": "test"},
			"member":  map[string]string{"AccessKeyId": "111122223333", "SecretAccessKey": "test"},

			"admin":     allow("*"),
			"read":      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}]}`,
			"readonly":  "arn:aws:iam::aws:policy/ReadOnlyAccess",
			"trust":     trusts("AWS", "000000000000", `["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]`, ""),
			"samltrust": trusts("Federated", samlHead+"company", `"sts:AssumeRoleWithSAML"`, ""),
			"webtrust": trusts("Federated", oidcProvider, `"sts:AssumeRoleWithWebIdentity"`,
				`,"Condition":{"StringEquals":{"id.example.com/team:aud":"client-a"}}`),
			"deny":     `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"ec2:RunInstances","Resource":"*"}]}`,
			"password": "Correct-horse-7",

			"ssh1": sshKeys()[0].openSSH, "ssh2": sshKeys()[1].openSSH,
			"certificate": leaf.pem, "key.pem": leaf.key, "chain": ca.pem,
			"saml": samlMetadata, "samlkey": *decryptingPair().pem(), "assertion": assertion, "memberassertion": memberAssertion,
			"jwt":   issuer.sign(claims(map[string]any{"exp": time.Now().Add(time.Hour).Unix()})),
			"token": "GAHT12345678", "code": "GAHT12345678", "token2": "GAHT87654321", "code2": "GAHT87654321",
			"roletemplate": powerTemplate, "orgpath": organizationPath(t, url, p),
		},
		Steps: steps(t, files...),
	}
}

// organizationPath is where the account is in its organization, which only
// condition keys tell.
func organizationPath(t *testing.T, url string, p principal.Partition) string {
	t.Helper()
	question := `{"principal":"` + p.IAM("000000000000", "root") + `","action":"s3:ListAllMyBuckets","resource":"*"}`
	r, err := testkit.HTTP.Post(url+"/_understudy/authorize", "application/json", bytes.NewBufferString(question))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var record struct {
		Checks []struct {
			Context []struct {
				Name   string
				Values []string
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&record); err != nil {
		t.Fatal(err)
	}
	for _, c := range record.Checks[0].Context {
		if c.Name == "aws:PrincipalOrgPaths" {
			return strings.TrimSuffix(c.Values[0], "/")
		}
	}
	t.Fatalf("no path in %+v", record)
	return ""
}

// signOnOf is the metadata of an identity provider and a response of it, for a
// provider and a role of the scenario.
func signOnOf(t *testing.T, idp *saml.Issuer, provider, role string) (document, response string) {
	t.Helper()
	document, err := idp.Metadata()
	if err != nil {
		t.Fatal(err)
	}
	d := &directory{idp: idp, provider: provider}
	claims := d.claims(role)
	// An assertion can be used until five minutes after it was issued, and clients may come to
	// its step later than that. AWS takes one that says it was issued in the future.
	claims.IssuedAt = claims.IssuedAt.Add(time.Hour)
	claims.Expiry = claims.Expiry.Add(time.Hour)
	response, err = idp.Respond(claims)
	if err != nil {
		t.Fatal(err)
	}
	return document, response
}
