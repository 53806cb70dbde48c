package conformance_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/server"
)

// manage sends a management request and decodes the answer into out, unless that
// is nil. It returns the status and the body.
func manage(t *testing.T, srv *iamtest.Server, method, path string, in, out any) (int, string) {
	t.Helper()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, srv.URL+management.Path+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			t.Fatalf("%s %s: %s: %v", method, path, raw, err)
		}
	}
	return answer.StatusCode, string(raw)
}

// listed are the operations and verdicts of the decisions that the query finds.
func listed(t *testing.T, srv *iamtest.Server, query string) []string {
	t.Helper()
	var out struct{ Decisions []decisions.Record }
	if status, body := manage(t, srv, "GET", "decisions?"+query, nil, &out); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	list := []string{}
	for _, r := range out.Decisions {
		list = append(list, r.Operation+" "+r.Verdict)
	}
	return list
}

func TestWhyACallWasDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana := w.user("ana", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"},
  {"Sid":"Keep","Effect":"Deny","Action":"iam:DeleteUser","Resource":"*"}]}`)
	err := testkit.Refused(ana.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: aws.String("ana")}))
	r, why := w.srv.Why(err)
	if why != nil {
		t.Fatal(why)
	}
	c := r.Checks[0]
	want := []advice.Advice{{Kind: advice.LeaveDenied, Steps: []advice.Step{{
		Kind: advice.LeaveDenied, Layer: "identity",
		Sentence: "This denial is the point of statement Keep of inline policy own of user ana: it denies iam:DeleteUser on *, without a condition.",
	}}}}
	if diff := cmp.Diff(want, c.Advice); diff != "" {
		t.Errorf("advice (-want +got):\n%s", diff)
	}
	if r.Principal.ARN != "arn:aws:iam::000000000000:user/ana" || r.Verdict != "denied" || r.Error == nil ||
		!strings.HasSuffix(err.Error(), r.Error.Message) {
		t.Errorf("record %+v of %v", r, err)
	}
	if c.Action != "iam:DeleteUser" || c.Resource != "arn:aws:iam::000000000000:user/ana" || c.Decision != "explicitDeny" ||
		c.DeniedBy != "identity" {
		t.Errorf("check %+v", c)
	}
}

func TestDecisionsAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana := w.user("ana", allow("iam:GetUser"))
	testkit.Must(ana.GetUser(w.ctx, &iam.GetUserInput{}))(t)
	_ = testkit.Refused(ana.ListUsers(w.ctx, &iam.ListUsersInput{}))
	for query, want := range map[string][]string{
		"principal=ana":                              {"ListUsers denied", "GetUser allowed"},
		"principal=ana&limit=1":                      {"ListUsers denied"},
		"decision=denied":                            {"ListUsers denied"},
		"action=iam:get*":                            {"GetUser allowed"},
		"principal=arn:aws:iam::*:user/ana&since=1h": {"ListUsers denied", "GetUser allowed"},
		"principal=ana&since=2100-01-01T00:00:00Z":   {},
		"principal=arn:aws:iam::000000000000:root&action=iam:CreateUser": {"CreateUser allowed"},
	} {
		if diff := cmp.Diff(want, listed(t, w.srv, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	for _, query := range []string{"decision=maybe", "since=yesterday", "limit=0", "limit=x", "who=ana"} {
		if status, _ := manage(t, w.srv, "GET", "decisions?"+query, nil, nil); status != http.StatusBadRequest {
			t.Errorf("%s is answered %d", query, status)
		}
	}
	if status, body := manage(t, w.srv, "GET", "decisions/nothing", nil, nil); status != http.StatusNotFound ||
		!strings.Contains(body, "nothing") {
		t.Errorf("an unknown request: %d %s", status, body)
	}
}

// The stream has an event for each decision that the filter admits, in order.
func TestDecisionsAreStreamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana := w.user("ana", allow("iam:GetUser"))
	answer, err := testkit.HTTP.Get(w.srv.URL + management.Path + "decisions/stream?principal=ana")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	in := bufio.NewReader(answer.Body)
	next := func() string {
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				var r decisions.Record
				if err := json.Unmarshal([]byte(data), &r); err != nil {
					t.Fatal(err)
				}
				return r.Operation + " " + r.Verdict
			}
		}
	}
	if first, err := in.ReadString('\n'); err != nil || first != ": decisions follow\n" {
		t.Fatalf("the stream begins with %q, %v", first, err)
	}
	testkit.Must(w.ListUsers(w.ctx, &iam.ListUsersInput{}))(t) // root's, which the filter leaves out
	testkit.Must(ana.GetUser(w.ctx, &iam.GetUserInput{}))(t)
	_ = testkit.Refused(ana.ListUsers(w.ctx, &iam.ListUsersInput{}))
	if got := []string{next(), next()}; got[0] != "GetUser allowed" || got[1] != "ListUsers denied" {
		t.Errorf("events %v", got)
	}
}

// Who follows the decisions does not keep the server from stopping.
func TestStoppingEndsStreams(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	answer, err := testkit.HTTP.Get(srv.URL + management.Path + "decisions/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	begun := time.Now()
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	// What is still to be written after half a second is cut.
	if _, err := io.ReadAll(answer.Body); err != nil && time.Since(begun) < time.Second/2 {
		t.Errorf("the stream did not end in order: %v", err)
	}
}

// No record holds a secret: not of keys, tokens, passwords or session policies'
// callers. The calls of this test carry or make all of them.
func TestSecretsAreInNoRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
	testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: aws.String("ana"), PolicyName: aws.String("p"),
		PolicyDocument: aws.String(allow("*"))}))(t)
	key := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ana")}))(t).AccessKey
	testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`)}))(t)
	session := testkit.Must(sts.NewFromConfig(w.config(key)).AssumeRole(w.ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::000000000000:role/r"), RoleSessionName: aws.String("s1"),
	}))(t).Credentials
	role := iam.NewFromConfig(w.srv.ConfigFor(aws.Credentials{
		AccessKeyID: *session.AccessKeyId, SecretAccessKey: *session.SecretAccessKey, SessionToken: *session.SessionToken,
	}))
	_ = testkit.Refused(role.CreateLoginProfile(w.ctx,
		&iam.CreateLoginProfileInput{UserName: aws.String("ana"), Password: aws.String("Pass-word-47-secret")}))
	_ = testkit.Refused(w.CreateLoginProfile(w.ctx,
		&iam.CreateLoginProfileInput{UserName: aws.String("ana"), Password: aws.String("Pass-word-47-secret")}))
	status, body := manage(t, w.srv, "POST", "authorize", map[string]any{
		"credentials": map[string]string{"accessKeyId": *key.AccessKeyId, "secretAccessKey": *key.SecretAccessKey},
		"action":      "s3:GetObject",
	}, nil)
	if status != http.StatusOK {
		t.Fatalf("authorize: %d %s", status, body)
	}
	_, records := manage(t, w.srv, "GET", "decisions?limit=1000", nil, nil)
	if !strings.Contains(records, "assumed-role/r/s1") || !strings.Contains(records, "CreateAccessKey") ||
		!strings.Contains(records, "s3:GetObject") {
		t.Fatalf("the calls are not in the records: %s", records)
	}
	for name, secret := range map[string]string{
		"the user's secret key": *key.SecretAccessKey, "the session's secret key": *session.SecretAccessKey,
		"the session token": *session.SessionToken, "the password": "Pass-word-47-secret",
	} {
		if strings.Contains(records, secret) || strings.Contains(body, secret) {
			t.Errorf("a record holds %s", name)
		}
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Enforcement = authz.Log }))
	w := &world{Client: srv.IAM(), t: t, srv: srv, ctx: context.Background()}
	ana := w.user("ana", "")
	call := func() error { return testkit.Refused(ana.ListUsers(w.ctx, &iam.ListUsersInput{})) }
	if err := call(); err != nil {
		t.Errorf("log: %v", err)
	}
	if diff := cmp.Diff([]string{"ListUsers would-be-denied"}, listed(t, srv, "principal=ana")); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	var mode struct{ Mode string }
	for _, step := range []struct {
		mode   string
		denied bool
		kept   int
	}{{"off", false, 1}, {"on", true, 2}, {"log", false, 3}} {
		if status, body := manage(t, srv, "PUT", "enforcement", map[string]string{"mode": step.mode}, &mode); status != http.StatusOK ||
			mode.Mode != step.mode {
			t.Errorf("%s: %d %s", step.mode, status, body)
		}
		if err := call(); (err != nil) != step.denied {
			t.Errorf("%s: %v", step.mode, err)
		}
		if got := listed(t, srv, "principal=ana"); len(got) != step.kept {
			t.Errorf("%s: records %v", step.mode, got)
		}
		var health struct{ Enforcement string }
		manage(t, srv, "GET", "health", nil, &health)
		manage(t, srv, "GET", "enforcement", nil, &mode)
		if health.Enforcement != step.mode || mode.Mode != step.mode {
			t.Errorf("%s is shown as %s and %s", step.mode, health.Enforcement, mode.Mode)
		}
	}
	if status, _ := manage(t, srv, "PUT", "enforcement", map[string]string{"mode": "maybe"}, nil); status != http.StatusBadRequest {
		t.Errorf("an unknown mode is answered %d", status)
	}
}

func TestNoDecisionsAreKept(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Events = -1 }))
	testkit.Must(srv.IAM().ListUsers(context.Background(), &iam.ListUsersInput{}))(t)
	for _, path := range []string{"decisions", "decisions/x", "decisions/stream"} {
		if status, body := manage(t, srv, "GET", path, nil, nil); status != http.StatusNotFound || !strings.Contains(body, "--events") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

// A change counts with the next call, whichever layer it is in.
func TestChangesTakeEffectWithTheNextCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana := w.user("ana", allow("iam:GetUser"))
	call := func() error { return testkit.Refused(ana.GetUser(w.ctx, &iam.GetUserInput{})) }
	for i := range 5 {
		if err := call(); err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		testkit.Must(w.PutUserPermissionsBoundary(w.ctx, &iam.PutUserPermissionsBoundaryInput{
			UserName: aws.String("ana"), PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/AmazonS3FullAccess"),
		}))(t)
		if err := call(); err == nil {
			t.Fatalf("round %d: the boundary does not count", i)
		}
		testkit.Must(w.DeleteUserPermissionsBoundary(w.ctx, &iam.DeleteUserPermissionsBoundaryInput{UserName: aws.String("ana")}))(t)
	}
}
