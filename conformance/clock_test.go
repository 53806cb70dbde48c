package conformance_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
)

func TestASessionExpiresWithTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.userConfig("anna", "")
	role := w.roleThat(w.Client, "reader", "arn:aws:iam::000000000000:user/anna", allow("iam:*"))
	out := testkit.Must(sts.NewFromConfig(anna).AssumeRole(w.ctx,
		&sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("night")}))(t)
	me := iam.NewFromConfig(w.session(out.Credentials))

	w.srv.Clock.Advance(59 * time.Minute)
	testkit.Must(me.ListUsers(w.ctx, nil))(t)
	w.srv.Clock.Advance(2 * time.Minute)
	testkit.WantError(t, testkit.Refused(me.ListUsers(w.ctx, nil)), "ExpiredToken", "The security token included in the request is expired")
	w.srv.Clock.Reset()
	testkit.Must(me.ListUsers(w.ctx, nil))(t)
}

func TestConditionsAndDatesGoByTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	until := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*",` +
		`"Condition":{"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}}}`
	anna := w.user("anna", until)
	testkit.Must(anna.ListUsers(w.ctx, nil))(t)

	newYear := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	w.srv.Clock.Freeze()
	w.srv.Clock.Set(newYear.Add(-time.Second))
	testkit.Must(anna.ListUsers(w.ctx, nil))(t)
	w.srv.Clock.Advance(time.Second)
	denied := testkit.Refused(anna.ListUsers(w.ctx, nil))
	testkit.WantError(t, denied, "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:ListUsers on resource: "+
			"arn:aws:iam::000000000000:user/ because no identity-based policy allows the iam:ListUsers action")
	if d, err := w.srv.Why(denied); err != nil || !d.Time.Equal(newYear) {
		t.Errorf("the decision is of %v, %v", d, err)
	}

	for _, name := range []string{"berta", "carla"} { // the clock stands still
		u := testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(t).User
		if !u.CreateDate.Equal(newYear) {
			t.Errorf("%s was made at %v; want %v", name, u.CreateDate, newYear)
		}
	}
}

// Signatures are made by the clock of the client's machine, and SDKs correct
// theirs by the Date of answers, so both stay real.
func TestSignaturesGoByTheRealTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, years := range []int{-50, 100} {
		begun := time.Now().Truncate(time.Second)
		w.srv.Clock.Set(begun.AddDate(years, 0, 0))
		out := testkit.Must(w.ListUsers(w.ctx, nil))(t)
		at, ok := awsmiddleware.GetServerTime(out.ResultMetadata)
		if ended := time.Now(); !ok || at.Before(begun) || at.After(ended) {
			t.Errorf("the Date of an answer is %v; want one from %v to %v", at, begun, ended)
		}
		if status := w.signedAt(w.srv.Clock.Now()); status != http.StatusForbidden {
			t.Errorf("signed by the moved clock: %d", status)
		}
	}
	if status := w.signedAt(time.Now()); status != http.StatusOK {
		t.Errorf("signed by the real clock: %d", status)
	}
}

// signedAt is the status of a call that is signed at a time.
func (w *world) signedAt(at time.Time) int {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodGet, w.srv.URL+"/?Action=ListUsers&Version=2010-05-08", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	const hashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	key := aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	if err := v4.NewSigner().SignHTTP(w.ctx, key, r, hashOfNothing, "iam", "us-east-1", at); err != nil {
		w.t.Fatal(err)
	}
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// A phone knows nothing of the moved clock; a test computes codes by it. Both
// are right, and each code once.
func TestMFACodesOfEitherTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := sts.NewFromConfig(w.userConfig("anna", ""))
	w.srv.Clock.Advance(30 * 24 * time.Hour)
	real := w.phone("phone")
	moved := real
	moved.now = w.srv.Clock.Now()
	testkit.Must(w.EnableMFADevice(w.ctx, real.enable("anna", -1, 0)))(t)
	ask := func(p phone, offset int) error {
		return testkit.Refused(anna.GetSessionToken(w.ctx, &sts.GetSessionTokenInput{SerialNumber: &p.serial, TokenCode: p.code(offset)}))
	}
	for _, p := range []phone{real, moved} {
		if err := ask(p, 1); err != nil {
			t.Errorf("code of %v: %v", p.now, err)
		}
		testkit.WantError(t, ask(p, 1), "AccessDenied", wrongCode)
		testkit.WantError(t, ask(p, 20), "AccessDenied", wrongCode)
	}
	w.srv.Clock.Reset()
	testkit.WantError(t, ask(real, 1), "AccessDenied", wrongCode)
	testkit.WantError(t, ask(moved, 2), "AccessDenied", wrongCode)
	if err := ask(real, 2); err != nil {
		t.Errorf("after the reset: %v", err)
	}
}

func TestTheRouteOfTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		name, body string
		status     int
		says       string
	}{
		{"nothing", `{}`, 400, "give at least one of now, advance, frozen and reset"},
		{"an unknown member", `{"hour":3}`, 400, `unknown field`},
		{"no duration", `{"advance":"soon"}`, 400, `advance \"soon\" is not a duration; give one such as 2h, 90s or -15m`},
		{"no time", `{"now":"soon"}`, 400, "parsing time"},
		{"too late", `{"now":"2999-12-31T00:00:00Z","advance":"48h"}`, 400,
			"the clock shows times from 1970-01-01T00:00:00Z to 2999-12-31T23:59:59Z only"},
		{"too early", `{"now":"1969-12-31T00:00:00Z"}`, 400, "the clock shows times from"},
		{"set and frozen", `{"now":"2030-01-01T00:00:00Z","frozen":true}`, 200, `"now":"2030-01-01T00:00:00Z"`},
		{"moved while frozen", `{"advance":"-1h"}`, 200, `"now":"2029-12-31T23:00:00Z"`},
		{"reset, then set", `{"reset":true,"now":"2031-01-01T00:00:00+01:00","frozen":true}`, 200, `"now":"2030-12-31T23:00:00Z"`},
		{"resumed", `{"frozen":false}`, 200, `"frozen":false`},
		{"reset", `{"reset":true}`, 200, `"offset":"0s"`},
	} {
		status, answer := w.manageAs("application/json", "POST", "clock", c.body)
		if status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s: %d %s; want %d with %s", c.name, status, answer, c.status, c.says)
		}
	}
	if status, _ := w.manageAs("text/plain", "POST", "clock", `{"advance":"1h"}`); status != 400 || w.srv.Clock.Moved() {
		t.Errorf("a body that is not said to be JSON: %d", status)
	}
	status, answer := w.manageAs("", "GET", "clock", "")
	var state management.Clock
	if err := json.Unmarshal([]byte(answer), &state); err != nil || status != 200 || state.Frozen ||
		!state.Now.Equal(state.Real) {
		t.Errorf("GET: %d %s", status, answer)
	}
}

// manageAs sends a management request with a body of the content type.
func (w *world) manageAs(contentType, method, path, body string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.srv.URL+management.Path+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
