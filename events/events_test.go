package events_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// called is a call, made some minutes after noon, about which nothing was decided.
func called(minutes int) *events.Event {
	return &events.Event{Caller: &principal.Caller{
		Principal: principal.Principal{Kind: principal.User, Name: "Ana", ARN: "arn:aws:iam::111122223333:user/staff/Ana"},
		Request: principal.Request{
			ID: fmt.Sprint("r", minutes), Time: noon.Add(time.Duration(minutes) * time.Minute), Service: "iam", Operation: "CreateUser",
		},
	}}
}

// made is a call that was allowed.
func made(minutes int, change ...func(*events.Event, *authz.Decision)) *events.Event {
	e := called(minutes)
	d := &authz.Decision{
		Caller: e.Caller, Service: "iam", Operation: "CreateUser", Verdict: authz.Allowed,
		Checks: []authz.Check{{Need: authz.Need{Action: "iam:CreateUser"}}, {Need: authz.Need{Action: "iam:TagUser"}}},
	}
	for _, f := range change {
		f(e, d)
	}
	events.Note(e.Caller, d)
	return e
}

func ids(list []*events.Event) []string {
	names := []string{}
	for _, e := range list {
		names = append(names, e.Caller.Request.ID)
	}
	return names
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	ended := called(1)
	ended.Caller.Request.Ended = true
	delayed := called(1)
	delayed.Caller.Request.Faults = []string{"f1 delay"}
	again := made(1)
	events.Note(again.Caller, &authz.Decision{Caller: again.Caller, Verdict: authz.Denied})
	noted := called(1)
	noted.Caller.Notes = []any{"something else"}
	for _, c := range []struct {
		name  string
		event *events.Event
		want  string
	}{
		{"allowed", made(1), "allowed"},
		{"decided again: the last counts", again, "denied"},
		{"ended by a fault", ended, events.Faulted},
		{"delayed by a fault, and then refused", delayed, ""},
		{"other notes", noted, ""},
	} {
		if got := c.event.Verdict(); got != c.want {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
	for range again.Decisions() {
		break // a reader may stop
	}
}

// A decision that was made again takes the place of the one before, and of nothing else.
func TestADecisionThatWasMadeAgain(t *testing.T) {
	t.Parallel()
	again := &authz.Decision{Verdict: authz.Denied, Again: true}
	for name, c := range map[string]struct{ before, want []any }{
		"of a call":              {[]any{"text", &authz.Decision{}}, []any{"text", again}},
		"without one before":     {nil, []any{again}},
		"behind something else":  {[]any{&authz.Decision{}, "text"}, []any{&authz.Decision{}, "text", again}},
		"of a call with several": {[]any{&authz.Decision{}, &authz.Decision{}}, []any{&authz.Decision{}, again}},
	} {
		caller := &principal.Caller{Notes: c.before}
		events.Note(caller, again)
		if diff := cmp.Diff(c.want, caller.Notes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPrincipals(t *testing.T) {
	t.Parallel()
	claimed := called(1)
	claimed.Caller.Principal, claimed.Caller.Claimed = principal.Principal{}, &principal.Principal{Name: "claimed"}
	vouched := called(1)
	events.Note(vouched.Caller, &authz.Decision{Caller: &principal.Caller{Principal: principal.Principal{Name: "provider"}}})
	for want, e := range map[string]*events.Event{"Ana": made(1), "claimed": claimed, "provider": vouched} {
		if got := e.Principal().Name; got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	denied := made(10, func(e *events.Event, d *authz.Decision) {
		d.Verdict, e.Caller.Request.Operation = authz.Denied, "GetRole"
		d.Checks = []authz.Check{{Need: authz.Need{Action: "iam:GetRole"}}}
		e.Caller.Name, e.Caller.ARN = "audit", "arn:aws:sts::111122223333:assumed-role/audit/night"
	})
	faulted := called(5)
	faulted.Caller.Principal, faulted.Caller.Request.Ended = principal.Principal{}, true
	faulted.Caller.Claimed = &principal.Principal{Name: "eve", ARN: "arn:aws:iam::111122223333:user/eve"}
	refused := called(2)
	refused.Caller.Principal, refused.Code = principal.Principal{}, "SignatureDoesNotMatch"
	for _, c := range []struct {
		name   string
		filter events.Filter
		want   []string
	}{
		{"none", events.Filter{}, []string{"r10", "r5", "r2", "r0"}},
		{"decided", events.Filter{Decided: true}, []string{"r10", "r5", "r0"}},
		{"verdict", events.Filter{Verdict: "denied"}, []string{"r10"}},
		{"faulted", events.Filter{Verdict: "faulted", Decided: true}, []string{"r5"}},
		{"action of a second check", events.Filter{Action: "iam:taguser"}, []string{"r0"}},
		{"action of a call without a decision", events.Filter{Action: "iam:CreateUser"}, []string{"r5", "r2", "r0"}},
		{"wildcard", events.Filter{Action: "iam:get*"}, []string{"r10"}},
		{"wildcards around", events.Filter{Action: "*role*"}, []string{"r10"}},
		{"wildcards in order", events.Filter{Action: "iam:*e*User", Decided: true, Verdict: "allowed"}, []string{"r0"}},
		{"wildcards out of order", events.Filter{Action: "*User*iam"}, []string{}},
		{"ARN", events.Filter{Principal: "arn:aws:iam::111122223333:user/staff/Ana"}, []string{"r0"}},
		{"ARN with a wildcard", events.Filter{Principal: "arn:aws:sts::*:assumed-role/audit/*"}, []string{"r10"}},
		{"name", events.Filter{Principal: "ANA"}, []string{"r0"}},
		{"name that was claimed", events.Filter{Principal: "eve"}, []string{"r5"}},
		{"since", events.Filter{Since: noon.Add(10 * time.Minute)}, []string{"r10"}},
		{"since later", events.Filter{Since: noon.Add(time.Hour)}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := events.New(events.Options{})
			for _, e := range []*events.Event{made(0), refused, faulted, denied} {
				l.Add(e)
			}
			if diff := cmp.Diff(c.want, ids(l.List(0, &c.filter))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	l := events.New(events.Options{})
	l.Add(made(0))
	l.Add(denied)
	if got := l.List(0, &events.Filter{Principal: "ana"}, &events.Filter{Verdict: "denied"}); len(got) != 0 {
		t.Errorf("two filters of which each admits another: %v", ids(got))
	}
}
