package idp_test

import (
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

var samlNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newSAML(t testing.TB) *idp.Provider {
	t.Helper()
	store := memstore.New()
	t.Cleanup(func() { _ = store.Close() })
	return idp.New(idp.Options{Store: store, Account: "000000000000", Now: func() time.Time { return samlNow }})
}

// reader is who was given the metadata.
func reader(t testing.TB, p *idp.Provider, issuer string) *saml.Provider {
	t.Helper()
	document, err := p.SAMLMetadata(t.Context(), issuer, "http://127.0.0.1/")
	if err != nil {
		t.Fatal(err)
	}
	if len(document) < 1000 {
		t.Errorf("%d characters; IAM wants 1,000", len(document))
	}
	m, err := saml.ParseMetadata(document)
	if err != nil {
		t.Fatal(err)
	}
	return &saml.Provider{Metadata: m}
}

func TestAssertionsSayWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	p := newSAML(t)
	var all, least idp.SAMLRequest
	for text, into := range map[string]*idp.SAMLRequest{
		`{"subject":"ana"}`: &least,
		`{"issuer":"https://other.example.com/idp","subject":"ana","subjectFormat":"custom","roles":[{"role":"r1","provider":"p"},{"role":"r2","provider":"p"}],
		"sessionName":"ana@example.com","sessionDuration":900,"tags":{"team":"red"},"transitiveTagKeys":["team"],"sourceIdentity":"ana-1","attributes":{"x":"1","y":["2","3"],"z":[]},
		"recipient":"https://a/","audience":"b","expiresIn":60,"issuedAgo":10,"validIn":20,"sessionExpiresIn":600}`: &all,
	} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	const head = "https://aws.amazon.com/SAML/Attributes/"
	for name, c := range map[string]struct {
		request *idp.SAMLRequest
		want    saml.Assertion
	}{
		"the least": {&least, saml.Assertion{
			Issuer: idp.Entity, IssuedAt: samlNow, Subject: "ana", SubjectFormat: saml.Persistent, Recipient: saml.SignInURL,
			NotBefore:     samlNow,
			SubjectExpiry: samlNow.Add(5 * time.Minute), Expiry: samlNow.Add(5 * time.Minute), Audiences: [][]string{{saml.SignInURL}},
			Attributes: []saml.Attribute{{Name: head + "RoleSessionName", Values: []string{"ana"}}}, ResponseIssuer: idp.Entity,
		}},
		"everything": {&all, saml.Assertion{
			Issuer: "https://other.example.com/idp", IssuedAt: samlNow.Add(-10 * time.Second), Subject: "ana", SubjectFormat: "custom",
			Recipient: "https://a/",
			NotBefore: samlNow.Add(20 * time.Second), SubjectExpiry: samlNow.Add(time.Minute), Expiry: samlNow.Add(time.Minute),
			Audiences:     [][]string{{"b"}},
			SessionExpiry: samlNow.Add(10 * time.Minute), ResponseIssuer: "https://other.example.com/idp",
			Attributes: []saml.Attribute{
				{Name: head + "PrincipalTag:team", Values: []string{"red"}}, {Name: head + "Role", Values: []string{"r1,p", "r2,p"}},
				{Name: head + "RoleSessionName", Values: []string{"ana@example.com"}},
				{Name: head + "SessionDuration", Values: []string{"900"}},
				{Name: head + "SourceIdentity", Values: []string{"ana-1"}}, {Name: head + "TransitiveTagKeys", Values: []string{"team"}},
				{Name: "x", Values: []string{"1"}}, {Name: "y", Values: []string{"2", "3"}},
			},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := p.SignSAML(t.Context(), c.request)
			if err != nil {
				t.Fatal(err)
			}
			got, err := reader(t, p, c.request.Issuer).Verify(r.Response)
			if err != nil {
				t.Fatal(err)
			}
			c.want.ID, c.want.SignedBy = r.AssertionID, got.SignedBy
			if diff := cmp.Diff(&c.want, got); diff != "" || r.AssertionID == "" || got.SignedBy == "" || !r.ExpiresAt.Equal(got.Expiry) ||
				r.Subject != "ana" {
				t.Errorf("assertion (-want +got):\n%s\n%+v", diff, r)
			}
		})
	}
}

func TestAssertionsForTheHolderOfAKey(t *testing.T) {
	t.Parallel()
	p := newSAML(t)
	certificate, key, err := p.Certificate(t.Context()) // any certificate of an RSA key does
	if err != nil {
		t.Fatal(err)
	}
	in := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}))
	r, err := p.SignSAML(t.Context(), &idp.SAMLRequest{Subject: "ana", Certificate: in})
	if err != nil {
		t.Fatal(err)
	}
	with := reader(t, p, "")
	if _, err := with.Verify(r.Response); err == nil {
		t.Error("it is not encrypted")
	}
	with.Keys, with.EncryptionRequired = []*rsa.PrivateKey{key}, true
	if a, err := with.Verify(r.Response); err != nil || a.Subject != "ana" {
		t.Errorf("Verify = %+v, %v", a, err)
	}
}

func TestAssertionsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	p := newSAML(t)
	for text, r := range map[string]idp.SAMLRequest{
		"the assertion has no subject":                 {},
		"a role comes with its provider":               {Subject: "ana", Roles: []idp.SAMLRole{{Role: "r"}}},
		`the transitive tag "a" is not among the tags`: {Subject: "ana", TransitiveTagKeys: []string{"a"}},
		"expiresIn is more than a hundred years":       {Subject: "ana", ExpiresIn: 1 << 40},
		"the response would be read differently":       {Subject: "a\x00na"},
		"such a response could not be read":            {Subject: "ana", Attributes: map[string]idp.Texts{"x": {strings.Repeat("x", 80000)}}},
		"the certificate is not in PEM":                {Subject: "ana", Certificate: "x"},
		"the certificate cannot be read": {
			Subject: "ana", Certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		},
	} {
		_, err := p.SignSAML(t.Context(), &r)
		if !errors.Is(err, idp.ErrRequest) || !strings.Contains(err.Error(), text) {
			t.Errorf("%v; want %s", err, text)
		}
	}
	if _, err := p.SAMLMetadata(t.Context(), "not a URI", ""); !errors.Is(err, idp.ErrRequest) {
		t.Errorf("metadata of no URI: %v", err)
	}
}
