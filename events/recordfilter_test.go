package events

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/principal"
)

// kinds are calls that filters tell apart.
func kinds() []*Event {
	read := callOf("read")
	read.Caller.Request.Operation = "GetUser"
	denied := callOf("denied")
	denied.Status, denied.Code = 403, "AccessDenied"
	denied.Caller.Request.Time = denied.Caller.Request.Time.Add(90*time.Minute + 500*time.Millisecond)
	role := callOf("role")
	role.Caller.Request.Service, role.Caller.Request.Operation = "sqs", "PurgeQueue"
	role.Caller.Principal = principal.Principal{Kind: principal.AssumedRole, Name: "deploy", SessionName: "night",
		AccountID: "444455556666", ARN: "arn:aws:sts::444455556666:assumed-role/deploy/night", Session: &principal.Session{}}
	question := callOf("question")
	question.Origin = Asked
	return []*Event{read, callOf("changed"), denied, role, question}
}

// A filter admits the same records of events as of a file.
func TestFiltersOfRecords(t *testing.T) {
	t.Parallel()
	noon := callOf("").Caller.Request.Time
	for name, c := range map[string]struct {
		filter Filter
		want   []string
	}{
		"none":                {Filter{}, []string{"read", "changed", "denied", "role"}},
		"account":             {Filter{Account: "444455556666"}, []string{"role"}},
		"event name":          {Filter{EventName: "createuser"}, []string{"changed", "denied"}},
		"event names":         {Filter{EventName: "*User"}, []string{"read", "changed", "denied"}},
		"source":              {Filter{Source: "sqs.amazonaws.com"}, []string{"role"}},
		"source in short":     {Filter{Source: "IAM"}, []string{"read", "changed", "denied"}},
		"source of another":   {Filter{Source: "amazonaws.com"}, []string{}},
		"error":               {Filter{Error: "accessdenied"}, []string{"denied"}},
		"any error":           {Filter{Error: "*"}, []string{"denied"}},
		"what reads":          {Filter{ReadOnly: new(true)}, []string{"read"}},
		"what changes":        {Filter{ReadOnly: new(false)}, []string{"changed", "denied", "role"}},
		"principal":           {Filter{Principal: "arn:aws:sts::*:assumed-role/deploy/*"}, []string{"role"}},
		"name of a role":      {Filter{Principal: "Deploy"}, []string{"role"}},
		"end of a role":       {Filter{Principal: "role/deploy"}, []string{"role"}},
		"end of a session":    {Filter{Principal: "assumed-role/deploy/*"}, []string{"role"}},
		"end of a user":       {Filter{Principal: "user/ana"}, []string{"read", "changed", "denied"}},
		"another kind":        {Filter{Principal: "role/ana"}, []string{}},
		"name of a user":      {Filter{Principal: "ana"}, []string{"read", "changed", "denied"}},
		"action":              {Filter{Action: "iam:Create*"}, []string{"changed", "denied"}},
		"since":               {Filter{Since: noon.Add(90*time.Minute + 300*time.Millisecond)}, []string{"denied"}},
		"until":               {Filter{Until: noon}, []string{"read", "changed", "role"}},
		"until before":        {Filter{Until: noon.Add(-time.Second)}, []string{}},
		"two that exclude it": {Filter{Source: "sqs", Error: "*"}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ofEvents, admitted, ofFile := []string{}, []string{}, []string{}
			for _, e := range kinds() {
				for _, r := range e.RecordsFor(&c.filter) {
					ofEvents = append(ofEvents, r.RequestID)
				}
				if c.filter.Admits(e) && e.Origin != Asked {
					admitted = append(admitted, e.Caller.Request.ID)
				}
				for _, r := range e.Records() {
					if c.filter.AdmitsRecord(r) {
						ofFile = append(ofFile, r.RequestID)
					}
				}
			}
			for kind, got := range map[string][]string{"records of events": ofEvents, "events": admitted, "records": ofFile} {
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", kind, diff)
				}
			}
		})
	}
}

// A question has no record, so what asks about records does not admit it.
func TestFiltersOfQuestions(t *testing.T) {
	t.Parallel()
	question := kinds()[4]
	for name, f := range map[string]*Filter{"source": {Source: "iam"}, "what changes": {ReadOnly: new(false)}} {
		if f.Admits(question) {
			t.Errorf("%s admits a question", name)
		}
	}
	if !(&Filter{Action: "iam:*"}).Admits(question) {
		t.Error("an action does not admit a question")
	}
	if got := callOf("").RecordsFor(&Filter{Source: "iam"}, &Filter{Error: "*"}); len(got) != 0 {
		t.Errorf("two filters of which one does not admit it: %v", got)
	}
}

// A record may name an exception; a filter takes the code that clients see too.
func TestFiltersOfExceptions(t *testing.T) {
	t.Parallel()
	r := callOf("").Records()[0]
	r.ErrorCode = "NoSuchEntityException"
	for text, want := range map[string]bool{
		"NoSuchEntity": true, "nosuchentityexception": true, "NoSuch*": true, "*Entity": true, "Entity": false, "NoSuchEntityEx": false,
	} {
		if got := (&Filter{Error: text}).AdmitsRecord(r); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// An outline says of an event what its records say.
func TestOutlines(t *testing.T) {
	t.Parallel()
	failed := callOf("failed")
	failed.Code, failed.Exception, failed.Message = "NoSuchEntity", "NoSuchEntityException", "gone"
	for _, e := range append(kinds(), failed) {
		o := e.outline()
		for _, r := range e.Records() {
			want := &Record{EventSource: r.EventSource, EventName: r.EventName, ReadOnly: r.ReadOnly, ErrorCode: r.ErrorCode,
				ErrorMessage: r.ErrorMessage}
			if diff := cmp.Diff(want, o); diff != "" {
				t.Errorf("%s (-record +outline):\n%s", r.RequestID, diff)
			}
		}
	}
}
