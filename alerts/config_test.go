package alerts_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/alerts/pattern"
)

const rulesFile = `
rules:
  - name: key-made
    severity: high
    description: Somebody has made an access key.
    pattern:
      account: ["111122223333"]
      detail: &made
        eventName: [{prefix: Create}]
        errorCode: [{exists: false}]
  - {name: admin, severity: critical, effect: {becomes: administrator, gains: [iam:PassRole], reaches: "arn:aws:iam::111122223333:role/deploy"}}
  - name: burst
    severity: low
    pattern: {detail: *made}
    atLeast: 5
    within: 1m30s
sinks:
  - log: true
  - file: alerts.jsonl
  - webhook: {url: "http://127.0.0.1:9/a", secretEnv: SECRET, timeout: 2s, attempts: 3, queue: 10, deadLetter: dead.jsonl}
  - webhook: {url: "http://127.0.0.1:9/b", secretFile: secret}
`

func TestParse(t *testing.T) {
	t.Parallel()
	c, err := alerts.Parse([]byte(rulesFile))
	if err != nil {
		t.Fatal(err)
	}
	want := []*alerts.Rule{
		{Name: "key-made", Severity: alerts.High, Description: "Somebody has made an access key."},
		{Name: "admin", Severity: alerts.Critical, Effect: &alerts.Effect{
			Becomes: alerts.Administrator, Gains: []string{"iam:PassRole"}, Reaches: "arn:aws:iam::111122223333:role/deploy",
		}},
		{Name: "burst", Severity: alerts.Low, AtLeast: 5, Within: 90 * time.Second},
	}
	sinks := []alerts.SinkConfig{
		{Log: true},
		{File: "alerts.jsonl"},
		{Webhook: &alerts.WebhookConfig{URL: "http://127.0.0.1:9/a", SecretEnv: "SECRET", Timeout: 2 * time.Second, Attempts: 3, Queue: 10,
			DeadLetter: "dead.jsonl"}},
		{Webhook: &alerts.WebhookConfig{URL: "http://127.0.0.1:9/b", SecretFile: "secret"}},
	}
	if diff := cmp.Diff(sinks, c.Sinks); diff != "" {
		t.Errorf("sinks (-want +got):\n%s", diff)
	}
	event := map[string]any{"account": "111122223333", "detail": map[string]any{"eventName": "CreateUser"}}
	for i, r := range c.Rules {
		if (r.Pattern != nil) != (r.Effect == nil) || r.Pattern != nil && !r.Pattern.Match(event) {
			t.Errorf("rule %d has the pattern %v", i, r.Pattern)
		}
		r.Pattern = nil
	}
	if diff := cmp.Diff(want, c.Rules, cmp.AllowUnexported(alerts.Rule{})); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	delete(event, "account")
	if again, _ := alerts.Parse([]byte(rulesFile)); again.Rules[0].Pattern.Match(event) {
		t.Error("an event of another account matches")
	}
}

// What is wrong in a file is said with its line and column. testdata/faults.txt has
// files: a line "-- name", the file, and a line "=> FAULT".
func TestFaultsOfAFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/faults.txt")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "\n-- ")
	if len(blocks) < 30 {
		t.Errorf("%d blocks", len(blocks))
	}
	for _, block := range blocks[1:] {
		name, rest, _ := strings.Cut(block, "\n")
		file, want, _ := strings.Cut(rest, "=> ")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := alerts.Parse([]byte(file)); err == nil || err.Error() != strings.TrimSpace(want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestBoundsOfAFile(t *testing.T) {
	t.Parallel()
	bomb := "rules: [{name: a, severity: low, pattern: {a: &a [{anything-but: [" + strings.Repeat("x,", 50) + "y]}]"
	for i := range 10 {
		from, to := string(rune('a'+i)), string(rune('b'+i))
		bomb += ", " + to + ": &" + to + " {p: *" + from + ", q: *" + from + ", r: *" + from + "}"
	}
	rules, sinks := strings.Repeat("{name: a, severity: low},", alerts.MaxRules), strings.Repeat("{log: true},", alerts.MaxSinks)
	for name, c := range map[string]struct{ file, want string }{
		"many rules":     {"rules: [" + rules + "{}]", "rules has more than"},
		"many sinks":     {"rules: []\nsinks: [" + sinks + "{}]", "sinks has more than"},
		"aliases":        {bomb + "}}]", "larger than 16 KiB"},
		"an alias in it": {"rules: [{name: a, severity: low, pattern: &p {a: *p}}]", "nested more than"},
		"a long pattern": {"rules: [{name: a, severity: low, pattern: {a: [" + strings.Repeat("xxxxxxxx,", 2500) + "]}}]", "larger than 16 KiB"},
		"a long name":    {"rules: [{name: " + strings.Repeat("a", 65) + ", severity: low}]", "up to 64 letters"},
	} {
		if _, err := alerts.Parse([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A pattern matches in YAML what it matches in JSON.
func TestPatternInYAML(t *testing.T) {
	t.Parallel()
	const yaml = `{a: [x, 1, 1.5, true, null, 2026-11-30, {numeric: [">", 3]}], $or: [{b: [""]}, {c: [{exists: no}, "n"]}]}`
	const wanted = `{"a": ["x", 1, 1.5, true, null, "2026-11-30", {"numeric": [">", 3]}], "$or": [{"b": [""]}, {"c": ["n"]}]}`
	file := "rules: [{name: a, severity: low, pattern: " + strings.Replace(yaml, "{exists: no}, ", "", 1) + "}]"
	c, err := alerts.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	p, err := pattern.Compile([]byte(wanted))
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range []string{
		`{"a": "x", "b": ""}`, `{"a": 1, "b": ""}`, `{"a": "1", "b": ""}`, `{"a": 1.5, "c": "n"}`, `{"a": true, "c": "x"}`,
		`{"a": null, "c": "n"}`, `{"a": "2026-11-30", "c": "n"}`, `{"a": 4, "c": "n"}`, `{"a": 2, "c": "n"}`, `{"a": "true", "c": "n"}`,
	} {
		var v any
		if err := json.Unmarshal([]byte(event), &v); err != nil {
			t.Fatal(err)
		}
		if got, want := c.Rules[0].Pattern.Match(v), p.Match(v); got != want {
			t.Errorf("%t; want %t: %s", got, want, event)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(rulesFile)
	faults, err := os.ReadFile("testdata/faults.txt")
	if err != nil {
		f.Fatal(err)
	}
	for block := range strings.SplitSeq(string(faults), "\n-- ") {
		_, rest, _ := strings.Cut(block, "\n")
		file, _, _ := strings.Cut(rest, "=> ")
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := alerts.Parse([]byte(text))
		if (c == nil) == (err == nil) {
			t.Fatal(c, err)
		}
		if err != nil {
			return
		}
		for _, r := range c.Rules {
			if r.Name == "" || r.Pattern == nil && r.Effect == nil {
				t.Errorf("a rule that says nothing: %+v", r)
			}
		}
	})
}
