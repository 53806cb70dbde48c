package alerts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// denied is a call of a user that was denied, so many seconds after noon.
func denied(user string, second int) *events.Event {
	c := &principal.Caller{Principal: principal.AWS.In("000000000000").User("AIDA"+user, "/", user)}
	c.Request = principal.Request{
		ID: fmt.Sprint(user, second), Service: "iam", Operation: "ListUsers", Time: noon.Add(time.Duration(second) * time.Second),
	}
	return &events.Event{Caller: c, Status: 403, Code: "AccessDenied", Message: "no"}
}

func rules(t *testing.T, file string) []*alerts.Rule {
	t.Helper()
	c, err := alerts.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return c.Rules
}

const burstOfThree = "rules: [{name: burst, severity: low, pattern: {detail: {errorCode: [AccessDenied]}}, atLeast: 3, within: 10s}]"

// A burst is of one caller, and within the time by the events' own times.
func TestBursts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		calls []*events.Event
		want  []string
	}{
		"three in time":  {[]*events.Event{denied("ana", 0), denied("ana", 5), denied("ana", 9)}, []string{"ana9"}},
		"two":            {[]*events.Event{denied("ana", 0), denied("ana", 5)}, nil},
		"three too late": {[]*events.Event{denied("ana", 0), denied("ana", 5), denied("ana", 10)}, nil},
		"four with one too old": {[]*events.Event{
			denied("ana", 0), denied("ana", 8), denied("ana", 10), denied("ana", 11),
		}, []string{"ana11"}},
		"of two callers": {[]*events.Event{denied("ana", 0), denied("bob", 1), denied("ana", 2)}, nil},
		"counting anew": {[]*events.Event{
			denied("ana", 0), denied("ana", 1), denied("ana", 2), denied("ana", 3), denied("ana", 4), denied("ana", 5),
		}, []string{"ana2", "ana5"}},
	} {
		j := alerts.NewJudge(rules(t, burstOfThree))
		var got []string
		for _, e := range c.calls {
			for _, a := range j.Look(&alerts.Occurrence{Records: e.Records()}) {
				got = append(got, a.Event.Detail.RequestID)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A rule about a single event fires for the first of a caller, and again once the time is over
// since it fired.
func TestBurstsOfOne(t *testing.T) {
	t.Parallel()
	j := alerts.NewJudge(rules(t, strings.Replace(burstOfThree, "atLeast: 3", "atLeast: 1", 1)))
	var got []string
	for _, e := range []*events.Event{
		denied("ana", 0), denied("ana", 5), denied("bob", 6), denied("ana", 9), denied("ana", 10), denied("ana", 11), denied("bob", 15),
	} {
		for _, a := range j.Look(&alerts.Occurrence{Records: e.Records()}) {
			got = append(got, a.Event.Detail.RequestID)
			if strings.Contains(a.Sentence, "such calls") {
				t.Errorf("a single call is told as several: %s", a.Sentence)
			}
		}
	}
	if diff := cmp.Diff([]string{"ana0", "bob6", "ana10"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// taken is a Sink that remembers.
type taken struct{ ids []string }

func (s *taken) Send(a *alerts.Alert)        { s.ids = append(s.ids, a.Rule+" "+a.Event.Detail.RequestID) }
func (*taken) Close(_ context.Context) error { return nil }

const everyDenial = "rules: [{name: denial, severity: low, pattern: {detail: {errorCode: [AccessDenied]}}}]"

// Events are looked at by the rules that there were when they came, and their alerts are
// in the list, with followers and with the sinks when Settle returns.
func TestEngine(t *testing.T) {
	t.Parallel()
	log, before, after := events.New(events.Options{}), &taken{}, &taken{}
	e, err := alerts.NewEngine(t.Context(), alerts.EngineOptions{
		Log: log, Rules: rules(t, everyDenial), Sinks: []alerts.Sink{before}, Kept: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	f := e.Follow()
	log.Add(denied("ana", 0))
	log.Add(denied("ana", 1))
	old, err := e.Reload(t.Context(), rules(t, burstOfThree), []alerts.Sink{after})
	if err != nil || len(old) != 1 || old[0] != alerts.Sink(before) {
		t.Fatal(old, err)
	}
	for second := 2; second < 5; second++ {
		log.Add(denied("ana", second))
	}
	if err := e.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"denial ana0", "denial ana1"}, {"burst ana4"}}, [][]string{before.ids, after.ids}); diff != "" {
		t.Errorf("sinks (-want +got):\n%s", diff)
	}
	list := e.List(&alerts.Filter{}, 0)
	if len(list) != 2 || list[0].Rule != "burst" || list[1].Event.Detail.RequestID != "ana1" {
		t.Errorf("the list has %d", len(list))
	}
	if a := f.Next(); a == nil || a.Event.Detail.RequestID != "ana1" || f.Lost() != 1 {
		t.Errorf("the follower reads %v", a)
	}
	if a := f.Next(); a == nil || a.ID != list[0].ID || f.Next() != nil {
		t.Errorf("the follower reads %v", a)
	}
}

// The same events make the same alerts; what differs has another ID.
func TestIDsOfAlerts(t *testing.T) {
	t.Parallel()
	look := func(second int) string {
		j := alerts.NewJudge(rules(t, everyDenial))
		return j.Look(&alerts.Occurrence{Records: denied("ana", second).Records()})[0].ID
	}
	first, again, other := look(1), look(1), look(2)
	if first != again || first == other {
		t.Error(first, again, other)
	}
}

// Rules that are read again count on, and know which keys were deleted before.
func TestReloadKeepsWhatWasCounted(t *testing.T) {
	t.Parallel()
	log := events.New(events.Options{})
	engine, err := alerts.NewEngine(t.Context(), alerts.EngineOptions{Log: log, Rules: rules(t, burstOfThree)})
	if err != nil {
		t.Fatal(err)
	}
	fired := func(calls ...*events.Event) int {
		t.Helper()
		for _, e := range calls {
			log.Add(e)
		}
		if err := engine.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(engine.List(&alerts.Filter{}, 0))
	}
	if n := fired(denied("ana", 0), denied("ana", 1)); n != 0 {
		t.Fatalf("%d alerts after two calls", n)
	}
	if _, err := engine.Reload(t.Context(), rules(t, burstOfThree), nil); err != nil {
		t.Fatal(err)
	}
	if n := fired(denied("ana", 2)); n != 1 {
		t.Errorf("%d alerts after the third call, which came after the rules were read again", n)
	}
	other := strings.Replace(burstOfThree, "10s", "9s", 1)
	if fired(denied("bob", 0), denied("bob", 1)); len(engine.List(&alerts.Filter{}, 0)) != 1 {
		t.Fatal("two calls make a burst of three")
	}
	if _, err := engine.Reload(t.Context(), rules(t, other), nil); err != nil {
		t.Fatal(err)
	}
	if n := fired(denied("bob", 2)); n != 1 {
		t.Errorf("%d alerts: a rule that has changed counts on", n)
	}
}

// The sessions of a role count together.
func TestBurstsOfARole(t *testing.T) {
	t.Parallel()
	j := alerts.NewJudge(rules(t, burstOfThree))
	n := 0
	for i := range 3 {
		p := principal.AWS.In("000000000000").AssumedRole("AROA1", "deploy", fmt.Sprint("session", i))
		p.Session = &principal.Session{Operation: "AssumeRole", IssuedAt: noon}
		c := &principal.Caller{Principal: p}
		c.Request = principal.Request{ID: fmt.Sprint(i), Service: "iam", Operation: "ListUsers", Time: noon}
		e := &events.Event{Caller: c, Status: 403, Code: "AccessDenied"}
		n += len(j.Look(&alerts.Occurrence{Records: e.Records()}))
	}
	if n != 1 {
		t.Errorf("three calls of three sessions of a role make %d bursts of three", n)
	}
}
