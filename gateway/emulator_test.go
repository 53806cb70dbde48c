package gateway_test

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

// AWS's emulator makes a key and a certificate at each start; the gateway reads them,
// and reads them again.
func TestAWSsEmulator(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := ""
	emulator := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Authorization"), "Credential="+key+"/") {
			w.WriteHeader(http.StatusForbidden)
		}
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(emulator.Close)
	at, err := url.Parse(emulator.URL)
	if err != nil {
		t.Fatal(err)
	}
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) {
		o.Gateway.Upstreams = []gateway.Upstream{{URL: at, Emulator: dir}}
	}))
	call := func() (int, string) {
		q := dynamoDB("ListTables", "{}")
		res, body := q.send(t, srv)
		return res.StatusCode, body
	}
	if status, body := call(); status != 503 || !strings.Contains(body, "is not running") {
		t.Errorf("without its files: answered %d %s", status, body)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: emulator.Certificate().Raw})
	for _, key = range []string{"EMULATORONE", "EMULATORSECOND"} {
		write(t, filepath.Join(dir, "ca.pem"), string(certificate))
		write(t, filepath.Join(dir, "emulator_credentials"), "[default]\naws_access_key_id = "+key+"\naws_secret_access_key = secret\n")
		if status, body := call(); status != 200 {
			t.Errorf("%s: answered %d %s", key, status, body)
		}
	}
	write(t, filepath.Join(dir, "ca.pem"), "no certificate")
	if status, _ := call(); status != 502 {
		t.Errorf("with a damaged certificate: answered %d", status)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ARNs of another account in answers are told of once.
func TestForeignARNs(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = io.WriteString(w, `{"Table":{"TableArn":"arn:aws:dynamodb:us-east-1:123456789012:table/t"}}`)
	})
	for account, want := range map[string]int{"": 1, "123456789012": 0} {
		var log strings.Builder
		srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithUpstreamAccount(account), logTo(&log))
		for range 3 {
			q := dynamoDB("ListTables", "{}")
			if account != "" {
				q.key.AccessKeyID, q.key.SecretAccessKey = account, "test"
			}
			q.send(t, srv)
		}
		if err := srv.Stop(); err != nil || strings.Count(log.String(), "ARNs of another account") != want {
			t.Errorf("account %q: logged %s, %v", account, &log, err)
		}
	}
}
