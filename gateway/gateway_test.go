package gateway_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
)

// A call that is allowed is sent on, one that is denied is not, and each has its
// record.
func TestCallsAreDecided(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-Requestid", "the upstream's")
		w.Header().Set("X-Understudy-Fault", "forged")
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte("answer"))
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana",
		`[{"Effect":"Allow","Action":["dynamodb:ListTables","s3:PutObject","sns:ListTopics","lambda:ListFunctions"],"Resource":"*"}]`)
	for name, c := range map[string]struct {
		allowed, denied request
		action          string
	}{
		"JSON": {dynamoDB("ListTables", "{}"), dynamoDB("ListBackups", "{}"), "dynamodb:ListTables"},
		"S3":   {s3(http.MethodPut, "/bucket/key", "body"), s3(http.MethodDelete, "/bucket/key", ""), "s3:PutObject"},
		"the query": {
			form("sns", "Action=ListTopics&Version=2010-03-31"), form("sns", "Action=ListPlatformApplications&Version=2010-03-31"),
			"sns:ListTopics",
		},
		"REST in JSON": {
			request{service: "lambda", method: "GET", target: "/2015-03-31/functions/"},
			request{service: "lambda", method: "GET", target: "/2018-10-31/layers"}, "lambda:ListFunctions",
		},
	} {
		c.allowed.key, c.denied.key = ana, ana
		res, body := c.allowed.send(t, srv)
		if res.StatusCode != http.StatusAccepted || body != "answer" {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
		id := res.Header.Get("X-Amzn-Requestid")
		if res.Header.Get("X-Understudy-Upstream-Request-Id") != "the upstream's" || res.Header.Get("X-Understudy-Fault") != "" {
			t.Errorf("%s: answered with %v", name, res.Header)
		}
		record, err := srv.Decision(id)
		if err != nil || record.Verdict != "allowed" || record.Checks[0].Action != c.action {
			t.Errorf("%s: recorded %+v, %v", name, record, err)
		}
		if got := up.took(); len(got) != 1 || got[0].Method != c.allowed.make(t, "").Method || got[0].Body != c.allowed.body {
			t.Errorf("%s: the upstream got %+v", name, got)
		}
		res, body = c.denied.send(t, srv)
		record, err = srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || record.Verdict != "denied" || !strings.Contains(body, "not authorized to perform: ") {
			t.Errorf("%s: a call that is denied is answered %s, recorded %+v, %v", name, body, record, err)
		}
		if got := up.took(); got != nil {
			t.Errorf("%s: a call that is denied was sent on: %+v", name, got)
		}
	}
}

// In the mode log a call that would be denied is sent on.
func TestModeLog(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithEnforcement("log"))
	q := dynamoDB("ListTables", "{}")
	q.key = user(t, srv, "ana", "")
	res, _ := q.send(t, srv)
	record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
	if err != nil || record.Verdict != "would-be-denied" || res.StatusCode != 200 || len(up.took()) != 1 {
		t.Errorf("answered %d, recorded %+v, %v", res.StatusCode, record, err)
	}
}

// The upstream sees the account as the key, and nothing that is a secret here or a
// header of this server.
func TestWhatTheUpstreamSees(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	for name, c := range map[string]struct {
		options []iamtest.Option
		key     string // in the credential
		moto    string
	}{
		"account":         {nil, "000000000000", "000000000000"},
		"another account": {[]iamtest.Option{iamtest.WithUpstreamAccount("123456789012")}, "123456789012", "123456789012"},
		"a key":           {[]iamtest.Option{iamtest.WithUpstreamCredentials("EMULATOR1:secret")}, "EMULATOR1", ""},
		"strip":           {[]iamtest.Option{iamtest.WithUpstreamCredentials("strip")}, "", ""},
		"keep":            {[]iamtest.Option{iamtest.WithUpstreamCredentials("keep")}, "test", ""},
	} {
		srv := iamtest.Start(t, append(c.options, iamtest.WithUpstream(up.URL))...)
		q := s3(http.MethodGet, "/bucket?list-type=2&prefix=a%2Fb", "")
		q.header = http.Header{"X-Understudy-Fault": {"x"}, "X-Moto-Account-Id": {"999999999999"}, "X-Amz-Meta-Own": {"y"}}
		if name == "another account" {
			q.key = sigv4.Credentials{AccessKeyID: "123456789012", SecretAccessKey: "test"}
		}
		if res, body := q.send(t, srv); res.StatusCode != 200 {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
			continue
		}
		got := up.took()[0]
		_, credential, _ := strings.Cut(got.Header.Get("Authorization"), "Credential=")
		key, _, _ := strings.Cut(credential, "/")
		if key != c.key || got.Header.Get("X-Moto-Account-Id") != c.moto || got.Header.Get("X-Understudy-Fault") != "" ||
			got.Header.Get("X-Amz-Meta-Own") != "y" {
			t.Errorf("%s: the upstream got %v", name, got.Header)
		}
		if got.Target != "/bucket?list-type=2&prefix=a%2Fb" || got.Host != strings.TrimPrefix(srv.URL, "http://") {
			t.Errorf("%s: the upstream got %s for %s", name, got.Target, got.Host)
		}
	}
}

// A bucket can be in the host; the upstream gets it in the path, and a host in which
// it can find none.
func TestBucketsInTheHost(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), allowExample())
	own := " " + strings.TrimPrefix(up.URL, "http://")
	for host, want := range map[string]string{
		"bucket.localhost":                      "/bucket/a//b%2Fc localhost",
		"my.bucket.localhost":                   "/my.bucket/a//b%2Fc localhost",
		"bucket.s3.localhost":                   "/bucket/a//b%2Fc" + own,
		"bucket.s3.eu-west-1.localhost":         "/bucket/a//b%2Fc" + own,
		"my.bucket.s3.us-east-1.localhost:4260": "/my.bucket/a//b%2Fc" + own,
		"bucket.s3.amazonaws.com":               "/bucket/a//b%2Fc" + own,
		"private.example.com":                   "/a//b%2Fc" + own, // where moto finds a bucket
		"localhost":                             "/a//b%2Fc localhost",
		"s3.localhost":                          "/a//b%2Fc" + own,
		"s3.eu-west-1.localhost":                "/a//b%2Fc" + own,
	} {
		q := s3(http.MethodGet, "/a//b%2Fc", "")
		q.host = host
		res, body := q.send(t, srv)
		got := up.took()
		if res.StatusCode != 200 || len(got) != 1 || got[0].Target+" "+got[0].Host != want {
			t.Errorf("%s: answered %d %s, the upstream got %+v", host, res.StatusCode, body, got)
		}
	}
}

// Each upstream gets the calls of its services, by any name of these.
func TestUpstreamsByService(t *testing.T) {
	t.Parallel()
	one, two, rest := newUpstream(t, nil), newUpstream(t, nil), newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream("s3,sns="+one.URL), iamtest.WithUpstream("dynamodbstreams="+two.URL),
		iamtest.WithUpstream(rest.URL))
	streams := dynamoDB("ListStreams", "{}")
	streams.header["X-Amz-Target"] = []string{"DynamoDBStreams_20120810.ListStreams"}
	for _, q := range []request{
		s3(http.MethodGet, "/", ""), form("sns", "Action=ListTopics&Version=2010-03-31"), streams, dynamoDB("ListTables", "{}"),
	} {
		if res, body := q.send(t, srv); res.StatusCode != 200 {
			t.Errorf("answered %d %s", res.StatusCode, body)
		}
	}
	if got := []int{len(one.took()), len(two.took()), len(rest.took())}; !slices.Equal(got, []int{2, 1, 1}) {
		t.Errorf("the upstreams got %v calls", got)
	}
}

// A call that no upstream serves is answered in the form of its service, with a
// sentence that says what to do.
func TestCallsThatNobodyServes(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	for name, c := range map[string]struct {
		options []iamtest.Option
		want    string
	}{
		"no upstream":      {nil, "start it with --upstream URL"},
		"another upstream": {[]iamtest.Option{iamtest.WithUpstream("s3=" + up.URL)}, "--upstream dynamodb=URL"},
	} {
		srv := iamtest.Start(t, c.options...)
		q := dynamoDB("ListTables", "{}")
		res, body := q.send(t, srv)
		if res.StatusCode != http.StatusNotImplemented || !strings.Contains(body, `{"__type":"NotImplemented","message":`) ||
			!strings.Contains(body, c.want) {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
		record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || record.Verdict != "refused" || record.Refusal.Stage != "service" || record.Service != "dynamodb" ||
			record.Operation != "ListTables" {
			t.Errorf("%s: recorded %+v, %v", name, record, err)
		}
	}
}

// An operation that is not known is denied, or decided by its name.
func TestUnknownOperations(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	q := dynamoDB("MakeCoffee", "{}")
	strict := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	res, body := q.send(t, strict)
	if res.StatusCode != 400 || !strings.Contains(body, "AccessDeniedException") || !strings.Contains(body, "--gateway=lenient") ||
		up.took() != nil {
		t.Errorf("strict: answered %d %s", res.StatusCode, body)
	}
	lenient := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithGateway("lenient"))
	if res, body = q.send(t, lenient); res.StatusCode != 200 || len(up.took()) != 1 {
		t.Errorf("lenient: answered %d %s", res.StatusCode, body)
	}
	q.key = user(t, lenient, "ana", `[{"Effect":"Allow","Action":"dynamodb:Get*","Resource":"*"}]`)
	if res, body = q.send(t, lenient); res.StatusCode != 400 || !strings.Contains(body, "dynamodb:MakeCoffee on resource: *") ||
		up.took() != nil {
		t.Errorf("lenient, without a policy: answered %d %s", res.StatusCode, body)
	}
}

// Calls count as uses of the key and of the actions that they need.
func TestLastUse(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	client := srv.IAM()
	_, err := client.CreateUser(t.Context(), createUser("ana"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := client.CreateAccessKey(t.Context(), createKey("ana"))
	if err != nil {
		t.Fatal(err)
	}
	q := s3(http.MethodGet, "/", "")
	q.key = sigv4.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}
	q.send(t, srv)
	used, err := client.GetAccessKeyLastUsed(t.Context(), lastUsed(q.key.AccessKeyID))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("s3", *used.AccessKeyLastUsed.ServiceName); diff != "" {
		t.Errorf("the key was last used at (-want +got):\n%s", diff)
	}
}
