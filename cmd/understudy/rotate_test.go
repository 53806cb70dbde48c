package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/events"
)

func TestWhatARotationFinishes(t *testing.T) {
	t.Parallel()
	key := func(id string, status types.StatusType) types.AccessKeyMetadata {
		return types.AccessKeyMetadata{AccessKeyId: &id, Status: status}
	}
	for _, c := range []struct {
		name string
		keys []types.AccessKeyMetadata
		want string // part of the refusal; empty: none
	}{
		{"no key", nil, "has no access key"},
		{"one key", []types.AccessKeyMetadata{key("A", "Active")}, "no older one to end"},
		{"two active ones", []types.AccessKeyMetadata{key("A", "Active"), key("B", "Active")}, ""},
		{"the older one is inactive", []types.AccessKeyMetadata{key("A", "Inactive"), key("B", "Active")}, ""},
		{"the newer one is inactive", []types.AccessKeyMetadata{key("A", "Active"), key("B", "Inactive")}, "none would be left"},
		{"both are inactive", []types.AccessKeyMetadata{key("A", "Inactive"), key("B", "Inactive")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := canFinish("alice", c.keys)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestWhetherAKeyIsStillUsed(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 1, 31, 8, 0, 0, 900, time.UTC)
	for _, c := range []struct {
		name string
		at   time.Time
		used bool
	}{
		{"never", time.Time{}, false},
		{"now", now, true},
		{"a second too late", now.Add(-time.Hour + time.Second), true},
		{"as long ago as the grace", now.Add(-time.Hour), false},
		{"by a clock that was moved back", now.Add(time.Hour), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := stillUsed("AKIA", keyUse{at: c.at}, now, time.Hour); (err != nil) != c.used {
				t.Error(err)
			}
		})
	}
}

func TestLaterUse(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return time.Date(2027, 1, 31, 8, 0, s, 0, time.UTC) }
	event := func(s int, key, who string) *events.Record {
		return &events.Record{EventTime: at(s), EventSource: "iam.amazonaws.com", EventName: "ListUsers", SourceIPAddress: "::1",
			UserAgent: "aws-cli/2 md/x", UserIdentity: events.Identity{Type: who, AccessKeyID: key}}
	}
	const how = " (iam:ListUsers from ::1 with aws-cli/2)"
	for _, c := range []struct {
		name string
		list []*events.Record
		want keyUse
	}{
		{"no events", nil, keyUse{at(30), " (sts)"}},
		{"an older one", []*events.Record{event(20, "A", "IAMUser")}, keyUse{at(30), " (sts)"}},
		{"the newest of two", []*events.Record{event(50, "A", "IAMUser"), event(40, "A", "IAMUser")}, keyUse{at(50), how}},
		{"of another key", []*events.Record{event(50, "B", "IAMUser")}, keyUse{at(30), " (sts)"}},
		{"with a wrong signature", []*events.Record{event(50, "A", "Unknown")}, keyUse{at(30), " (sts)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := laterUse(keyUse{at(30), " (sts)"}, "A", c.list); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestFirstMade(t *testing.T) {
	t.Parallel()
	made := func(answer string) *events.Record { return &events.Record{ResponseElements: json.RawMessage(answer)} }
	a, b := made(`{"accessKey":{"accessKeyId":"A"}}`), made(`{"accessKey":{"accessKeyId":"B"}}`)
	for _, c := range []struct {
		name string
		list []*events.Record
		want string
	}{
		{"both", []*events.Record{b, a}, "A"},
		{"the newer one alone", []*events.Record{a}, "B"},
		{"none", []*events.Record{made(`null`), made(``), made(`{"accessKey":{"accessKeyId":"C"}}`)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := firstMade(c.list, "A", "B"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
