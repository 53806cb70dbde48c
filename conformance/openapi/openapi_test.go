// Package openapi checks the OpenAPI document of the management routes with a
// library that knows the format: that it is valid, its examples too, and that a
// running server answers what it says. In the same way it checks what lint prints
// as SARIF, by the schema of OASIS. It is a module of its own, so that users
// of Understudy need not have these libraries.
//
// Caveats: UNDERSTUDY_BINARY names the server, and the AWS CLI must be there.
package openapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

const seed = `accounts:
- id: "000000000000"
  users:
  - name: alice
    policies: [IAMReadOnlyAccess]
    accessKeys: [{secret: alice-secret}]
`

// start starts a server and returns its address; it ends with the test.
func start(t *testing.T) string {
	t.Helper()
	return startWith(t, seed)
}

// startWith starts a server that holds what the seed says.
func startWith(t *testing.T, seed string) string {
	t.Helper()
	binary := os.Getenv("UNDERSTUDY_BINARY")
	if binary == "" {
		t.Fatal("UNDERSTUDY_BINARY is not set; run `make conformance`")
	}
	file := t.TempDir() + "/seed.yaml"
	if err := os.WriteFile(file, []byte(seed), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "serve", "--json", "--idp", "--addr", "127.0.0.1:0", "--log-level", "warn", "--seed", file,
		"--alerts", "builtin")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server did not stop cleanly: %v", err)
		}
	})
	var announced struct{ URL string }
	if err := json.NewDecoder(out).Decode(&announced); err != nil {
		t.Fatalf("the server did not announce itself: %v", err)
	}
	return announced.URL
}

// described is the document with a server's address in it.
func described(t *testing.T, url string) (*openapi3.T, routers.Router) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	doc.Servers = openapi3.Servers{{URL: url + "/_understudy"}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, router
}

// client asks the server and checks what it sends and gets by the document.
type client struct {
	t      *testing.T
	url    string
	router routers.Router
	asked  map[string]bool // operation IDs
}

// ask makes a request that must fit the document and get the status, with a
// body that fits it too. It returns the body.
func (c *client) ask(method, path, body string, status int) []byte {
	c.t.Helper()
	return c.send(method, path, body, status, false)
}

// askWrongly makes a request that the document forbids; the answer must fit it.
func (c *client) askWrongly(method, path, body string, status int) {
	c.t.Helper()
	c.send(method, path, body, status, true)
}

func (c *client) send(method, path, body string, status int, wrong bool) []byte {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	request := func() *http.Request {
		r, err := http.NewRequestWithContext(ctx, method, c.url+"/_understudy/"+path, strings.NewReader(body))
		if err != nil {
			c.t.Fatal(err)
		}
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		return r
	}
	shown := request()
	route, params, err := c.router.FindRoute(shown)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	c.asked[route.Operation.OperationID] = true
	in := &openapi3filter.RequestValidationInput{Request: shown, PathParams: params, Route: route}
	if err := openapi3filter.ValidateRequest(ctx, in); (err != nil) != wrong {
		c.t.Errorf("%s %s: the document says of the request: %v", method, path, err)
	}
	answer, err := new(http.Client).Do(request())
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != status {
		c.t.Errorf("%s %s: status %d, want %d", method, path, answer.StatusCode, status)
	}
	var raw []byte
	if answer.Header.Get("Content-Type") == "text/event-stream" {
		first := make([]byte, 16) // it has no end
		n, err := io.ReadAtLeast(answer.Body, first, 1)
		if err != nil {
			c.t.Error(err)
		}
		raw = first[:n]
	} else if raw, err = io.ReadAll(answer.Body); err != nil {
		c.t.Fatal(err)
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: answer.StatusCode, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(raw)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(ctx, out); err != nil {
		c.t.Errorf("%s %s: the answer is not the document's: %v\n%s", method, path, err, raw)
	}
	return raw
}

// aws runs the AWS CLI as root.
func (c *client) aws(args ...string) string {
	c.t.Helper()
	cmd := exec.Command("aws", append(args, "--output", "text")...)
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+c.url, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true")
	out, err := cmd.Output()
	if err != nil {
		c.t.Fatalf("aws %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// Every route is asked, rightly and wrongly, and answers what the document says.
func TestServerAnswersAsDescribed(t *testing.T) {
	url := start(t)
	doc, router := described(t, url)
	openapi3filter.RegisterBodyDecoder("text/event-stream", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/yaml", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/samlmetadata+xml", openapi3filter.PlainBodyDecoder)
	c := &client{t: t, url: url, router: router, asked: map[string]bool{}}

	c.settings()
	c.decisions()
	c.state()
	c.holders()
	c.consoles()
	c.issuers()
	c.seeds()

	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		for method, operation := range doc.Paths.Value(path).Operations() {
			if !c.asked[operation.OperationID] {
				t.Errorf("nothing asks %s %s", method, path)
			}
		}
	}
	t.Logf("management routes: %d operations answer as docs/openapi.yaml says", len(c.asked))
}

// settings asks for health, and changes and shows enforcement, the clock and faults.
func (c *client) settings() {
	c.ask("GET", "health", "", 200)
	c.ask("GET", "openapi.yaml", "", 200)
	c.ask("GET", "enforcement", "", 200)
	c.ask("PUT", "enforcement", `{"mode":"log"}`, 200)
	c.askWrongly("PUT", "enforcement", `{"mode":"maybe"}`, 400)
	c.askWrongly("PUT", "enforcement", `{"mod":"on"}`, 400)
	c.ask("PUT", "enforcement", `{"mode":"off"}`, 200)
	c.ask("POST", "authorize", `{"principal":"arn:aws:iam::000000000000:user/alice","action":"s3:GetObject"}`, 200)
	c.ask("PUT", "enforcement", `{"mode":"on"}`, 200)

	c.ask("GET", "clock", "", 200)
	c.ask("POST", "clock", `{"advance":"2h","frozen":true}`, 200)
	c.ask("POST", "clock", `{"reset":true,"frozen":false}`, 200)
	c.askWrongly("POST", "clock", `{}`, 400)
	c.ask("POST", "clock", `{"advance":"soon"}`, 400)
	c.ask("POST", "faults", `{"id":"slow","kind":"delay","duration":"1ms","rate":0.5,"seed":7,"operation":"iam:Create*"}`, 201)
	c.ask("GET", "faults", "", 200)
	c.askWrongly("POST", "faults", `{"kind":"explode"}`, 400)
	c.ask("DELETE", "faults/slow", "", 204)
	c.ask("DELETE", "faults/slow", "", 404)
	c.ask("DELETE", "faults", "", 204)
}

// decisions asks for decisions, about others and about calls that were made.
func (c *client) decisions() {
	c.ask("POST", "authorize",
		`{"principal":"arn:aws:iam::000000000000:user/alice","action":"iam:GetUser","resource":"arn:aws:iam::000000000000:user/alice"}`,
		200)
	c.ask("POST", "authorize",
		`{"credentials":{"accessKeyId":"AKIAQAAAAAAAK7RWK5L3","secretAccessKey":"alice-secret"},"action":"s3:GetObject",
		"resource":"arn:aws:s3:::bucket/key","resourcePolicy":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}",
		"context":{"s3:prefix":"a/","aws:TagKeys":["team"]},"sourceIp":"192.0.2.1"}`, 200)
	c.ask("POST", "authorize", `{"credentials":{"accessKeyId":"AKIAQAAAAAAAK7RWK5L3","secretAccessKey":"wrong"},"action":"s3:GetObject"}`,
		403)
	c.ask("POST", "authorize", `{"principal":"arn:aws:iam::000000000000:user/nobody","action":"s3:GetObject"}`, 400)
	c.askWrongly("POST", "authorize", `{"action":["s3:GetObject"]}`, 400)
	c.ask("POST", "authorize", `{"principal":"alice","action":"s3:GetObject","enforce":true,"secureTransport":true,
		"sessionPolicy":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}"}`, 200)
	c.ask("POST", "who-can", `{"action":"iam:GetUser","resource":"arn:aws:iam::000000000000:user/alice","accounts":["000000000000"]}`, 200)
	c.ask("POST", "who-can", `{"action":"iam:GetUser","limit":1}`, 200)
	c.askWrongly("POST", "who-can", `{"action":"iam:GetUser","limit":10001}`, 400)
	c.ask("POST", "who-can", `{"action":"iam:*"}`, 400)
	c.ask("GET", "audit", "", 200)
	c.ask("GET", "audit?from=alice&to=alice", "", 200)
	c.ask("GET", "audit?account=000000000000", "", 200)
	c.askWrongly("GET", "audit?account=1", "", 400)
	c.ask("GET", "audit?from=root", "", 400)
	c.ask("GET", "audit?from=nobody", "", 404)
	c.ask("GET", "principals/alice", "", 200)
	c.ask("GET", "needs?principal=alice&since=1h", "", 200)
	c.ask("GET", "needs?principal=nobody", "", 404)
	c.ask("GET", "needs?since=soon", "", 400)
	c.ask("GET", "principals/role%2Fnone", "", 404)

	c.aws("iam", "list-users")
	var list struct {
		Decisions []struct{ RequestID string }
	}
	if err := json.Unmarshal(c.ask("GET", "decisions?principal=*:root&action=iam:List*&decision=allowed&since=5m&limit=10", "", 200),
		&list); err != nil || len(list.Decisions) == 0 {
		c.t.Fatalf("no decision is listed: %v", err)
	}
	c.ask("GET", "decisions/"+list.Decisions[0].RequestID, "", 200)
	c.ask("GET", "decisions/no-such-request", "", 404)
	c.askWrongly("GET", "decisions?limit=0", "", 400)
	c.askWrongly("GET", "decisions?decision=maybe", "", 400)
	c.ask("GET", "decisions/stream?decision=denied", "", 200)
	c.ask("GET", "decisions/stream?since=yesterday", "", 400)
	c.ask("GET", "events?source=iam&event-name=List*&read-only=true&account=000000000000&until=-5m&limit=10", "", 200)
	c.ask("GET", "events?error=*", "", 200)
	c.askWrongly("GET", "events?read-only=maybe", "", 400)
	c.askWrongly("GET", "events?account=12", "", 400)
	c.ask("GET", "events/stream?source=iam", "", 200)
	c.ask("GET", "events/stream?until=tomorrow", "", 400)
	c.ask("GET", "alerts?rule=root-used&severity=high,critical&since=5m&limit=10", "", 200)
	c.askWrongly("GET", "alerts?limit=0", "", 400)
	c.ask("GET", "alerts?severity=grave", "", 400)
	c.ask("GET", "alerts/stream?severity=high", "", 200)
	c.ask("GET", "alerts/stream?since=yesterday", "", 400)
}

// state copies the state, empties it and brings it back.
func (c *client) state() {
	c.ask("POST", "snapshot", "", 201)
	c.ask("GET", "snapshots", "", 200)
	c.ask("POST", "reset", `{"seeds":true}`, 200)
	c.ask("POST", "reset", "", 200)
	c.askWrongly("POST", "reset", `{"all":true}`, 400)
	c.ask("POST", "restore", `{"id":"snapshot-1"}`, 200)
	c.ask("POST", "restore", `{"id":"snapshot-9"}`, 404)
	c.askWrongly("POST", "restore", `{"name":"snapshot-1"}`, 400)
	c.ask("DELETE", "snapshots/snapshot-1", "", 204)
	c.ask("DELETE", "snapshots/snapshot-1", "", 404)
}

// holders asks for what people have.
func (c *client) holders() {
	c.ask("POST", "credentials", `{"principal":"alice"}`, 200)
	c.ask("POST", "credentials", `{"principal":"nobody"}`, 404)
	c.askWrongly("POST", "credentials", `{"user":"alice"}`, 400)
	serial := c.aws("iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", "phone", "--outfile", c.t.TempDir()+"/seed",
		"--bootstrap-method", "Base32StringSeed", "--query", "VirtualMFADevice.SerialNumber")
	c.ask("GET", "mfa-devices/"+strings.NewReplacer("/", "%2F", ":", "%3A").Replace(serial)+"/codes", "", 200)
	c.ask("GET", "mfa-devices/none/codes", "", 404)
}

// consoles does what AWS has consoles for.
func (c *client) consoles() {
	c.ask("POST", "security-keys", `{"userName":"alice","name":"yubi","certifications":{"FIDO":"L2"}}`, 201)
	c.ask("POST", "security-keys", `{"userName":"nobody","name":"yubi"}`, 400)
	c.ask("POST", "delegation-templates",
		`{"requestor":"111122223333","name":"reading","policy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]}}`, 201)
	c.askWrongly("POST", "delegation-templates", `{"requestor":"111122223333","name":"reading","policy":"x"}`, 400)
	c.ask("GET", "delegation-requests/no-such-request/notifications", "", 400)
}

// issuers asks the issuer of an account and the local identity provider.
func (c *client) issuers() {
	issuer := strings.TrimPrefix(c.aws("iam", "enable-outbound-web-identity-federation", "--query", "IssuerIdentifier"), "https://")
	issuer, _, _ = strings.Cut(issuer, ".")
	c.ask("GET", "issuers/"+issuer+"/.well-known/openid-configuration", "", 200)
	c.ask("GET", "issuers/"+issuer+"/.well-known/jwks.json", "", 200)
	c.ask("GET", "issuers/no-such-issuer/.well-known/jwks.json", "", 404)

	c.ask("GET", "idp/.well-known/openid-configuration", "", 200)
	c.ask("GET", "idp/issuers/id.example.com%2Fteam/.well-known/openid-configuration", "", 200)
	c.ask("GET", "idp/jwks.json", "", 200)
	c.ask("POST", "idp/token", `{"subject":"ana","audience":["a","b"],"tags":{"team":"red"},"claims":{"azp":"a","jti":null}}`, 200)
	c.ask("POST", "idp/token", `{"github":{"repository":"octo-org/octo-repo"},"algorithm":"ES256"}`, 200)
	c.ask("POST", "idp/token", `{"identityCenter":{"userId":"u"}}`, 200)
	c.ask("POST", "idp/token", `{}`, 400)
	c.askWrongly("POST", "idp/token", `{"eks":{"serviceaccount":"s","x":1}}`, 400)
	c.ask("GET", "idp/saml/metadata", "", 200)
	c.ask("POST", "idp/saml/assertion", `{"subject":"ana"}`, 200)
}

// seeds exports the state and applies a seed.
func (c *client) seeds() {
	c.ask("GET", "export?secrets=true", "", 200)
	c.askWrongly("GET", "export?secrets=maybe", "", 400)
	c.ask("POST", "seed", `{"accounts":[{"id":"000000000000","users":[{"name":"bob"}]}]}`, 200)
	c.ask("POST", "seed?dry=true", `{"accounts":[{"id":"000000000000","users":[{"name":"eve"}]}]}`, 200)
	c.askWrongly("POST", "seed?dry=perhaps", `{"accounts":[]}`, 400)
	c.ask("POST", "seed", `{"accounts":[{"id":"none"}]}`, 400)
}
