package events_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

func TestLogKeepsTheLast(t *testing.T) {
	t.Parallel()
	l := events.New(events.Options{Size: 3})
	for i := range 5 {
		l.Add(made(i))
	}
	if diff := cmp.Diff([]string{"r4", "r3", "r2"}, ids(l.List(0))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"r4", "r3"}, ids(l.List(2))); diff != "" {
		t.Errorf("with a limit (-want +got):\n%s", diff)
	}
	if l.Find("r1") != nil {
		t.Error("found one that has made room")
	}
	if e := l.Find("r2"); e == nil || e.Caller.Request.ID != "r2" {
		t.Error("the oldest is not found")
	}
}

// The ring grows in steps; what is in it stays in order whatever the size.
func TestLogOfAnySize(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 63, 64, 65, 200} {
		l := events.New(events.Options{Size: size})
		for i := range 500 {
			l.Add(made(i))
			kept := min(i+1, size)
			if got := l.List(0); len(got) != kept || got[0].Caller.Request.ID != fmt.Sprint("r", i) ||
				got[kept-1].Caller.Request.ID != fmt.Sprint("r", i+1-kept) {
				t.Fatalf("size %d, after %d: %v", size, i+1, ids(got))
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	if got := events.New(events.Options{}).Size(); got != events.DefaultSize {
		t.Errorf("a Log keeps %d events", got)
	}
}

// withContext is a call whose request has the text as a condition key.
func withContext(i int, text string) *events.Event {
	return made(i, func(_ *events.Event, d *authz.Decision) {
		var c evaluator.Context
		c.Set("aws:RequestTag/long", text)
		d.Checks[0].Request.Context = &c
	})
}

func TestLogIsBoundedByBytes(t *testing.T) {
	t.Parallel()
	const bound = 4 << 20
	text := strings.Repeat("x", 2*bound)
	l := events.New(events.Options{Bytes: bound})
	for i := range 600 {
		l.Add(withContext(i, text[:900<<10]))
		if got := l.Bytes(); got > bound || got < 900<<10 {
			t.Fatalf("after %d it takes %d bytes", i, got)
		}
	}
	if diff := cmp.Diff([]string{"r599", "r598", "r597", "r596"}, ids(l.List(0))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	l.Add(withContext(600, text))
	if diff := cmp.Diff([]string{"r600"}, ids(l.List(0))); diff != "" {
		t.Errorf("the newest is kept, however large (-want +got):\n%s", diff)
	}
	for i := range 10 {
		l.Add(made(i))
	}
	if got := l.Bytes(); got > 100<<10 || len(l.List(0)) != 10 {
		t.Errorf("10 small ones take %d bytes: %v", got, ids(l.List(0)))
	}
}

// Every part of an event that a client can make long counts.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	const long = 1 << 20
	text := strings.Repeat("x", long)
	session := func(s principal.Session) func(*events.Event, *authz.Decision) {
		return func(e *events.Event, _ *authz.Decision) { e.Caller.Session = &s }
	}
	for name, change := range map[string]func(*events.Event, *authz.Decision){
		"the request":       func(e *events.Event, _ *authz.Decision) { e.Sent = long / 2 },
		"the message":       func(e *events.Event, _ *authz.Decision) { e.Message = text },
		"the user agent":    func(e *events.Event, _ *authz.Decision) { e.Caller.Request.UserAgent = text },
		"the referer":       func(e *events.Event, _ *authz.Decision) { e.Caller.Request.Referer = text },
		"the region":        func(e *events.Event, _ *authz.Decision) { e.Caller.Request.Region = text },
		"the operation":     func(e *events.Event, _ *authz.Decision) { e.Caller.Request.Operation = text },
		"the access key ID": func(e *events.Event, _ *authz.Decision) { e.Caller.AccessKeyID = text },
		"a claimed key ID": func(e *events.Event, _ *authz.Decision) {
			e.Caller.Claimed = &principal.Principal{AccessKeyID: text}
		},
		"the session's name":  func(e *events.Event, _ *authz.Decision) { e.Caller.SessionName = text },
		"the session policy":  session(principal.Session{Policy: text}),
		"a limit":             session(principal.Session{Limits: []string{text}}),
		"a scope-down policy": session(principal.Session{ScopeDown: []string{text}}),
		"an ARN":              session(principal.Session{PolicyARNs: []string{text}}),
		"a tag":               session(principal.Session{Tags: []principal.Tag{{Key: "k", Value: text}}}),
		"a key":               session(principal.Session{Keys: map[string][]string{"k": {text}}}),
		"the resource":        func(_ *events.Event, d *authz.Decision) { d.Checks[1].Need.Resource = text },
		"the resource policy": func(_ *events.Event, d *authz.Decision) { d.Checks[1].Need.ResourcePolicy = text },
		"the trust policy":    func(_ *events.Event, d *authz.Decision) { d.Checks[1].Need.TrustPolicy = text },
		"a claimant's session": func(e *events.Event, _ *authz.Decision) {
			e.Caller.Claimed = &principal.Principal{Session: &principal.Session{Policy: text}}
		},
	} {
		l := events.New(events.Options{})
		l.Add(made(1, change))
		if got := l.Bytes(); got < long || got > long+20<<10 {
			t.Errorf("%s: %d bytes", name, got)
		}
	}
}

// policies are those of a decision, in every layer.
func policies(t *testing.T, text string) evaluator.Policies {
	t.Helper()
	compile := func(kind evaluator.Kind) *evaluator.Policy {
		p, err := evaluator.Compile(text, kind, evaluator.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	one := func(kind evaluator.Kind) []*evaluator.Policy { return []*evaluator.Policy{compile(kind)} }
	return evaluator.Policies{
		Identity: one(evaluator.Identity), Boundary: compile(evaluator.Boundary), Session: one(evaluator.Session),
		Limits: one(evaluator.Session),
		SCP:    [][]*evaluator.Policy{one(evaluator.SCP), one(evaluator.SCP)}, RCP: [][]*evaluator.Policy{one(evaluator.SCP)},
	}
}

// A policy that many decisions share counts once, and no more when the last of
// them is gone.
func TestSharedPoliciesCountOnce(t *testing.T) {
	t.Parallel()
	shared := policies(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Get`+strings.Repeat("x", 5000)+
		`","Resource":"*"}}`)
	with := func(i int) *events.Event {
		return made(i, func(_ *events.Event, d *authz.Decision) { d.Checks[0].Policies = shared })
	}
	l := events.New(events.Options{Size: 100})
	l.Add(with(0))
	one := l.Bytes()
	if one < 6*5000 {
		t.Errorf("6 policies of 5000 bytes take %d", one)
	}
	for i := range 99 {
		l.Add(with(i))
	}
	if all := l.Bytes(); all > one+100*5000 {
		t.Errorf("one takes %d bytes, 100 that share their policies %d", one, all)
	}
	for i := range 100 {
		l.Add(made(i))
	}
	if rest := l.Bytes(); rest > 100*5000 || rest <= 0 {
		t.Errorf("without any of them it takes %d", rest)
	}
}

func TestFollowersMissNothingButWhatIsDroppedBeforeTheyReadIt(t *testing.T) {
	t.Parallel()
	l := events.New(events.Options{Size: 10})
	l.Add(made(0)) // before
	f := l.Follow()
	if f.Next() != nil {
		t.Error("a follower reads what was before")
	}
	l.Add(made(1))
	<-f.Ready()
	if e := f.Next(); e == nil || e.Caller.Request.ID != "r1" || f.Next() != nil || f.Lost() != 0 {
		t.Errorf("got %v", e)
	}
	for i := range 2000 {
		l.Add(made(i))
	}
	<-f.Ready()
	var got []*events.Event
	for e := f.Next(); e != nil; e = f.Next() {
		got = append(got, e)
	}
	if len(got) != 10 || got[0].Caller.Request.ID != "r1990" || f.Lost() != 1990 {
		t.Errorf("got %v", ids(got))
	}
	if f.Lost() != 0 {
		t.Error("the lost are counted twice")
	}
	f.Stop()
	l.Add(made(3000))
	select {
	case <-f.Ready():
		t.Error("a follower that has stopped is still woken")
	default:
	}
}

// Followers that read while calls are made get each event in order, or count it as
// lost; lists and finds go on meanwhile.
func TestFollowersBesideWriters(t *testing.T) {
	t.Parallel()
	const writers, each = 4, 500
	l := events.New(events.Options{Size: 100})
	done := make(chan struct{})
	var readers, all sync.WaitGroup
	for range 3 {
		f := l.Follow()
		readers.Go(func() {
			defer f.Stop()
			read, lost, last := 0, 0, map[int]int{}
			drain := func() {
				for e := f.Next(); e != nil; e = f.Next() {
					var writer, i int
					fmt.Sscanf(e.Caller.Request.ID, "w%d-%d", &writer, &i)
					if e.Verdict() != "allowed" || i <= last[writer] {
						t.Errorf("%s after %d", e.Caller.Request.ID, last[writer])
					}
					last[writer] = i
					read++
				}
				lost += f.Lost()
			}
			for {
				select {
				case <-f.Ready():
					drain()
					continue
				case <-done:
				}
				break
			}
			drain()
			if read+lost != writers*each {
				t.Errorf("%d read and %d lost of %d", read, lost, writers*each)
			}
		})
	}
	for w := range writers {
		all.Go(func() {
			for i := range each {
				e := made(i)
				e.Caller.Request.ID = fmt.Sprintf("w%d-%d", w, i+1)
				l.Add(e)
				if i%50 == 0 && (l.Find(e.Caller.Request.ID) == nil && len(l.List(0)) < 100) {
					t.Error("an event is gone too early")
				}
			}
		})
	}
	all.Wait()
	close(done)
	readers.Wait()
}
