package conformance_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/crypto/ssh"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// documents lets cmp compare the SDK's structures.
var documents = cmp.Options{cmpopts.IgnoreUnexported(types.PasswordPolicy{}, types.Tag{}), cmpopts.EquateEmpty()}

// A certificate is one that a test made, with its key.
type certificate struct {
	pem, key string // each with a new line at the end
	x509     *x509.Certificate
	private  *ecdsa.PrivateKey
}

// newCertificate makes a certificate of a name, signed by another one or by
// itself; valid from now for an hour, unless change says otherwise.
func newCertificate(t *testing.T, name string, issuer *certificate, change ...func(*x509.Certificate)) certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	for _, f := range change {
		f(template)
	}
	parent, signer := template, private
	if issuer != nil {
		parent, signer = issuer.x509, issuer.private
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &private.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return certificate{inPEM("CERTIFICATE", der), inPEM("PRIVATE KEY", keyDER), made, private}
}

func authority(c *x509.Certificate) { c.IsCA = true }

func expired(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// An sshKey is an RSA key in the encodings of IAM, without a new line at the end
// of openSSH.
type sshKey struct{ openSSH, pem, fingerprint string }

// sshKeys are six keys of 2048 bits, made once.
var sshKeys = sync.OnceValue(func() []sshKey {
	list := make([]sshKey, 6)
	for i := range list {
		list[i] = newSSHKey(2048)
	}
	return list
})

func newSSHKey(bits int) sshKey {
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	public, err := ssh.NewPublicKey(&private.PublicKey)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		panic(err)
	}
	return sshKey{strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public))), inPEM("PUBLIC KEY", der), ssh.FingerprintLegacyMD5(public)}
}
