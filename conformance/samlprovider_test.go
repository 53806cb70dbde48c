package conformance_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const samlHead = "arn:aws:iam::000000000000:saml-provider/"

// idpKey is a private key in PEM and a certificate of it in base64.
func idpKey(t *testing.T) (key, certificate string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotAfter: time.Date(2049, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw})), base64.StdEncoding.EncodeToString(der)
}

// metadata is a metadata document with the certificate.
func metadata(entity, certificate string) string {
	return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + entity +
		`"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
		`<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` + certificate +
		`</X509Certificate></X509Data></KeyInfo></KeyDescriptor>` +
		`<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>` +
		"<!--" + strings.Repeat("-x", 500) + " -->" // a document has 1,000 characters at least
}

// saml makes a provider and returns its ARN and its metadata.
func (w *world) saml(name string) (arn *string, document, key string) {
	w.t.Helper()
	key, certificate := idpKey(w.t)
	document = metadata("https://idp.example.com", certificate)
	return testkit.Must(w.CreateSAMLProvider(w.ctx,
		&iam.CreateSAMLProviderInput{Name: &name, SAMLMetadataDocument: &document}))(w.t).SAMLProviderArn, document, key
}

func (w *world) getSAML(arn *string) *iam.GetSAMLProviderOutput {
	w.t.Helper()
	return testkit.Must(w.GetSAMLProvider(w.ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: arn}))(w.t)
}

func TestLifeOfASAMLProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn, document, _ := w.saml("idp")
	got := w.getSAML(arn)
	if *arn != samlHead+"idp" || *got.SAMLMetadataDocument != document ||
		got.AssertionEncryptionMode != types.AssertionEncryptionModeTypeAllowed {
		t.Errorf("provider %s: %+v", *arn, got)
	}
	if !regexp.MustCompile(`^SAMLSP[A-Z0-9]{16}$`).MatchString(*got.SAMLProviderUUID) ||
		!got.ValidUntil.Equal(got.CreateDate.AddDate(100, 0, 0)) {
		t.Errorf("UUID %s, from %v until %v", *got.SAMLProviderUUID, got.CreateDate, got.ValidUntil)
	}
	other := strings.Replace(document, "idp.example.com", "idp2.example.com", 1)
	if out := testkit.Must(w.UpdateSAMLProvider(w.ctx, &iam.UpdateSAMLProviderInput{
		SAMLProviderArn: arn, SAMLMetadataDocument: &other,
	}))(t); *out.SAMLProviderArn != *arn {
		t.Errorf("updated %s", *out.SAMLProviderArn)
	}
	if got := w.getSAML(arn); *got.SAMLMetadataDocument != other {
		t.Error("the metadata did not change")
	}
	w.saml("another")
	list := testkit.Must(w.ListSAMLProviders(w.ctx, nil))(t).SAMLProviderList
	if got := joined(list, func(e types.SAMLProviderListEntry) *string { return e.Arn }); got != samlHead+"another "+*arn ||
		list[0].CreateDate == nil || list[0].ValidUntil == nil {
		t.Errorf("list = %s", got)
	}
	testkit.Must(w.DeleteSAMLProvider(w.ctx, &iam.DeleteSAMLProviderInput{SAMLProviderArn: arn}))(t)
	testkit.WantError(t, testkit.Refused(w.DeleteSAMLProvider(w.ctx, &iam.DeleteSAMLProviderInput{SAMLProviderArn: arn})), "NoSuchEntity",
		"Manifest not found for arn "+*arn)
}

func TestPrivateKeysOfASAMLProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn, _, key := w.saml("idp")
	update := func(in iam.UpdateSAMLProviderInput) error {
		in.SAMLProviderArn = arn
		return testkit.Refused(w.UpdateSAMLProvider(w.ctx, &in))
	}
	required, allowed := types.AssertionEncryptionModeTypeRequired, types.AssertionEncryptionModeTypeAllowed
	testkit.WantError(t, update(iam.UpdateSAMLProviderInput{}), "ValidationError",
		"Unable to update identity provider. No updates are defined for metadata or encryption assertion.")
	testkit.WantError(t, update(iam.UpdateSAMLProviderInput{AssertionEncryptionMode: required}),
		"InvalidInput", "Failed to set assertion encryption mode to Required because no private key is present.")
	testkit.WantError(t, update(iam.UpdateSAMLProviderInput{AddPrivateKey: aws.String("no key")}), "InvalidInput",
		"Failed to add private key.")
	for range 2 { // the same key counts twice
		if err := update(iam.UpdateSAMLProviderInput{AddPrivateKey: &key, AssertionEncryptionMode: required}); err != nil {
			t.Fatal(err)
		}
	}
	testkit.WantError(t, update(iam.UpdateSAMLProviderInput{AddPrivateKey: &key}), "LimitExceeded", "Private key limit of 2 is reached.")
	keys := w.getSAML(arn).PrivateKeyList
	if len(keys) != 2 || !regexp.MustCompile(`^SAMLPK[A-Z0-9]{16}$`).MatchString(*keys[0].KeyId) || keys[0].Timestamp == nil {
		t.Fatalf("keys = %+v", keys)
	}
	testkit.WantError(t, update(iam.UpdateSAMLProviderInput{AddPrivateKey: &key, RemovePrivateKey: keys[0].KeyId}),
		"ValidationError", "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.")
	testkit.WantError(t, update(iam.UpdateSAMLProviderInput{RemovePrivateKey: aws.String("SAMLPK0123456789ABCDEF")}),
		"NoSuchEntity", "The private key with id SAMLPK0123456789ABCDEF cannot be found.")
	if err := update(iam.UpdateSAMLProviderInput{RemovePrivateKey: keys[0].KeyId}); err != nil {
		t.Fatal(err)
	}
	testkit.WantError(t, update(iam.UpdateSAMLProviderInput{RemovePrivateKey: keys[1].KeyId}), "InvalidInput",
		"Failed to remove private key.")
	if err := update(iam.UpdateSAMLProviderInput{RemovePrivateKey: keys[1].KeyId, AssertionEncryptionMode: allowed}); err != nil {
		t.Fatal(err)
	}
	if got := w.getSAML(arn); len(got.PrivateKeyList) != 0 || got.AssertionEncryptionMode != allowed {
		t.Errorf("at the end: %+v", got)
	}
}

func TestRefusedSAMLProviders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, document, key := w.saml("taken")
	create := func(in iam.CreateSAMLProviderInput) error {
		in.Name = aws.String("idp")
		if in.SAMLMetadataDocument == nil {
			in.SAMLMetadataDocument = &document
		}
		return testkit.Refused(w.CreateSAMLProvider(w.ctx, &in))
	}
	testkit.WantError(t, testkit.Refused(w.CreateSAMLProvider(w.ctx,
		&iam.CreateSAMLProviderInput{Name: aws.String("taken"), SAMLMetadataDocument: &document})),
		"EntityAlreadyExists", "The SAML provider with name taken already exists.")
	testkit.WantError(t, create(iam.CreateSAMLProviderInput{SAMLMetadataDocument: aws.String(strings.Repeat("<a>", 400))}), "InvalidInput",
		"Could not parse metadata")
	testkit.WantError(t, create(iam.CreateSAMLProviderInput{AssertionEncryptionMode: types.AssertionEncryptionModeTypeRequired}),
		"InvalidInput", "Failed to set assertion encryption mode to Required because no private key is present.")
	if err := create(iam.CreateSAMLProviderInput{
		AssertionEncryptionMode: types.AssertionEncryptionModeTypeRequired, AddPrivateKey: &key,
	}); err != nil {
		t.Error(err)
	}
	for i := range 98 {
		testkit.Must(w.CreateSAMLProvider(w.ctx,
			&iam.CreateSAMLProviderInput{Name: aws.String("p" + strconv.Itoa(i)), SAMLMetadataDocument: &document}))(t)
	}
	testkit.WantError(t, testkit.Refused(w.CreateSAMLProvider(w.ctx,
		&iam.CreateSAMLProviderInput{Name: aws.String("more"), SAMLMetadataDocument: &document})),
		"LimitExceeded", "Cannot exceed quota for SAMLProvidersPerAccount: 100")
}

func TestTagsOfASAMLProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn, _, _ := w.saml("idp")
	testkit.Must(w.TagSAMLProvider(w.ctx, &iam.TagSAMLProviderInput{
		SAMLProviderArn: arn, Tags: tags("Team", "red", "team", "blue", "a", "1"),
	}))(t)
	testkit.Must(w.UntagSAMLProvider(w.ctx, &iam.UntagSAMLProviderInput{SAMLProviderArn: arn, TagKeys: []string{"Team"}}))(t)
	first := testkit.Must(w.ListSAMLProviderTags(w.ctx, &iam.ListSAMLProviderTagsInput{SAMLProviderArn: arn, MaxItems: aws.Int32(1)}))(t)
	next := testkit.Must(w.ListSAMLProviderTags(w.ctx, &iam.ListSAMLProviderTagsInput{SAMLProviderArn: arn, Marker: first.Marker}))(t)
	if got := shown(first.Tags) + "|" + shown(next.Tags); got != "a=1|team=blue" || !first.IsTruncated {
		t.Errorf("pages = %s", got)
	}
	testkit.WantError(t, testkit.Refused(w.TagSAMLProvider(w.ctx,
		&iam.TagSAMLProviderInput{SAMLProviderArn: aws.String(samlHead + "none"), Tags: tags("a", "b")})),
		"NoSuchEntity", "Manifest not found for arn "+samlHead+"none")
	testkit.WantError(t, testkit.Refused(w.ListSAMLProviderTags(w.ctx,
		&iam.ListSAMLProviderTagsInput{SAMLProviderArn: aws.String(samlHead + "none")})),
		"NoSuchEntity", "Manifest not found for arn "+samlHead+"none")
}
