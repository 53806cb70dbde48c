package decisions_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/principal"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// made is the decision of a request, made some minutes after noon.
func made(minutes int, change ...func(*authz.Decision)) *authz.Decision {
	d := &authz.Decision{
		Caller: &principal.Caller{
			Principal: principal.Principal{Kind: principal.User, Name: "Ana", ARN: "arn:aws:iam::111122223333:user/staff/Ana"},
			Request:   principal.Request{ID: fmt.Sprint("r", minutes), Time: noon.Add(time.Duration(minutes) * time.Minute)},
		},
		Service: "iam", Operation: "CreateUser", Verdict: authz.Allowed,
		Checks: []authz.Check{{Need: authz.Need{Action: "iam:CreateUser"}}, {Need: authz.Need{Action: "iam:TagUser"}}},
	}
	for _, f := range change {
		f(d)
	}
	return d
}

func ids(list []*authz.Decision) []string {
	names := []string{}
	for _, d := range list {
		names = append(names, d.Caller.Request.ID)
	}
	return names
}

func TestLogKeepsTheLast(t *testing.T) {
	t.Parallel()
	l := decisions.New(3)
	for i := range 5 {
		l.Add(made(i))
	}
	if diff := cmp.Diff([]string{"r4", "r3", "r2"}, ids(l.List(&decisions.Filter{}, 10))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"r4", "r3"}, ids(l.List(&decisions.Filter{}, 2))); diff != "" {
		t.Errorf("with a limit (-want +got):\n%s", diff)
	}
	if _, ok := l.Find("r1"); ok {
		t.Error("found one that has made room")
	}
	if d, ok := l.Find("r2"); !ok || d.Caller.Request.ID != "r2" {
		t.Error("the oldest is not found")
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	denied := made(10, func(d *authz.Decision) {
		d.Verdict, d.Operation = authz.Denied, "GetRole"
		d.Checks = []authz.Check{{Need: authz.Need{Action: "iam:GetRole"}}}
		d.Caller.Name, d.Caller.ARN = "audit", "arn:aws:sts::111122223333:assumed-role/audit/night"
	})
	for _, c := range []struct {
		name   string
		filter decisions.Filter
		want   []string
	}{
		{"none", decisions.Filter{}, []string{"r10", "r0"}},
		{"verdict", decisions.Filter{Verdict: "denied"}, []string{"r10"}},
		{"action of a second check", decisions.Filter{Action: "iam:taguser"}, []string{"r0"}},
		{"wildcard", decisions.Filter{Action: "iam:get*"}, []string{"r10"}},
		{"wildcards around", decisions.Filter{Action: "*role*"}, []string{"r10"}},
		{"wildcards in order", decisions.Filter{Action: "iam:*e*User"}, []string{"r0"}},
		{"wildcards out of order", decisions.Filter{Action: "*User*iam"}, []string{}},
		{"ARN", decisions.Filter{Principal: "arn:aws:iam::111122223333:user/staff/Ana"}, []string{"r0"}},
		{"ARN with a wildcard", decisions.Filter{Principal: "arn:aws:sts::*:assumed-role/audit/*"}, []string{"r10"}},
		{"name", decisions.Filter{Principal: "ANA"}, []string{"r0"}},
		{"since", decisions.Filter{Since: noon.Add(10 * time.Minute)}, []string{"r10"}},
		{"since later", decisions.Filter{Since: noon.Add(time.Hour)}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := decisions.New(10)
			l.Add(made(0))
			l.Add(denied)
			if diff := cmp.Diff(c.want, ids(l.List(&c.filter, 10))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFollowersMissNothingButWhatTheyDoNotTake(t *testing.T) {
	t.Parallel()
	l := decisions.New(1)
	f := l.Follow()
	l.Add(made(1))
	if got := (<-f.C()).Caller.Request.ID; got != "r1" || f.Lost() != 0 {
		t.Errorf("got %s, lost %d", got, f.Lost())
	}
	for i := range 2000 {
		l.Add(made(i))
	}
	kept := len(f.C())
	if lost := f.Lost(); kept+lost != 2000 || lost == 0 {
		t.Errorf("%d kept and %d lost of 2000", kept, lost)
	}
	if f.Lost() != 0 {
		t.Error("the lost are counted twice")
	}
	f.Stop()
	l.Add(made(3000))
	if len(f.C()) != kept {
		t.Error("a follower that has stopped still receives")
	}
}
