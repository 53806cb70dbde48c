package events_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/events"
)

const oneRecord = `{"eventSource":"iam.amazonaws.com","eventName":"CreateUser","requestID":"r1"}`

func TestReadingRecords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []string // the line and the name of each record
		fault      string
	}{
		{"nothing", "", nil, ""},
		{"lines", oneRecord + "\n" + strings.Replace(oneRecord, "Create", "Delete", 1) + "\n",
			[]string{"1 CreateUser", "2 DeleteUser"}, ""},
		{"no end of the last line", oneRecord, []string{"1 CreateUser"}, ""},
		{"empty lines", "\n \n" + oneRecord + "\r\n\n", []string{"3 CreateUser"}, ""},
		{"a file of CloudTrail", `{"Records":[` + oneRecord + `,` + oneRecord + `]}`, []string{"1 CreateUser", "1 CreateUser"}, ""},
		{"a file of CloudTrail without records", `{"Records":[]}`, nil, ""},
		{"no JSON", oneRecord + "\nevent\n" + oneRecord, []string{"1 CreateUser", "3 CreateUser"}, "line 2 is not an event in JSON (invalid character 'e'"},
		{"a line that was cut", oneRecord[:20], nil, "line 1 is not an event in JSON (unexpected end"},
		{"another object", `{"a":1}`, nil, "line 1 is not an event in JSON (it has no eventName and eventSource)"},
		{"null", "null", nil, "line 1 is not an event in JSON (it has no eventName and eventSource)"},
		{"null among records", `{"Records":[null]}`, nil, "line 1 is not an event in JSON (it has no eventName and eventSource)"},
		{"a list", "[]", nil, "line 1 is not an event in JSON (json: cannot unmarshal array"},
	} {
		var got []string
		fault := ""
		for r, err := range events.ReadRecords(strings.NewReader(c.text)) {
			if err != nil {
				fault = err.Error()
				continue
			}
			got = append(got, fmt.Sprint(r.Line, " ", r.Record.EventName))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if (fault == "") != (c.fault == "") || !strings.HasPrefix(fault, c.fault) {
			t.Errorf("%s: %q; want %q", c.name, fault, c.fault)
		}
	}
	for _, err := range events.ReadRecords(iotest.ErrReader(errors.ErrUnsupported)) {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("a reader that fails: %v", err)
		}
	}
	for _, text := range []string{oneRecord, "event"} {
		for range events.ReadRecords(strings.NewReader(text + "\n" + oneRecord)) {
			break // a reader may stop
		}
	}
}

func FuzzReadRecords(f *testing.F) {
	for _, s := range []string{"", oneRecord, `{"Records":[` + oneRecord + `]}`, "null", "[", `{"Records":[null]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for r, err := range events.ReadRecords(strings.NewReader(text)) {
			if err != nil {
				continue
			}
			if r.Record.EventName == "" || r.Line < 1 || r.Line > strings.Count(text, "\n")+1 {
				t.Errorf("%+v", r)
			}
			if _, err := json.Marshal(r.Record); err != nil {
				t.Error(err)
			}
		}
	})
}
