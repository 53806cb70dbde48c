package conformance_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/beevik/etree"
	"github.com/crewjam/saml/xmlenc"

	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

const (
	directoryURL = "https://idp.example.com/saml"
	deniedSAML   = "Not authorized to perform sts:AssumeRoleWithSAML"
)

// pair is a private key with its certificate. Making one takes long; tests share two.
type pair struct {
	*rsa.PrivateKey
	certificate *x509.Certificate
}

var signingPair, decryptingPair = sync.OnceValue(newPair), sync.OnceValue(newPair)

// newPair makes a key, and a certificate that has expired: AWS takes it (recorded).
func newPair() pair {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotAfter: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return pair{key, c}
}

func (p pair) pem() *string {
	return aws.String(string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(p.PrivateKey)})))
}

// directory is a world with a SAML identity provider that it knows as company,
// and a role that trusts it.
type directory struct {
	*federation
	idp            *saml.Issuer
	provider, role string
}

func newDirectory(t *testing.T, change ...func(*server.Options)) *directory {
	var options []iamtest.Option
	for _, c := range change {
		options = append(options, iamtest.WithServer(c))
	}
	srv := iamtest.Start(t, options...)
	d := &directory{federation: &federation{world: &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}}}
	d.idp = identityProvider(signingPair())
	d.provider = d.known("company", d.idp)
	d.role = d.trusting("staff", d.provider, `"sts:AssumeRoleWithSAML"`, "")
	return d
}

func identityProvider(p pair) *saml.Issuer {
	return &saml.Issuer{EntityID: directoryURL, Key: p.PrivateKey, Certificate: p.certificate.Raw, SignOnURL: "https://idp.example.com/sso"}
}

// known makes a SAML provider of the metadata.
func (d *directory) known(name string, idp *saml.Issuer) string {
	d.world.t.Helper()
	document, err := idp.Metadata()
	if err != nil {
		d.world.t.Fatal(err)
	}
	return *testkit.Must(d.CreateSAMLProvider(d.ctx,
		&iam.CreateSAMLProviderInput{Name: &name, SAMLMetadataDocument: &document}))(d.world.t).SAMLProviderArn
}

// A sign-on is what an identity provider says when somebody has signed in, and
// how. The zero value is what AWS's guide recommends.
type signOn struct {
	role   string             // instead of the directory's
	claims func(*saml.Claims) // changes what is claimed

	// edit changes the assertion before it is signed, and around the response
	// before it is.
	edit, around func(*etree.Element)
	signed       string // assertion (if empty), response, both or nothing
	encrypted    *xmlenc.RSA
	tamper       func(response *etree.Element) // when all is signed
	in           sts.AssumeRoleWithSAMLInput   // what else is asked for
}

// awsAttribute is an attribute that AWS reads.
func awsAttribute(name string, values ...string) saml.Attribute {
	return saml.Attribute{Name: name, Values: values}
}

// claims are good ones for a role.
func (d *directory) claims(role string) *saml.Claims {
	now := time.Now()
	return &saml.Claims{
		Subject: "subject-123", SubjectFormat: saml.Persistent, Recipient: saml.SignInURL, Audience: saml.SignInURL,
		IssuedAt: now, NotBefore: now, Expiry: now.Add(5 * time.Minute),
		Attributes: []saml.Attribute{
			awsAttribute(saml.AttributeRole, role+","+d.provider), awsAttribute(saml.AttributeSessionName, "ana@example.com"),
		},
	}
}

// response is the response that the identity provider makes.
func (d *directory) response(s signOn) string {
	t := d.world.t
	t.Helper()
	if s.role == "" {
		s.role = d.role
	}
	claims := d.claims(s.role)
	if s.claims != nil {
		s.claims(claims)
	}
	a := element(t)(d.idp.Assertion(claims))
	if s.edit != nil {
		s.edit(a)
	}
	if s.signed == "" || s.signed == "both" || s.signed == "assertion" {
		a = element(t)(d.idp.Sign(a))
	}
	if s.encrypted != nil {
		a = encrypted(t, a, *s.encrypted)
	}
	r := element(t)(d.idp.Response(claims.Recipient, claims.IssuedAt, a))
	if s.around != nil {
		s.around(r)
	}
	if s.signed == "response" || s.signed == "both" {
		r = element(t)(d.idp.Sign(r))
	}
	if s.tamper != nil {
		s.tamper(r)
	}
	text, err := saml.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// element unwraps what makes an element.
func element(t *testing.T) func(*etree.Element, error) *etree.Element {
	return func(el *etree.Element, err error) *etree.Element {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return el
	}
}

func encrypted(t *testing.T, a *etree.Element, by xmlenc.RSA) *etree.Element {
	t.Helper()
	text, err := etree.NewDocumentWithRoot(a).WriteToBytes()
	if err != nil {
		t.Fatal(err)
	}
	data, err := by.Encrypt(decryptingPair().certificate, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	wrapper := etree.NewElement("saml:EncryptedAssertion")
	wrapper.AddChild(data)
	return wrapper
}

// signIn exchanges the response for a session.
func (d *directory) signIn(s signOn) (*sts.AssumeRoleWithSAMLOutput, error) {
	d.world.t.Helper()
	return d.exchange(s, d.response(s))
}

func (d *directory) exchange(s signOn, response string) (*sts.AssumeRoleWithSAMLOutput, error) {
	in := s.in
	in.SAMLAssertion = &response
	if in.PrincipalArn == nil {
		in.PrincipalArn = &d.provider
	}
	if in.RoleArn == nil {
		in.RoleArn = &d.role
		if s.role != "" {
			in.RoleArn = &s.role
		}
	}
	return d.nobody().AssumeRoleWithSAML(d.ctx, &in)
}

// at is the first element of the name.
func at(root *etree.Element, name string) *etree.Element { return root.FindElement("//" + name) }

// drop takes the first element of the name away.
func drop(name string) func(*etree.Element) {
	return func(root *etree.Element) { el := at(root, name); el.Parent().RemoveChild(el) }
}

// set changes an attribute of the first element of the name; empty takes it away.
func set(name, attribute, value string) func(*etree.Element) {
	return func(root *etree.Element) {
		if value == "" {
			at(root, name).RemoveAttr(attribute)
			return
		}
		at(root, name).CreateAttr(attribute, value)
	}
}

// notBefore makes an assertion good from some time after it is made.
func notBefore(d time.Duration) func(*etree.Element) {
	return func(root *etree.Element) { set("Conditions", "NotBefore", after(d))(root) }
}

func after(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }
