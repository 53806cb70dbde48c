package decisions_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
)

// shownEvent is the record of a call that somebody made, with the parameters.
func shownEvent(id events.Identity, parameters string, change ...func(*events.Record)) *events.Record {
	r := &events.Record{
		UserIdentity: id, EventTime: time.Date(2026, 3, 1, 12, 4, 5, 0, time.UTC), EventSource: "iam.amazonaws.com",
		EventName: "AttachUserPolicy", RequestParameters: json.RawMessage(parameters),
	}
	for _, f := range change {
		f(r)
	}
	return r
}

func TestPrintedEvents(t *testing.T) {
	t.Parallel()
	const parameters = `{"marker":"x","maxItems":3,"policyArn":"arn:aws:iam::aws:policy/AdministratorAccess","tags":[{"key":"a"}],"userName":"bob"}`
	ana := events.Identity{Type: "IAMUser", UserName: "ana", ARN: "arn:aws:iam::111122223333:user/staff/ana"}
	list := []*events.Record{
		shownEvent(events.Identity{Type: "Root", ARN: "arn:aws:iam::111122223333:root"}, parameters),
		shownEvent(ana, `{"userName":"bob"}`, func(r *events.Record) { r.ErrorCode = "AccessDenied" }),
		shownEvent(ana, `{"instanceProfileName":"`+strings.Repeat("long", 50)+`"}`),
		shownEvent(ana, `null`, func(r *events.Record) {
			r.EventSource, r.EventName = "s3.amazonaws.com", "GetObject"
			r.Resources = []events.Resource{{ARN: "arn:aws:s3:::bucket/a key"}, {ARN: "arn:aws:s3:::bucket"}}
		}),
		shownEvent(events.Identity{Type: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/deploy/night"}, `{}`),
		shownEvent(events.Identity{Type: "FederatedUser", ARN: "arn:aws:sts::111122223333:federated-user/guest"}, `{}`),
		shownEvent(events.Identity{Type: "WebIdentityUser", IdentityProvider: "arn:aws:iam::111122223333:oidc-provider/id.example.com"}, `{}`),
		shownEvent(events.Identity{Type: "SAMLUser"}, `{}`),
		shownEvent(events.Identity{Type: "AWSService", InvokedBy: "ec2.amazonaws.com"}, `{}`),
		shownEvent(events.Identity{Type: "AWSAccount", AccountID: "444455556666"}, `{}`),
		shownEvent(events.Identity{Type: "Unknown", AccessKeyID: "AKIAIOSFODNN7EXAMPLE"}, `{}`),
		shownEvent(events.Identity{Type: "Unknown"}, ``),
		shownEvent(events.Identity{Type: "IAMUser", UserName: "\x1b[31meve\n"}, `{"userName":"\u001b]0;x\u0007","roleName":"\u202e"}`,
			func(r *events.Record) { r.EventName, r.ErrorCode = "a\rb", "\x9b" }),
		shownEvent(ana, `{"userName":`), // which is cut off
		shownEvent(ana, `{"userName":"bob"]`),
		shownEvent(ana, `["userName"]`),
	}
	var lines, broken strings.Builder
	for _, r := range list {
		lines.WriteString(decisions.Printer{OneLine: true}.Event(r))
		text := decisions.Printer{Width: 80, Color: true}.Event(r)
		broken.WriteString(text)
		for line := range strings.Lines(text) {
			if n := decisions.Columns(strings.TrimSuffix(line, "\n")); n > 80 && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
	golden(t, "events", lines.String())
	golden(t, "events-80-columns", broken.String())
	if n := strings.Count(lines.String(), "\n"); n != len(list) {
		t.Errorf("%d lines of %d events", n, len(list))
	}
}
