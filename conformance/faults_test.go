package conformance_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/events"
	trouble "github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
)

// retrying is a client of the root user with the SDK's standard retries, which do
// not wait.
func (w *world) retrying(attempts int) *iam.Client {
	config := w.srv.Config(w.ctx)
	config.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = attempts
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	return iam.NewFromConfig(config)
}

func TestTheSDKsRetriesRecover(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rule trouble.Rule
	}{
		{"from throttling", trouble.Rule{Kind: trouble.Throttle}},
		{"from an internal failure", trouble.Rule{Kind: trouble.Error}},
		{"from an unavailable service", trouble.Rule{Kind: trouble.Error, Code: "ServiceUnavailable"}},
		{"from a dropped connection", trouble.Rule{Kind: trouble.Drop}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.t = t
			c.rule.Operation, c.rule.Count = "iam:CreateUser", 2
			id := w.srv.Faults.Add(c.rule)
			testkit.Must(w.retrying(3).CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
			if hits, seen := w.srv.Faults.Hits(id), w.srv.Faults.List()[0].Seen; hits != 2 || seen != 3 {
				t.Errorf("%d of %d attempts got into trouble; want 2 of 3", hits, seen)
			}
			w.srv.Faults.Remove(id)
			id = w.srv.Faults.Add(trouble.Rule{Kind: c.rule.Kind, Code: c.rule.Code, Operation: "iam:Get*"})
			if _, err := w.retrying(4).GetUser(w.ctx, &iam.GetUserInput{UserName: aws.String("ana")}); err == nil {
				t.Error("a trouble without end ended")
			}
			if hits := w.srv.Faults.Hits(id); hits != 4 {
				t.Errorf("a client of 4 attempts made %d", hits)
			}
		})
	}
}

func TestErrorsAsTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := w.srv.As(w.roleNamed("deploy")).IAM()
	list := func(c *iam.Client) error { return testkit.Refused(c.ListUsers(w.ctx, nil)) }
	for _, c := range []struct {
		name          string
		rule          trouble.Rule
		client        *iam.Client
		code, message string
		status        int
	}{
		{"throttled", trouble.Rule{Kind: trouble.Throttle}, w.Client, "Throttling", "Rate exceeded", 400},
		{"expired", trouble.Rule{Kind: trouble.Expire}, session, "ExpiredToken",
			"The security token included in the request is expired", 403},
		{"an error of IAM, with the model's status", trouble.Rule{Kind: trouble.Error, Code: "NoSuchEntity", Message: "no"}, w.Client,
			"NoSuchEntity", "no", 404},
		{"any error", trouble.Rule{Kind: trouble.Error, Code: "Teapot", Message: "short and stout", Status: 418}, w.Client, "Teapot",
			"short and stout", 418},
	} {
		w.srv.Faults.Clear()
		w.srv.Faults.Add(c.rule)
		err := list(c.client)
		testkit.WantError(t, err, c.code, c.message)
		var response interface{ HTTPStatusCode() int }
		if !errors.As(err, &response) || response.HTTPStatusCode() != c.status {
			t.Errorf("%s: status of %v; want %d", c.name, err, c.status)
		}
		record, why := w.srv.Why(err)
		if why != nil || record.Verdict != "faulted" || record.Allowed || record.Error.Code != c.code || len(record.Faults) != 1 {
			t.Errorf("%s: the decision is %+v, %v", c.name, record, why)
		}
		if d := w.srv.WhyDenied(err); d.Denied() || !strings.Contains(d.String(), "given a fault on purpose: "+record.Faults[0]) {
			t.Errorf("%s: explained as %s", c.name, d)
		}
	}
	w.srv.Faults.Clear()
	w.srv.Faults.Add(trouble.Rule{Kind: trouble.Expire})
	testkit.Must(w.ListUsers(w.ctx, nil))(t) // long-term keys have no token that could expire
	if n := len(w.srv.Decisions(events.Filter{Verdict: "faulted"})); n != 4 {
		t.Errorf("%d decisions are faulted; want 4", n)
	}
}

// roleNamed makes a role that may do everything in IAM, and returns its name.
func (w *world) roleNamed(name string) string {
	w.t.Helper()
	w.roleThat(w.Client, name, "000000000000", allow("iam:*"))
	return name
}

func TestARuleForOnePrincipal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana, bob := w.user("ana", allow("iam:*")), w.user("bob", allow("iam:*"))
	w.srv.Faults.Add(trouble.Rule{Kind: trouble.Throttle, Principal: "arn:aws:iam::*:user/ana"})
	testkit.WantError(t, testkit.Refused(ana.ListUsers(w.ctx, nil)), "Throttling", "Rate exceeded")
	testkit.Must(bob.ListUsers(w.ctx, nil))(t)
	if r := w.srv.Decisions(events.Filter{Principal: "ana", Verdict: "faulted"}); len(r) != 1 ||
		r[0].Principal.ARN != "arn:aws:iam::000000000000:user/ana" {
		t.Errorf("the decisions are %+v", r)
	}
}

// A call that hangs ends with its client, and with the server: stopping does not
// wait for it.
func TestHanging(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.Faults.Add(trouble.Rule{Kind: trouble.Hang, Operation: "iam:ListUsers"})
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := w.ListUsers(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call that hangs ends with %v", err)
	}
	followed := make(chan error, 1)
	begun := w.decided("CreateUser")
	go func() { _, err := w.ListUsers(w.ctx, nil); followed <- err }()
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("other")}))(t) // others are answered meanwhile
	begun()
	if err := w.srv.Stop(); err != nil {
		t.Error(err)
	}
	if err := <-followed; err == nil {
		t.Error("a call that hung was answered when the server stopped")
	}
}

// decided follows the decisions, and returns what waits for one on an operation.
func (w *world) decided(operation string) func() {
	w.t.Helper()
	answer, err := testkit.HTTP.Get(w.srv.URL + management.Path + "decisions/stream")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { answer.Body.Close() })
	return func() {
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if strings.Contains(lines.Text(), `"operation":"`+operation+`"`) {
				return
			}
		}
		w.t.Errorf("no decision on %s came", operation)
	}
}

func TestDelaysHoldTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const delay = 30 * time.Millisecond
	w.srv.Faults.Add(trouble.Rule{Kind: trouble.Delay, Duration: delay, Count: 1})
	begin := time.Now()
	testkit.Must(w.ListUsers(w.ctx, nil))(t)
	if took := time.Since(begin); took < delay {
		t.Errorf("a call that is held for %v took %v", delay, took)
	}
	w.srv.Faults.Clear()
	w.srv.Faults.Add(trouble.Rule{Kind: trouble.Delay, Duration: 10 * time.Minute})
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := w.ListUsers(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call that is held too long ends with %v", err)
	}
}

// Faults are told from defects by a header, and the same seed gives the same ones.
func TestFaultsByChanceAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	sequence := func() string {
		w := newWorld(t)
		w.srv.Faults.Add(trouble.Rule{ID: "chance", Kind: trouble.Throttle, Rate: 0.5, Seed: 42})
		var b strings.Builder
		for range 20 {
			sign := "."
			if w.ListsUsers(t) != "" {
				sign = "x"
			}
			b.WriteString(sign)
		}
		return b.String()
	}
	first := sequence()
	if !strings.Contains(first, "x") || !strings.Contains(first, ".") {
		t.Errorf("at a rate of a half: %s", first)
	}
	if second := sequence(); second != first {
		t.Errorf("the second time: %s; want %s", second, first)
	}
}

// ListsUsers makes a call and returns the header of its answer that names faults.
func (w *world) ListsUsers(t *testing.T) string {
	t.Helper()
	header := ""
	config := w.srv.Config(w.ctx)
	inner := config.HTTPClient
	config.HTTPClient = doing(func(r *http.Request) (*http.Response, error) {
		answer, err := inner.Do(r)
		if err == nil {
			header = answer.Header.Get("X-Understudy-Fault")
		}
		return answer, err
	})
	_, err := iam.NewFromConfig(config).ListUsers(w.ctx, nil)
	if (err != nil) != (header != "") || header != "" && header != "chance throttle" {
		t.Errorf("the header is %q, the error %v", header, err)
	}
	return header
}

type doing func(*http.Request) (*http.Response, error)

func (f doing) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestWhatIsSeenLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.Clock.Freeze()
	anna := w.user("anna", "")
	id := w.srv.Faults.Add(trouble.Rule{Kind: trouble.Lag, Duration: 10 * time.Second})

	key := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: aws.String("anna")}))(t).AccessKey
	other := w.with(key)
	trust := trusting("arn:aws:iam::000000000000:user/anna")
	testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("fresh"), AssumeRolePolicyDocument: &trust}))(t)
	testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: aws.String("anna"), PolicyName: aws.String("own"),
		PolicyDocument: aws.String(allow("*"))}))(t)

	role := "arn:aws:iam::000000000000:role/fresh"
	assume := func() error {
		return testkit.Refused(sts.NewFromConfig(w.srv.As("anna").Config(w.ctx)).AssumeRole(w.ctx,
			&sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("now")}))
	}
	trusted := trusting(role)
	for _, c := range []struct {
		name          string
		call          func() error
		code, message string
	}{
		{"a new key", func() error { return testkit.Refused(sts.NewFromConfig(w.config(key)).GetCallerIdentity(w.ctx, nil)) },
			"InvalidClientTokenId", "The security token included in the request is invalid."},
		{"a new role is not found", func() error {
			return testkit.Refused(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: aws.String("fresh")}))
		},
			"NoSuchEntity", "The role with name fresh cannot be found."},
		{"a new role is not assumed", assume, "AccessDenied",
			"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: sts:AssumeRole on resource: " + role},
		{"a new policy allows nothing", func() error { return testkit.Refused(anna.ListUsers(w.ctx, nil)) }, "AccessDenied",
			"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::000000000000:user/ because no identity-based policy allows the iam:ListUsers action"},
		{"a new role is not a principal", func() error {
			return testkit.Refused(w.CreateRole(w.ctx,
				&iam.CreateRoleInput{RoleName: aws.String("second"), AssumeRolePolicyDocument: &trusted}))
		}, "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"` + role + `"`},
	} {
		err := c.call()
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != c.code || api.ErrorMessage() != c.message {
			t.Errorf("%s: %v; want %s: %s", c.name, err, c.code, c.message)
		}
		if c.name == "a new role is not a principal" { // and ten seconds later everything is seen
			w.srv.Clock.Advance(9999 * time.Millisecond)
			if c.call() == nil {
				t.Errorf("%s: it is one too early", c.name)
			}
		}
	}
	w.srv.Clock.Advance(time.Millisecond)
	testkit.Must(other.ListUsers(w.ctx, nil))(t)
	testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: aws.String("fresh")}))(t)
	testkit.Must(anna.ListUsers(w.ctx, nil))(t)
	if err := assume(); err != nil {
		t.Errorf("assumed later: %v", err)
	}
	testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("second"), AssumeRolePolicyDocument: &trusted}))(t)

	testkit.WantError(t, testkit.Refused(w.CreateRole(w.ctx,
		&iam.CreateRoleInput{RoleName: aws.String("second"), AssumeRolePolicyDocument: &trusted})),
		"EntityAlreadyExists", "Role with name second already exists.") // changes go by the present
	if w.srv.Faults.Hits(id) == 0 {
		t.Error("the rule counts nothing")
	}
	w.srv.Faults.Clear()
	testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: aws.String("second")}))(t) // at once
}

func trusting(arn string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + arn + `"},"Action":"sts:AssumeRole"}}`
}

// A lag for some calls leaves the others in the present; the credentials of a
// session are good at once, as in AWS.
func TestALagOfSomeCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.Clock.Freeze()
	w.srv.Faults.Add(trouble.Rule{Kind: trouble.Lag, Operation: "iam:GetUser", Duration: time.Minute})
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
	get := func() error { return testkit.Refused(w.GetUser(w.ctx, &iam.GetUserInput{UserName: aws.String("ana")})) }
	testkit.WantError(t, get(), "NoSuchEntity", "The user with name ana cannot be found.")
	if users := testkit.Must(w.ListUsers(w.ctx, nil))(t).Users; len(users) != 1 {
		t.Errorf("a call without a lag sees %d users", len(users))
	}
	w.srv.Faults.Clear()

	w.srv.Faults.Add(trouble.Rule{Kind: trouble.Lag, Duration: time.Minute})
	stranger := w.srv.ConfigFor(w.srv.AccountKey("111122223333")) // whose account comes into being now
	out := testkit.Must(sts.NewFromConfig(stranger).GetSessionToken(w.ctx, nil))(t)
	testkit.Must(sts.NewFromConfig(w.session(out.Credentials)).GetCallerIdentity(w.ctx, nil))(t)
}

func TestASettledStateIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.Clock.Freeze()
	w.srv.Faults.Add(trouble.Rule{Kind: trouble.Lag, Duration: time.Minute})
	w.srv.Seed(`accounts: [{id: "000000000000", users: [{name: seeded}]}]`)
	testkit.Must(w.GetUser(w.ctx, &iam.GetUserInput{UserName: aws.String("seeded")}))(t)
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
	if status, answer := w.manageAs("application/json", "POST", "reset", ""); status != 200 {
		t.Fatalf("reset: %d %s", status, answer)
	}
	if users := testkit.Must(w.ListUsers(w.ctx, nil))(t).Users; len(users) != 0 {
		t.Errorf("after a reset there are %d users", len(users))
	}
}

func TestTheRoutesOfFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		says                     string
	}{
		{"none", "GET", "faults", "", 200, `{"faults":[]}`},
		{"one", "POST", "faults", `{"kind":"throttle","operation":"iam:Create*","count":2}`, 201,
			`{"rule":{"id":"f1","kind":"throttle","operation":"iam:Create*","count":2},"seen":0,"hits":0}`},
		{"a second one", "POST", "faults", `{"id":"slow","kind":"delay","duration":"1ms","rate":0.5,"seed":7}`, 201, `"duration":"1ms"`},
		{"one that cannot be meant", "POST", "faults", `{"kind":"explode"}`, 400, `kind \"explode\" is none of`},
		{"one with an unknown member", "POST", "faults", `{"kind":"drop","often":true}`, 400, `unknown field \"often\"`},
		{"one without operations", "POST", "faults", `{"kind":"drop","operation":"s3:*"}`, 400, `fits none that is served`},
		{"both", "GET", "faults", "", 200, `"id":"slow"`},
		{"the end of one", "DELETE", "faults/slow", "", 204, ""},
		{"the end of one that is not there", "DELETE", "faults/slow", "", 404,
			`there is no fault \"slow\"; understudy faults list and GET /_understudy/faults show`},
		{"the end of all", "DELETE", "faults", "", 204, ""},
		{"none is left", "GET", "faults", "", 200, `{"faults":[]}`},
	} {
		status, answer := w.manageAs("application/json", c.method, c.path, c.body)
		if status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s: %d %s; want %d with %s", c.name, status, answer, c.status, c.says)
		}
	}
	if status, _ := w.manageAs("text/plain", "POST", "faults", `{"kind":"drop"}`); status != 400 || len(w.srv.Faults.List()) != 0 {
		t.Errorf("a body that is not said to be JSON: %d", status)
	}
	w.srv.Faults.Add(trouble.Rule{Kind: trouble.Drop})
	var health management.Health
	if status, answer := w.manageAs("", "GET", "health", ""); status != 200 || json.Unmarshal([]byte(answer), &health) != nil {
		t.Errorf("management routes are disturbed: %d %s", status, answer)
	}
}
