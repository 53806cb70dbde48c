package alerts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/events"
)

// record is a line of a file of events, of the user ana.
func record(id, name, more string) string {
	return fmt.Sprintf(`{"eventTime":"2026-03-01T12:00:00Z","eventSource":"iam.amazonaws.com","eventName":%q,"eventID":%q,`+
		`"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::000000000000:user/ana","userName":"ana"}%s}`+"\n", name, id, more)
}

func TestTrials(t *testing.T) {
	t.Parallel()
	const rules = `
rules:
  - {name: made, severity: low, pattern: {detail: {eventName: [CreateUser]}}}
  - {name: twice, severity: low, atLeast: 2, within: 1m, pattern: {detail: {eventName: [CreateUser]}}}
  - {name: admin, severity: critical, effect: {becomes: administrator}}
`
	file, err := alerts.Parse([]byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	shared := `,"sharedEventID":"s1"`
	for _, c := range []struct {
		name  string
		rules []*alerts.Rule
		text  string
		want  []string
		fault string
	}{
		{"nothing", file.Rules, "", nil, ""},
		{"one", file.Rules, record("e1", "ListUsers", "") + record("e2", "CreateUser", ""), []string{"2 made"}, ""},
		{"a burst", file.Rules, record("e1", "CreateUser", "") + record("e2", "CreateUser", ""),
			[]string{"1 made", "2 made", "2 twice"}, ""},
		{"a call in two accounts", file.Rules, record("e1", "CreateUser", shared) + record("e2", "CreateUser", shared),
			[]string{"1 made"}, ""},
		{"two such calls", file.Rules, record("e1", "CreateUser", shared) + record("e2", "CreateUser", `,"sharedEventID":"s2"`),
			[]string{"1 made", "2 made", "2 twice"}, ""},
		{"no event at last", file.Rules, record("e1", "CreateUser", "") + "{", []string{"1 made"}, "line 2 is not an event in JSON"},
		{"a key for another", alerts.Builtin(), record("e1", "CreateAccessKey", `,"requestParameters":{"userName":"bob"}`),
			[]string{"1 key-for-another"}, ""},
		{"a key of one's own", alerts.Builtin(), record("e1", "CreateAccessKey", `,"requestParameters":{"userName":"ana"}`), nil, ""},
	} {
		trial, err := alerts.NewTrial(c.rules)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		fault := ""
		for f, err := range trial.Fire(events.ReadRecords(strings.NewReader(c.text))) {
			if err != nil {
				fault = err.Error()
				continue
			}
			got = append(got, fmt.Sprint(f.Line, " ", f.Rule))
		}
		if diff := cmp.Diff(c.want, got); diff != "" || (fault == "") != (c.fault == "") || !strings.HasPrefix(fault, c.fault) {
			t.Errorf("%s: %q; want %q (-want +got):\n%s", c.name, fault, c.fault, diff)
		}
	}
}

// A rule is tried unless events do not say all that it asks for.
func TestWhatIsNotTried(t *testing.T) {
	t.Parallel()
	trial, err := alerts.NewTrial(alerts.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range trial.Untried {
		names = append(names, r.Name)
	}
	want := []string{"administrator-gained", "trust-opened", "boundary-widened", "password-policy-weakened"}
	if diff := cmp.Diff(want, names); diff != "" || len(trial.Tried)+len(trial.Untried) != len(alerts.Builtin()) {
		t.Errorf("not tried (-want +got):\n%s", diff)
	}
	for range trial.Fire(func(yield func(events.ReadRecord, error) bool) { yield(events.ReadRecord{}, errors.ErrUnsupported) }) {
		break // a reader may stop
	}
}
