package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/server"
)

// Rules that are read again replace the previous ones and their sinks; a file with an
// error changes nothing.
func TestRulesAreReadAgain(t *testing.T) {
	t.Parallel()
	const rule = "rules: [{name: made, severity: low, pattern: {detail: {eventName: [CreateUser]}}}]\n"
	file := filepath.Join(t.TempDir(), "rules.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := &alertFlags{Files: []string{file, alerts.BuiltinName}}
	var log strings.Builder
	o := server.Options{Store: memstore.New(), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	write(rule)
	if err := f.set(&o); err != nil {
		t.Fatal(err)
	}
	if want := `msg="calls are looked at with the rules of --alerts" rules=10 sinks=1`; !strings.Contains(log.String(), want) {
		t.Errorf("the log has %q; want %q", log.String(), want)
	}
	o.Logger = slog.New(slog.DiscardHandler)
	if len(o.Alerts.Rules) != 1+len(alerts.Builtin()) || len(o.Alerts.Sinks) != 1 {
		t.Errorf("%d rules and %d sinks", len(o.Alerts.Rules), len(o.Alerts.Sinks))
	}
	if _, ok := o.Alerts.Sinks[0].(*alerts.Log); !ok {
		t.Errorf("without sinks they go to %T", o.Alerts.Sinks[0])
	}
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	write(rule + "sinks: [{file: alerts.jsonl}, {file: more.jsonl}]\n")
	if err := f.reload(t.Context(), s.Alerts(), o.Logger); err != nil || len(s.Alerts().Sinks()) != 2 {
		t.Errorf("%d sinks, %v", len(s.Alerts().Sinks()), err)
	}
	for text, says := range map[string]string{
		"rules: [{name: made}]":                           file + ": line 1, column ",
		rule + "sinks: [{file: alerts.jsonl}, {file: .}]": file + ": sink 2: ",
	} {
		write(text)
		if err := f.reload(t.Context(), s.Alerts(), o.Logger); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v; want %s", text, err, says)
		}
		if n := len(s.Alerts().Sinks()); n != 2 {
			t.Errorf("after %s there are %d sinks", text, n)
		}
	}
	if err := alerts.CloseSinks(t.Context(), s.Alerts().Sinks()); err != nil {
		t.Error(err)
	}
}
