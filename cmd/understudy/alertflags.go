package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/server"
)

// alertFlags are the flags of serve for rules that look at calls.
type alertFlags struct {
	Files []string `group:"Events:" complete:"file" name:"alerts" env:"UNDERSTUDY_ALERTS" placeholder:"FILE|builtin" help:"@alertsFiles"`
	Allow []string `group:"Events:" name:"alerts-allow" env:"UNDERSTUDY_ALERTS_ALLOW" placeholder:"HOST" help:"@alertsAllow"`
}

// set copies the flags to the options and opens the sinks.
func (f *alertFlags) set(o *server.Options) (err error) {
	switch {
	case len(f.Files) == 0 && len(f.Allow) > 0:
		return errors.New("--alerts-allow has no use without --alerts; name a file of rules, or leave it out")
	case len(f.Files) > 0 && o.Events < 0:
		return errors.New("--alerts looks at the calls that are kept, and --events 0 keeps none; leave one of them out")
	}
	o.Alerts.Rules, o.Alerts.Sinks, err = f.open(o.Logger)
	if err == nil && len(f.Files) > 0 {
		o.Logger.Info("calls are looked at with the rules of --alerts", "rules", len(o.Alerts.Rules), "sinks", len(o.Alerts.Sinks))
	}
	return err
}

// open reads the rules and opens the sinks. If no file has a sink, alerts are logged.
func (f *alertFlags) open(logger *slog.Logger) (rules []*alerts.Rule, sinks []alerts.Sink, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("--alerts: %w", errors.Join(err, alerts.CloseSinks(context.Background(), sinks)))
		}
	}()
	for _, name := range f.Files {
		if err := textfile.NotEndless(name); err != nil {
			return nil, sinks, err
		}
		file, err := readAlerts(name)
		if err != nil {
			return nil, sinks, err
		}
		for _, r := range file.Rules {
			if slices.ContainsFunc(rules, func(other *alerts.Rule) bool { return other.Name == r.Name }) {
				return nil, sinks, fmt.Errorf("%s: the rule %s is in another file too; give each rule its own name", name, r.Name)
			}
			rules = append(rules, r)
		}
		opened, err := alerts.OpenSinks(file.Sinks, alerts.SinkOptions{Dir: filepath.Dir(name), Allow: f.Allow, Logger: logger})
		if err != nil {
			return nil, sinks, fmt.Errorf("%s: %w", name, err)
		}
		sinks = append(sinks, opened...)
	}
	if len(sinks) == 0 && len(rules) > 0 {
		sinks = append(sinks, alerts.NewLog(logger))
	}
	return rules, sinks, nil
}

// closingTime is how long the previous sinks have to send what is waiting.
const closingTime = 10 * time.Second

// watch reads the files again when they have changed, and on SIGHUP, until ctx is done.
// An error is logged, and the previous rules stay.
func (f *alertFlags) watch(ctx context.Context, s *server.Server, logger *slog.Logger) error {
	files := slices.DeleteFunc(slices.Clone(f.Files), func(name string) bool { return name == alerts.BuiltinName })
	if len(files) == 0 || s.Alerts() == nil {
		return nil
	}
	w := &fileWatch{
		files: files, logger: logger, after: settle, failed: "the rules of --alerts were not read again, and those before stay",
		apply: func(ctx context.Context) error { return f.reload(ctx, s.Alerts(), logger) },
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	if err := w.start(ctx, hangup); err != nil {
		return fmt.Errorf("--alerts: %w", err)
	}
	return nil
}

func (f *alertFlags) reload(ctx context.Context, engine *alerts.Engine, logger *slog.Logger) error {
	rules, sinks, err := f.open(logger)
	if err != nil {
		return err
	}
	before, err := engine.Reload(ctx, rules, sinks)
	if err != nil {
		return errors.Join(err, alerts.CloseSinks(ctx, sinks))
	}
	logger.Info("read the rules of --alerts again", "rules", len(rules), "sinks", len(sinks))
	ctx, cancel := context.WithTimeout(ctx, closingTime)
	defer cancel()
	if err := alerts.CloseSinks(ctx, before); err != nil {
		logger.Error("not all alerts were sent by the sinks before", "error", err)
	}
	return nil
}
