package alerts_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/alerts"
)

func TestOpeningSinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("whsec_a2V5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	signed := receive(t, always(200))
	getenv := func(name string) string { return map[string]string{"HOOK_SECRET": "key"}[name] }
	o := alerts.SinkOptions{Dir: dir, Logger: slog.New(slog.DiscardHandler), Getenv: getenv}
	sinks, err := alerts.OpenSinks([]alerts.SinkConfig{
		{Log: true}, {File: "alerts.jsonl"}, {File: filepath.Join(dir, "absolute.jsonl")},
		{Webhook: &alerts.WebhookConfig{URL: signed.URL, SecretFile: "secret", DeadLetter: "dead.jsonl"}},
		{Webhook: &alerts.WebhookConfig{URL: signed.URL, SecretEnv: "HOOK_SECRET"}},
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sinks {
		s.Send(alert("a1"))
	}
	if err := alerts.CloseSinks(t.Context(), sinks); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"alerts.jsonl", "absolute.jsonl"} {
		if got := alertIDs(t, filepath.Join(dir, name)); len(got) != 1 {
			t.Errorf("%s has %v", name, got)
		}
	}
	if got := signed.taken(); len(got) != 2 {
		t.Errorf("the webhooks took %v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "dead.jsonl")); err != nil {
		t.Error(err)
	}
}

func TestSinksThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "empty"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const url = "http://127.0.0.1:9/"
	for _, c := range []struct {
		name string
		sink alerts.SinkConfig
		says string
	}{
		{"a file that is a directory", alerts.SinkConfig{File: "."}, "sink 2: " + dir + ": it is not a regular file"},
		{"a secret that is not there", alerts.SinkConfig{Webhook: &alerts.WebhookConfig{URL: url, SecretFile: "none"}},
			"sink 2: secretFile: open "},
		{"an empty secret", alerts.SinkConfig{Webhook: &alerts.WebhookConfig{URL: url, SecretFile: "empty"}},
			"sink 2: secretFile: the secret is empty"},
		{"a variable that is not set", alerts.SinkConfig{Webhook: &alerts.WebhookConfig{URL: url, SecretEnv: "NONE"}},
			"sink 2: secretEnv, the environment variable NONE: the secret is empty"},
		{"another machine", alerts.SinkConfig{Webhook: &alerts.WebhookConfig{URL: "https://192.0.2.1/"}},
			"sink 2: 192.0.2.1 is at 192.0.2.1, which is not this machine"},
	} {
		sinks, err := alerts.OpenSinks([]alerts.SinkConfig{{Log: true}, c.sink},
			alerts.SinkOptions{Dir: dir, Getenv: func(string) string { return "" }})
		if sinks != nil || err == nil || !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%s: %v; want %s", c.name, err, c.says)
		}
	}
}
