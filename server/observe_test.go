package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
)

// heap is how many bytes are in use.
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

var testRoot = aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}

// signedForm is a signed request with the parameters.
func signedForm(t *testing.T, key aws.Credentials, service string, pairs ...string) *http.Request {
	t.Helper()
	form := url.Values{"Version": {map[string]string{"iam": "2010-05-08", "sts": "2011-06-15"}[service]}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	body := form.Encode()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4260/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(context.Background(), key, r, hex.EncodeToString(sum[:]), service, "us-east-1",
		time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}

// What the log says that its events take is about what they take.
func TestBytesOfEvents(t *testing.T) {
	const calls = 2000
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:TagUser","iam:UpdateRoleDescription","sts:AssumeRole"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestTag/team":"blue"}}}]}`
	for _, c := range []struct {
		name    string
		service string
		pairs   []string
	}{
		{"no decision", "iam", []string{"Action", "GetUzer"}},
		{"a small call", "sts", []string{"Action", "GetCallerIdentity"}},
		{"an allowed call", "iam", []string{"Action", "GetUser", "UserName", "ana"}},
		{"a denied call", "iam", []string{"Action", "ListUsers"}},
		{"an answer with credentials", "sts", []string{"Action", "AssumeRole", "RoleArn", "arn:aws:iam::000000000000:role/app",
			"RoleSessionName", "night"}},
		{"an answer with a document", "iam", []string{"Action", "UpdateRoleDescription", "RoleName", "app", "Description", "d"}},
		{"a long input", "iam", []string{"Action", "PutUserPolicy", "UserName", "ana", "PolicyName", "p", "PolicyDocument",
			strings.Repeat(" ", 20000) + policy}},
		{"unknown parameters", "iam", []string{"Action", "GetUser", "UserName", "ana", "Other", strings.Repeat("x", 20000)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := New(Options{Store: memstore.New()})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { // a server that is not closed waits to store what was used, and is in the heap of the next
				if err := s.closeUses(context.Background()); err != nil {
					t.Error(err)
				}
			}()
			do := func(r *http.Request) { s.ServeHTTP(httptest.NewRecorder(), r) }
			do(signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", "ana"))
			do(signedForm(t, testRoot, "iam", "Action", "PutUserPolicy", "UserName", "ana", "PolicyName", "p", "PolicyDocument", policy))
			do(signedForm(t, testRoot, "iam", "Action", "CreateRole", "RoleName", "app", "AssumeRolePolicyDocument",
				`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`))
			actor, err := s.Act(context.Background(), "ana", Session{})
			if err != nil {
				t.Fatal(err)
			}
			key := aws.Credentials{AccessKeyID: actor.AccessKeyID, SecretAccessKey: actor.SecretAccessKey}
			call := func() { do(signedForm(t, key, c.service, c.pairs...)) }
			call()
			before, said := heap(), s.events.Bytes()
			for range calls {
				call()
			}
			took, said := heap()-before, s.events.Bytes()-said
			t.Logf("%d bytes each, the log says %d", took/calls, said/calls)
			if said < took*3/4 || said > took*9/4 {
				t.Errorf("%d events take %d bytes, and the log says %d", calls, took, said)
			}
		})
	}
}

// requestIDHeader is AWS's spelling, which is not net/http's. It is a variable, since
// staticcheck takes such a constant for a mistake.
var requestIDHeader = "x-amzn-RequestId"

// watchedWriter is an answer; when its first byte is sent, the event of its
// request must be there.
type watchedWriter struct {
	*httptest.ResponseRecorder
	t *testing.T
	s *Server
}

func (w watchedWriter) WriteHeader(status int) {
	if id := w.Header()[requestIDHeader]; len(id) == 1 {
		e := w.s.events.Find(id[0])
		if e == nil || e.Status != status || e.Duration <= 0 {
			w.t.Errorf("an answer %d is sent before its event is kept: %+v", status, e)
		}
	}
	w.ResponseRecorder.WriteHeader(status)
}

// fragile is a source of randomness that panics once it is broken.
type fragile struct{ broken bool }

func (f *fragile) Read(p []byte) (int, error) {
	if f.broken {
		panic("no randomness")
	}
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

// recorded is an event in short.
type recorded struct {
	Operation string
	Status    int
	Code      string
	Verdict   string
	Who       string // the name of the principal, or the ID of a key that is nobody's
	Input     bool
	Origin    events.Origin
}

func newRecorded(e *events.Event) recorded {
	p := e.Principal()
	who := p.Name
	if who == "" {
		who = p.AccessKeyID
	}
	r := &e.Caller.Request
	return recorded{r.Service + ":" + r.Operation, e.Status, e.Code, e.Verdict(), who, e.Input != nil, e.Origin}
}

// recordedServer is a server with a user, and keys of them.
type recordedServer struct {
	*Server
	t      *testing.T
	random *fragile
	ana    aws.Credentials
}

func newRecordedServer(t *testing.T) *recordedServer {
	t.Helper()
	s := &recordedServer{t: t, random: &fragile{}}
	var err error
	if s.Server, err = New(Options{Store: memstore.New(), Random: s.random}); err != nil {
		t.Fatal(err)
	}
	s.do(signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", "ana"))
	s.do(signedForm(t, testRoot, "iam", "Action", "PutUserPolicy", "UserName", "ana", "PolicyName", "p", "PolicyDocument",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:GetUser","iam:*AccessKey"],"Resource":"*"}}`))
	actor, err := s.Act(context.Background(), "ana", Session{})
	if err != nil {
		t.Fatal(err)
	}
	s.ana = aws.Credentials{AccessKeyID: actor.AccessKeyID, SecretAccessKey: actor.SecretAccessKey}
	return s
}

// do makes a request; the connection may be closed instead of an answer.
func (s *recordedServer) do(r *http.Request) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	s.ServeHTTP(watchedWriter{httptest.NewRecorder(), s.t, s.Server}, r)
}

func (s *recordedServer) asAna(pairs ...string) { s.do(signedForm(s.t, s.ana, "iam", pairs...)) }

// under makes the call while a fault is in force.
func (s *recordedServer) under(r faults.Rule, call func()) {
	s.t.Helper()
	if _, err := s.AddFault(r); err != nil {
		s.t.Fatal(err)
	}
	call()
	s.ClearFaults()
}

func (s *recordedServer) ask(body string) {
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4260"+management.Path+"authorize", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	s.ServeHTTP(httptest.NewRecorder(), r)
}

// Each call has one event, whatever its outcome.
func TestEveryCallHasAnEvent(t *testing.T) {
	t.Parallel()
	get := []string{"Action", "GetUser", "UserName", "ana"}
	for _, c := range []struct {
		name string
		call func(*recordedServer)
		want recorded
	}{
		{"allowed", func(s *recordedServer) { s.asAna(get...) },
			recorded{Operation: "iam:GetUser", Status: 200, Verdict: "allowed", Who: "ana", Input: true}},
		{"denied", func(s *recordedServer) { s.asAna("Action", "ListUsers") },
			recorded{Operation: "iam:ListUsers", Status: 403, Code: "AccessDenied", Verdict: "denied", Who: "ana", Input: true}},
		{"would be denied", func(s *recordedServer) { s.authorizer.SetMode(authz.Log); s.asAna("Action", "ListUsers") },
			recorded{Operation: "iam:ListUsers", Status: 200, Verdict: "would-be-denied", Who: "ana", Input: true}},
		{"allowed, and failed", func(s *recordedServer) { s.asAna("Action", "GetUser", "UserName", "bob") },
			recorded{Operation: "iam:GetUser", Status: 404, Code: "NoSuchEntity", Verdict: "allowed", Who: "ana", Input: true}},
		{"enforcement is off", func(s *recordedServer) { s.authorizer.SetMode(authz.Off); s.asAna("Action", "ListUsers") },
			recorded{Operation: "iam:ListUsers", Status: 200, Who: "ana", Input: true}},
		{"throttled by a fault", func(s *recordedServer) { s.under(faults.Rule{Kind: faults.Throttle}, func() { s.asAna(get...) }) },
			recorded{Operation: "iam:GetUser", Status: 400, Code: "Throttling", Verdict: "faulted", Who: "ana"}},
		{"dropped by a fault", func(s *recordedServer) { s.under(faults.Rule{Kind: faults.Drop}, func() { s.asAna(get...) }) },
			recorded{Operation: "iam:GetUser", Verdict: "faulted", Who: "ana"}},
		{"delayed by a fault, with a wrong signature", func(s *recordedServer) {
			wrong := aws.Credentials{AccessKeyID: s.ana.AccessKeyID, SecretAccessKey: "wrong"}
			s.under(faults.Rule{Kind: faults.Delay, Duration: 1}, func() { s.do(signedForm(t, wrong, "iam", get...)) })
		}, recorded{Operation: "iam:GetUser", Status: 403, Code: "SignatureDoesNotMatch", Verdict: "refused", Who: "ana"}},
		{"a wrong signature", func(s *recordedServer) {
			s.do(signedForm(t, aws.Credentials{AccessKeyID: s.ana.AccessKeyID, SecretAccessKey: "wrong"}, "iam", get...))
		}, recorded{Operation: "iam:GetUser", Status: 403, Code: "SignatureDoesNotMatch", Verdict: "refused", Who: "ana"}},
		{"an unknown key", func(s *recordedServer) {
			s.do(signedForm(t, aws.Credentials{AccessKeyID: "AKIANOBODY", SecretAccessKey: "x"}, "iam", get...))
		}, recorded{Operation: "iam:GetUser", Status: 403, Code: "InvalidClientTokenId", Verdict: "refused", Who: "AKIANOBODY"}},
		{"no signature", func(s *recordedServer) {
			r := signedForm(t, s.ana, "iam", get...)
			r.Header.Del("Authorization")
			s.do(r)
		}, recorded{Operation: "iam:GetUser", Status: 403, Code: "MissingAuthenticationToken", Verdict: "refused"}},
		{"an invalid input", func(s *recordedServer) { s.asAna("Action", "GetUser", "UserName", "a/b") },
			recorded{Operation: "iam:GetUser", Status: 400, Code: "ValidationError", Verdict: "refused", Who: "ana", Input: true}},
		{"an unknown operation", func(s *recordedServer) { s.asAna("Action", "GetUzer") },
			recorded{Operation: "iam:GetUzer", Status: 400, Code: "InvalidAction", Verdict: "refused", Who: "ana"}},
		{"a panic in the operation", func(s *recordedServer) {
			s.random.broken = true
			s.asAna("Action", "CreateAccessKey", "UserName", "ana")
		}, recorded{Operation: "iam:CreateAccessKey", Status: 500, Code: "ServiceFailure", Verdict: "allowed", Who: "ana", Input: true}},
		{"a question, denied", func(s *recordedServer) {
			s.ask(`{"principal":"arn:aws:iam::000000000000:user/ana","action":"s3:GetObject"}`)
		}, recorded{Operation: "s3:GetObject", Code: "AccessDenied", Verdict: "denied", Who: "ana", Origin: events.Asked}},
		{"a question, allowed", func(s *recordedServer) {
			s.ask(`{"principal":"arn:aws:iam::000000000000:user/ana","action":"iam:GetUser"}`)
		}, recorded{Operation: "iam:GetUser", Verdict: "allowed", Who: "ana", Origin: events.Asked}},
		{"a question that would be denied", func(s *recordedServer) {
			s.authorizer.SetMode(authz.Log)
			s.ask(`{"principal":"arn:aws:iam::000000000000:user/ana","action":"s3:GetObject"}`)
		}, recorded{Operation: "s3:GetObject", Verdict: "would-be-denied", Who: "ana", Origin: events.Asked}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newRecordedServer(t)
			before := len(s.events.List(0))
			c.call(s)
			list := s.events.List(0)
			if len(list) != before+1 {
				t.Fatalf("%d events", len(list)-before)
			}
			if diff := cmp.Diff(c.want, newRecorded(list[0])); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if list[0].Mode != s.authorizer.Mode() {
				t.Errorf("the mode is %v", list[0].Mode)
			}
			shown := s.Decision(list[0].Caller.Request.ID)
			if (shown != nil) != (c.want.Verdict != "") || shown != nil && shown.Verdict != c.want.Verdict {
				t.Errorf("shown as %+v", shown)
			}
		})
	}
}

// Events are in the order in which calls end, and what is not a call has none.
func TestOrderOfEvents(t *testing.T) {
	t.Parallel()
	s := newRecordedServer(t)
	s.asAna("Action", "GetUser")
	s.do(httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4260/elsewhere", nil))
	s.ask(`{`)
	s.asAna("Action", "ListUsers")
	var got []string
	for _, e := range slices.Backward(s.events.List(0)) {
		got = append(got, e.Caller.Request.Operation)
	}
	if diff := cmp.Diff([]string{"CreateUser", "PutUserPolicy", "GetUser", "ListUsers"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A server that keeps no events does no work for them.
func TestNoEvents(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Store: memstore.New(), Events: -1})
	if err != nil {
		t.Fatal(err)
	}
	caller := &principal.Caller{Principal: principal.Principal{Kind: principal.Root, AccountID: DefaultAccount}}
	if err := s.authorizer.Authorize(principal.NewContext(context.Background(), caller), "ListUsers", &iam.ListUsersInput{}); err != nil {
		t.Fatal(err)
	}
	if s.events != nil || caller.Notes != nil {
		t.Errorf("%v of %v", caller.Notes, s.events)
	}
}

// Notes on one request leave no trace in other requests, under -race too.
func TestEventsOfCallsAtOnce(t *testing.T) {
	t.Parallel()
	s := newRecordedServer(t)
	follower := s.events.Follow()
	defer follower.Stop()
	var callers sync.WaitGroup
	for _, call := range [][]string{{"Action", "GetUser"}, {"Action", "ListUsers"}, {"Action", "GetUzer"}} {
		callers.Go(func() {
			for range 50 {
				s.asAna(call...)
			}
		})
	}
	got := map[recorded]int{}
	for n := 0; n < 150; {
		<-follower.Ready()
		for e := follower.Next(); e != nil; e = follower.Next() {
			got[newRecorded(e)]++
			_ = s.Decision(e.Caller.Request.ID)
			n++
		}
	}
	callers.Wait()
	want := map[recorded]int{
		{Operation: "iam:GetUser", Status: 200, Verdict: "allowed", Who: "ana", Input: true}:                        50,
		{Operation: "iam:ListUsers", Status: 403, Code: "AccessDenied", Verdict: "denied", Who: "ana", Input: true}: 50,
		{Operation: "iam:GetUzer", Status: 400, Code: "InvalidAction", Verdict: "refused", Who: "ana"}:              50,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An event keeps the answer of a call that changes something or issues credentials, and
// no other.
func TestAnswersAreKeptForRecords(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Store: memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		service string
		pairs   []string
		want    string // the type of the answer
		code    string
	}{
		{"iam", []string{"Action", "CreateUser", "UserName", "ana"}, "*iam.CreateUserOutput", ""},
		{"iam", []string{"Action", "CreateUser", "UserName", "ana"}, "<nil>", "EntityAlreadyExistsException"},
		{"iam", []string{"Action", "GetUser", "UserName", "ana"}, "<nil>", ""},
		{"iam", []string{"Action", "DeleteGroup", "GroupName", "none"}, "<nil>", "NoSuchEntityException"},
		{"iam", []string{"Action", "CreatePolicy", "PolicyName", "p", "PolicyDocument", "{}"}, "<nil>", "MalformedPolicyDocumentException"},
		{"sts", []string{"Action", "GetSessionToken"}, "*sts.GetSessionTokenOutput", ""},
		{"sts", []string{"Action", "GetCallerIdentity"}, "<nil>", ""},
	} {
		s.ServeHTTP(httptest.NewRecorder(), signedForm(t, testRoot, c.service, c.pairs...))
		e := s.events.List(1)[0]
		if got := fmt.Sprintf("%T", e.Output); got != c.want {
			t.Errorf("%v: the answer that is kept is %s; want %s", c.pairs, got, c.want)
		}
		if e.Exception != c.code {
			t.Errorf("%v: the exception is %q; want %q", c.pairs, e.Exception, c.code)
		}
	}
}
