package gosdk_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// double behaves to those who call it as AWS's emulator is documented to: it serves
// HTTPS, makes a key and a certificate at each start, writes them to its directory and
// takes nothing but calls that are signed with this key, which it never denies. It
// knows one account, of zeros. The form of the real files is not documented to the letter.
//
// https://docs.aws.amazon.com/emulator/latest/userguide/cli-reference.html#cli-reference-files
type double struct {
	dir    string // ~/.aws/emulator/PORT
	addr   string
	server *httptest.Server
	key    sigv4.Credentials
	served atomic.Int64 // calls that were signed as it wants
}

// newDouble chooses a port, and does not start yet. The port is below those that the
// system gives to a server that wants any, so that nobody takes it while the double is
// stopped.
func newDouble(t *testing.T, home string) *double {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(10_000 + mathrand.IntN(10_000))
		addr := net.JoinHostPort("127.0.0.1", port)
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			continue // somebody listens there
		}
		if err := ln.Close(); err != nil {
			t.Fatal(err)
		}
		return &double{dir: filepath.Join(home, ".aws", "emulator", port), addr: addr}
	}
	t.Fatal("a hundred ports are taken")
	return nil
}

func (d *double) port() string { return filepath.Base(d.dir) }

// start makes a new key and a new certificate, and serves.
func (d *double) start(t *testing.T) {
	t.Helper()
	authority, certificate := certificates(t)
	d.key = sigv4.Credentials{AccessKeyID: "EMULATOR" + rand.Text()[:12], SecretAccessKey: rand.Text()}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"ca.pem": authority,
		"config": "[default]\nregion = us-east-1\nendpoint_url = https://" + d.addr + "\nca_bundle = " +
			filepath.Join(d.dir, "ca.pem") + "\n",
		"emulator_credentials": "[default]\naws_access_key_id = " + d.key.AccessKeyID + "\naws_secret_access_key = " +
			d.key.SecretAccessKey + "\n",
	} {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.server = &httptest.Server{
		Listener: testkit.Must(net.Listen("tcp", d.addr))(t),
		Config:   &http.Server{Handler: d},
		TLS:      &tls.Config{Certificates: []tls.Certificate{certificate}},
	}
	d.server.StartTLS()
}

// stop ends it; its files go with it.
func (d *double) stop(t *testing.T) {
	t.Helper()
	d.server.Close()
	if err := os.RemoveAll(d.dir); err != nil {
		t.Error(err)
	}
}

// ServeHTTP lists one table in the answer to every call that is signed with the key.
func (d *double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if !d.signed(r) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w,
			`{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}`)
		return
	}
	d.served.Add(1)
	_, _ = io.WriteString(w, `{"TableNames":["orders"]}`)
}

// signed reports whether the key of this run has signed the request and its body.
func (d *double) signed(r *http.Request) bool {
	s, err := sigv4.Parse(r)
	if err != nil || s == nil || s.AccessKeyID != d.key.AccessKeyID || s.CheckLife(time.Now()) != nil {
		return false
	}
	body, err := s.Open(d.key.SecretAccessKey)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, body)
	return err == nil && body.Proved()
}

// certificates makes an authority, in PEM, and a certificate of it for 127.0.0.1.
func certificates(t *testing.T) (string, tls.Certificate) {
	t.Helper()
	template := x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "a double of AWS Emulator"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	authorityKey := testkit.Must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	authority := testkit.Must(x509.CreateCertificate(rand.Reader, &template, &template, authorityKey.Public(), authorityKey))(t)
	leaf := template
	leaf.IsCA, leaf.SerialNumber, leaf.IPAddresses = false, big.NewInt(1), []net.IP{net.IPv4(127, 0, 0, 1)}
	key := testkit.Must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	certificate := testkit.Must(x509.CreateCertificate(rand.Reader, &leaf, &template, key.Public(), authorityKey))(t)
	var text strings.Builder
	if err := pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: authority}); err != nil {
		t.Fatal(err)
	}
	return text.String(), tls.Certificate{Certificate: [][]byte{certificate}, PrivateKey: key}
}
