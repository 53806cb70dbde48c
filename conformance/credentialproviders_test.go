//go:build conformance

package conformance_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const providedRole = "arn:aws:iam::000000000000:role/app"

// providersSeed has a user who may assume a role, which an instance and the local
// identity provider may have too.
const providersSeed = `accounts:
- id: "000000000000"
  oidcProviders:
  - {url: "https://idp.understudy.test", clientIds: [sts.amazonaws.com], thumbprints: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]}
  users:
  - name: anna
    inline: {own: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}'}
    accessKeys: [{secret: anna-secret}]
  roles:
  - name: app
    trust:
      Version: 2012-10-17
      Statement:
      - {Effect: Allow, Principal: {AWS: "000000000000", Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}
      - {Effect: Allow, Principal: {Federated: "arn:aws:iam::000000000000:oidc-provider/idp.understudy.test"}, Action: "sts:AssumeRoleWithWebIdentity"}
`

// providersEnv starts a server and returns the environment of a program that
// finds credentials in files, in its instance's metadata and in a token file.
func providersEnv(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	metadata := "127.0.0.1:" + freePort(t)
	url := startServer(t, "--idp", "--imds", metadata, "--imds-role", "app", "--seed", write("iam.yaml", providersSeed))
	id := strings.TrimSpace(strings.Trim(annaKey(t, url), `"`))
	program, err := filepath.Abs(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	config := write("config", "[profile process]\ncredential_process = "+program+" credentials app --addr "+
		strings.TrimPrefix(url, "http://")+
		" --session-name process\n\n[profile chained]\nrole_arn = "+providedRole+"\nsource_profile = anna\nrole_session_name = chained\n")
	shared := write("credentials", "[anna]\naws_access_key_id = "+id+"\naws_secret_access_key = anna-secret\n")
	return append(withoutAWS(os.Environ()), "HOME="+dir, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "NODE_NO_WARNINGS=1",
		"AWS_ENDPOINT_URL="+url, "AWS_ENDPOINT_URL_STS="+url, "AWS_CONFIG_FILE="+config, "AWS_SHARED_CREDENTIALS_FILE="+shared,
		"AWS_EC2_METADATA_SERVICE_ENDPOINT=http://"+metadata+"/", "TOKEN_FILE="+write("token", idpToken(t, url)), "ANNA_ID="+id,
		"ANNA_SECRET=anna-secret")
}

// withoutAWS leaves out what would be found before what is given.
func withoutAWS(environment []string) (list []string) {
	for _, v := range environment {
		if !strings.HasPrefix(v, "AWS_") && !strings.HasPrefix(v, "HOME=") {
			list = append(list, v)
		}
	}
	return list
}

var keyID = regexp.MustCompile(`AKIA[A-Z2-7]{16}`)

func annaKey(t *testing.T, url string) string {
	t.Helper()
	out, err := exec.Command(binary(t), "export", "--addr", strings.TrimPrefix(url, "http://")).Output()
	if err != nil {
		t.Fatal(err)
	}
	return keyID.FindString(string(out))
}

func idpToken(t *testing.T, url string) string {
	t.Helper()
	answer, err := testkit.HTTP.Post(url+"/_understudy/idp/token", "application/json", strings.NewReader(`{"subject":"app"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var signed struct{ Token string }
	if err := json.NewDecoder(answer.Body).Decode(&signed); err != nil {
		t.Fatal(err)
	}
	return signed.Token
}

// wantProviders runs a program that prints who it is by which provider.
func wantProviders(t *testing.T, cmd *exec.Cmd, sessions map[string]string) {
	t.Helper()
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errors.String())
	}
	var got map[string]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(got) != len(sessions) {
		t.Errorf("%d providers answered, want %d: %v", len(got), len(sessions), got)
	}
	for name, session := range sessions {
		if want := "arn:aws:sts::000000000000:assumed-role/app/" + session; !strings.HasPrefix(got[name], want) {
			t.Errorf("%s is %q, want %s", name, got[name], want)
		}
	}
	t.Logf("%d credential providers", len(got))
}

func TestJavaScriptCredentialProviders(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(tool(t, "node"), filepath.Join(npmCI(t, "js"), "credentials.mjs"), providedRole)
	cmd.Env = providersEnv(t)
	wantProviders(t, cmd, map[string]string{
		"fromTemporaryCredentials": "temporary", "fromTokenFile": "file", "fromWebToken": "web", "fromIni": "chained",
		"fromProcess": "process", "fromInstanceMetadata": "i-", "fromNodeProviderChain": "chained",
	})
}

func TestBoto3CredentialProviders(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(tool(t, "python3"), "testdata/boto3_credentials.py", providedRole)
	cmd.Env = append(providersEnv(t), "AWS_EC2_METADATA_DISABLED=true")
	wantProviders(t, cmd, map[string]string{"assume role": "chained", "process": "process", "web identity": "file", "instance": "i-"})
}
