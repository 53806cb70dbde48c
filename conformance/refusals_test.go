package conformance_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

// refusedCall is a signed request to the server, and how it is spoilt.
type refusedCall struct {
	service, url, body string
	key                sigv4.Credentials
	late               time.Duration
	unsigned           bool
	header             http.Header
	change             func(*http.Request)
}

// lastRefusal is the record of the last call that was refused.
func lastRefusal(t *testing.T, srv *iamtest.Server) *decisions.Record {
	t.Helper()
	list := srv.Decisions(events.Filter{Verdict: events.Refused})
	if len(list) == 0 {
		t.Fatal("no call was refused")
	}
	r := list[len(list)-1]
	if r.Refusal == nil {
		t.Fatalf("no reason in %+v", r)
	}
	return r
}

// send makes the call, and returns the record of its refusal and the answer.
func (c *refusedCall) send(t *testing.T, srv *iamtest.Server) (*decisions.Record, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, srv.URL+c.url, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, values := range c.header {
		r.Header[name] = values
	}
	if !c.unsigned {
		signer := sigv4.Signer{Credentials: c.key, Service: c.service, Region: "us-east-1"}
		signer.Sign(r, sigv4.HashPayload([]byte(c.body)), time.Now().Add(c.late))
	}
	if c.change != nil {
		c.change(r)
	}
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	record := lastRefusal(t, srv)
	if id := answer.Header.Get("X-Amzn-Requestid"); id != record.RequestID {
		t.Fatalf("the answer of %s is not that of the last record, %s: %d %s", id, record.RequestID, answer.StatusCode, raw)
	}
	return record, string(raw)
}

const whoAmI = "Action=GetCallerIdentity&Version=2011-06-15"

// Each request that is refused before it is decided has a record that says what was
// compared, and what to look at.
func TestRefusalsAreRecorded(t *testing.T) {
	t.Parallel()
	root := sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	for _, c := range []struct {
		name     string
		call     refusedCall
		code     string
		stage    string
		sentence string
		compared string // what, want and got of the first
		check    string
	}{
		{"a wrong secret", refusedCall{service: "sts", body: whoAmI, key: sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "wrong"}},
			"SignatureDoesNotMatch", "signature", "not the one that the secret", "the signature of access key test", "--debug-signatures"},
		{"no signature", refusedCall{body: whoAmI, unsigned: true}, "MissingAuthenticationToken", "signature", "has no signature",
			"signature a header Authorization", "understudy env"},
		{"another scheme", refusedCall{body: whoAmI, unsigned: true, header: http.Header{"Authorization": {"Basic eHl6"}}},
			"MissingAuthenticationToken", "signature", "another scheme", "scheme of Authorization", "a proxy or an HTTP client"},
		{"an old signature", refusedCall{service: "sts", body: whoAmI, key: root, late: -time.Hour}, "SignatureDoesNotMatch", "signature",
			"too far from the server's", "the time at which", "clock of the machine"},
		{"a signature of the future", refusedCall{service: "sts", body: whoAmI, key: root, late: time.Hour}, "SignatureDoesNotMatch",
			"signature", "too far from the server's", "in the future", "clock of the machine"},
		{"the scope of another service", refusedCall{service: "s3", body: whoAmI, key: root}, "SignatureDoesNotMatch", "signature",
			"credential scope", "service of the credential scope sts s3", "Sign for the service"},
		{"an unknown key", refusedCall{
			service: "sts", body: whoAmI, key: sigv4.Credentials{AccessKeyID: "AKIANOBODY", SecretAccessKey: "x"},
		},
			"InvalidClientTokenId", "key", "No active access key", "access key ID AKIANOBODY", "aws configure list"},
		{"a temporary key without a token", refusedCall{
			service: "sts", body: whoAmI, key: sigv4.Credentials{AccessKeyID: "ASIANOBODY", SecretAccessKey: "x"},
		},
			"InvalidClientTokenId", "key", "no session token", "access key ID ASIANOBODY", "AWS_SESSION_TOKEN"},
		{"a key with a token of nobody", refusedCall{
			service: "sts", body: whoAmI, key: sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test", SessionToken: "no-token"},
		},
			"InvalidClientTokenId", "key", "not credentials that this server has issued", "access key ID test",
			"unset AWS_SESSION_TOKEN"},
		{"an unknown operation", refusedCall{service: "sts", body: "Action=GetSomething&Version=2011-06-15", key: root}, "InvalidAction",
			"operation", "no such operation", "GetSomething", "2010-05-08"},
		{"wrong parameters", refusedCall{service: "iam", body: "Action=CreateUser&Version=2010-05-08&UserName=a%20b", key: root},
			"ValidationError", "parameters", "no policy was asked", "userName", "that the message names"},
		{"a form of another service", refusedCall{service: "sqs", body: "Action=ListQueues&Version=2012-11-05", key: root},
			"NotImplemented", "service", "does not serve", "iam or sts sqs", "AWS_ENDPOINT_URL_SQS"},
		{"JSON of another service", refusedCall{service: "dynamodb", body: "{}", key: root,
			header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {"DynamoDB_20120810.ListTables"}}},
			"NotImplemented", "service", "does not serve", "iam or sts dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"},
		{"a path of another service", refusedCall{
			service: "s3", url: "/bucket/key", body: "x", key: root, header: http.Header{"Content-Type": {"text/plain"}},
		},
			"NotImplemented", "service", "does not serve", "iam or sts s3", "AWS_ENDPOINT_URL_S3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := iamtest.Start(t)
			r, answer := c.call.send(t, srv)
			if !strings.Contains(answer, c.code) || r.Error == nil || r.Error.Code != c.code {
				t.Errorf("the answer is %s, the record's error %+v; want %s", answer, r.Error, c.code)
			}
			got := r.Refusal
			if r.Verdict != "refused" || r.Allowed || len(r.Checks) != 0 || got.Stage != c.stage ||
				!strings.Contains(got.Sentence, c.sentence) {
				t.Errorf("verdict %s, refusal %+v; want stage %s and %q", r.Verdict, got, c.stage, c.sentence)
			}
			if len(got.Compared) == 0 || !strings.Contains(got.Compared[0].What+" "+got.Compared[0].Want+" "+
				got.Compared[0].Got, c.compared) {
				t.Errorf("compared %+v; want %q", got.Compared, c.compared)
			}
			if !strings.Contains(strings.Join(got.Check, "\n"), c.check) {
				t.Errorf("check %q; want %q", got.Check, c.check)
			}
			goldenRefusal(t, c.name, decisions.Printer{}.Record(r))
			if strings.Contains(decisions.Printer{}.Record(r), "LEFT-OUT") != (c.call.key.SessionToken != "" &&
				got.CanonicalRequest != "") {
				t.Errorf("printed as\n%s", decisions.Printer{}.Record(r))
			}
		})
	}
}

// varying are what differs from run to run in a printed record, with what stands in
// its place in a golden file.
var varying = []struct {
	pattern *regexp.Regexp
	shown   string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "00000000-0000-4000-8000-000000000000"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`), "2026-03-01T12:00:00.000Z"},
	{regexp.MustCompile(`\d{8}T\d{6}Z`), "20260301T120000Z"},
	{regexp.MustCompile(`\b20\d{6}/us-east-1`), "20260301/us-east-1"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:4260"},
	{regexp.MustCompile(`\b(1h0m|59m)\d+s`), "1h0m0s"},
	{regexp.MustCompile(`\n[0-9a-f]{64}`), "\n" + strings.Repeat("0", 64)},
	{regexp.MustCompile(`    [0-9a-f]{64}\n`), "    " + strings.Repeat("0", 64) + "\n"},
}

var updateRefusals = flag.Bool("update-refusals", false, "rewrite testdata/refusals")

// goldenRefusal compares a printed record with its file.
func goldenRefusal(t *testing.T, name, text string) {
	t.Helper()
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.shown)
	}
	file := filepath.Join("testdata", "refusals", strings.ReplaceAll(name, " ", "-")+".txt")
	if *updateRefusals {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got); -update-refusals rewrites it:\n%s", file, diff)
	}
}

// The answer to a call of another service is one sentence, in the form that its
// clients read, and the record names its operation.
func TestCallsOfServicesThatAreNotServed(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	root := sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	target := http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {"DynamoDB_20120810.ListTables"}}
	for _, c := range []struct {
		call               refusedCall
		service, operation string
		begins             string
	}{
		{refusedCall{service: "dynamodb", body: "{}", key: root, header: target}, "dynamodb", "ListTables",
			`{"__type":"NotImplemented","message":"Understudy serves IAM, STS and policy checks, and this is a call to dynamodb (ListTables): `},
		{refusedCall{body: "{}", unsigned: true, header: target}, "dynamodb", "ListTables", `{"__type"`},
		{refusedCall{
			service: "s3", url: "/bucket/key?versionId=secret", body: "x", key: root, header: http.Header{"Content-Type": {"text/plain"}},
		}, "s3", "POST /bucket/key", xml.Header + "<Error><Code>NotImplemented</Code><Message>Understudy serves"},
		{refusedCall{
			service: "lambda", url: "/2015-03-31/functions", body: "x", key: root, header: http.Header{"Content-Type": {"text/plain"}},
		}, "lambda", "CreateFunction", `{"__type"`},
		{refusedCall{service: "cloudwatch", url: "/service/GraniteServiceVersion20100801/operation/ListMetrics", body: "x", key: root,
			header: http.Header{"Smithy-Protocol": {"rpc-v2-cbor"}, "Content-Type": {"application/cbor"}}}, "cloudwatch", "ListMetrics",
			"\xa2f__type"},
		{refusedCall{service: "sqs", body: "Action=ListQueues&Version=2012-11-05", key: root}, "sqs", "ListQueues",
			xml.Header + "<ErrorResponse"},
		{refusedCall{
			service: strings.Repeat("s", 500), url: "/" + strings.Repeat("p", 500), key: root,
			header: http.Header{"Content-Type": {"text/plain"}},
		}, strings.Repeat("s", 128) + "...", "POST /" + strings.Repeat("p", 122) + "...", `{"__type"`},
	} {
		r, answer := c.call.send(t, srv)
		if r.Service != c.service || r.Operation != c.operation || r.Refusal.Stage != "service" {
			t.Errorf("recorded as %s:%s at %s; want %s:%s", r.Service, r.Operation, r.Refusal.Stage, c.service, c.operation)
		}
		if !strings.HasPrefix(answer, c.begins) || !strings.Contains(answer, "AWS_ENDPOINT_URL_IAM") || strings.Contains(answer, "secret") {
			t.Errorf("%s is answered %s", c.service, answer)
		}
	}
}

// With the flag the record says which single change would have matched, or that none
// would; without it nothing is said.
func TestSignaturesAreDiagnosed(t *testing.T) {
	t.Parallel()
	for _, flag := range []bool{false, true} {
		srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.DebugSignatures = flag }))
		w := &world{Client: srv.IAM(), t: t, srv: srv, ctx: context.Background()}
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
		one := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ana")}))(t).AccessKey
		two := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ana")}))(t).AccessKey
		for secret, want := range map[string]string{
			"test":               "it was signed with the default secret of the server",
			*two.SecretAccessKey: "it was signed with the secret of access key " + *two.AccessKeyId + ", another active key of the user",
			"nobody's":           "none: no single change",
		} {
			call := refusedCall{
				service: "sts", body: whoAmI, key: sigv4.Credentials{AccessKeyID: *one.AccessKeyId, SecretAccessKey: secret},
			}
			r, _ := call.send(t, srv)
			if got := r.Refusal.Change; flag && !strings.HasPrefix(got, want) || !flag && got != "" {
				t.Errorf("flag %v: %q; want %q", flag, got, want)
			}
			if r.Principal.ARN != "arn:aws:iam::000000000000:user/ana" || r.Refusal.CanonicalRequest == "" || r.Refusal.StringToSign == "" {
				t.Errorf("flag %v: %+v of %+v", flag, r.Refusal, r.Principal)
			}
			raw, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, hidden := range []string{*one.SecretAccessKey, *two.SecretAccessKey, "nobody's"} {
				if strings.Contains(string(raw)+decisions.Printer{Context: true}.Record(r), hidden) {
					t.Errorf("flag %v: a record has a secret", flag)
				}
			}
		}
	}
}

// A wrong signature over a query and a session token shows neither the parameters nor
// the token.
func TestRefusalsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	session := testkit.Must(srv.STS().GetSessionToken(context.Background(), nil))(t).Credentials
	call := refusedCall{
		service: "iam", url: "/?Action=ChangePassword&Version=2010-05-08&OldPassword=hunter1&NewPassword=hunter2",
		header: http.Header{"Cookie": {"hunter3"}},
		key: sigv4.Credentials{AccessKeyID: *session.AccessKeyId, SecretAccessKey: "wrong-" + *session.SecretAccessKey,
			SessionToken: *session.SessionToken},
	}
	r, _ := call.send(t, srv)
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw) + decisions.Printer{Context: true}.Record(r) + decisions.Printer{}.Summary(r)
	if !strings.Contains(text, "LEFT-OUT") {
		t.Errorf("no canonical request in %s", text)
	}
	echo := refusedCall{
		unsigned: true,
		body:     "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::000000000000:role/audit&RoleSessionName=s&WebIdentityToken=hunter4" + strings.Repeat("x", 20_000),
	}
	r, answer := echo.send(t, srv)
	if !strings.Contains(answer, "hunter4") || r.Refusal.Stage != "parameters" {
		t.Errorf("AWS's answer repeats the value: %.200s", answer)
	}
	raw, err = json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	text += string(raw) + decisions.Printer{Context: true}.Record(r)
	for name, hidden := range map[string]string{
		"password": "hunter", "session token": *session.SessionToken, "secret": *session.SecretAccessKey,
	} {
		if strings.Contains(text, hidden) {
			t.Errorf("a record has the %s", name)
		}
	}
}

// Refused calls are listed and followed beside the decided ones, and found by who
// they claim to be from.
func TestRefusalsAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ana", "")
	key := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ana")}))(t).AccessKey
	key.SecretAccessKey = aws.String("wrong")
	err := testkit.Refused(w.with(key).GetUser(w.ctx, &iam.GetUserInput{}))
	for query, want := range map[string][]string{
		"principal=ana":                                {"GetUser refused"},
		"decision=refused":                             {"GetUser refused"},
		"decision=denied,refused&limit=1":              {"GetUser refused"},
		"decision=denied":                              {},
		"decision=allowed,denied&principal=ana":        {},
		"principal=ana&action=iam:GetUser&limit=5":     {"GetUser refused"},
		"decision=would-be-denied,faulted&limit=5":     {},
		"principal=arn:aws:iam::000000000000:user/ana": {"GetUser refused"},
	} {
		if diff := cmp.Diff(want, listed(t, w.srv, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	if status, _ := manage(t, w.srv, "GET", "decisions?decision=denied,maybe", nil, nil); status != http.StatusBadRequest {
		t.Errorf("an unknown outcome is answered %d", status)
	}
	d := w.srv.WhyDenied(err)
	if d.Denied() || d.Record == nil || !strings.Contains(d.String(), "refused before it was decided") ||
		!strings.Contains(d.String(), "What to check") {
		t.Errorf("why: %s", d)
	}
	if list := w.srv.Decisions(events.Filter{Principal: "ana"}); len(list) != 0 {
		t.Errorf("refused calls are among the decisions: %+v", list)
	}
}
