package alerts

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/events"
)

func TestSentenceSaysOnWhat(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", longestName+1)
	for name, test := range map[string]struct {
		parameters string
		resources  []events.Resource
		want       string
	}{
		"the names of the request": {
			`{"serialNumber":"arn:aws:iam::000000000000:mfa/phone","userName":"alice"}`, nil,
			" on arn:aws:iam::000000000000:mfa/phone, alice",
		},
		"CloudTrail's resources before the names": {
			`{"roleArn":"x"}`, []events.Resource{{ARN: "arn:aws:iam::000000000000:role/ops"}}, " on arn:aws:iam::000000000000:role/ops",
		},
		"nothing":       {`{"maxItems":3}`, nil, ""},
		"no parameters": {`null`, nil, ""},
		"many names":    {`{"aName":"a","bName":"b","cName":"c","dName":"d","eName":"e"}`, nil, " on a, b, c and 2 more"},
		"a long name":   {`{"userName":"` + long + `"}`, nil, " on " + long[:2*longestName] + "..."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &events.Record{EventSource: "iam.amazonaws.com", EventName: "Call", RequestParameters: json.RawMessage(test.parameters),
				Resources: test.resources, UserIdentity: events.Identity{ARN: "arn:aws:iam::000000000000:root"}}
			if got, want := sentenceOf(r), "arn:aws:iam::000000000000:root called iam:Call"+test.want; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestSentenceOfTime(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"5m": 5 * time.Minute, "1h": time.Hour, "1h30m": 90 * time.Minute, "10s": 10 * time.Second, "1m10s": 70 * time.Second,
		"10m": 10 * time.Minute, "20h": 20 * time.Hour, "500ms": 500 * time.Millisecond, "1h0m5s": time.Hour + 5*time.Second,
	} {
		if got := sentenceOfTime(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
