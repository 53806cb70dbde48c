package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/understudy-iam/understudy/internal/textfile"
)

// SinkOptions is what the sinks of a file have in common.
type SinkOptions struct {
	Dir    string              // the directory of the file: paths are relative to it
	Allow  []string            // see WebhookOptions.Allow
	Logger *slog.Logger        // nil: nothing is logged
	Getenv func(string) string // nil: os.Getenv
}

// OpenSinks opens the sinks of a file. If one cannot be opened, none is.
func OpenSinks(list []SinkConfig, o SinkOptions) ([]Sink, error) {
	var sinks []Sink
	for i, c := range list {
		s, err := o.open(c)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sink %d: %w", i+1, err), CloseSinks(context.Background(), sinks))
		}
		sinks = append(sinks, s)
	}
	return sinks, nil
}

// CloseSinks closes all of them at once, until ctx is done.
func CloseSinks(ctx context.Context, list []Sink) error {
	errs := make(chan error)
	for _, s := range list {
		go func() { errs <- s.Close(ctx) }()
	}
	var all error
	for range list {
		all = errors.Join(all, <-errs)
	}
	return all
}

func (o SinkOptions) open(c SinkConfig) (Sink, error) {
	switch {
	case c.Webhook != nil:
		return o.webhook(c.Webhook)
	case c.File != "":
		return NewFile(FileOptions{Path: o.path(c.File), Logger: o.Logger})
	}
	return NewLog(orSilent(o.Logger)), nil
}

func (o SinkOptions) webhook(c *WebhookConfig) (Sink, error) {
	secret, err := o.secret(c)
	if err != nil {
		return nil, err
	}
	return NewWebhook(WebhookOptions{
		URL: c.URL, Secret: secret, Allow: o.Allow, Timeout: c.Timeout, Attempts: c.Attempts, Queue: c.Queue,
		DeadLetter: o.path(c.DeadLetter), Logger: o.Logger,
	})
}

// secret reads the secret of a webhook; nil if it has none.
func (o SinkOptions) secret(c *WebhookConfig) ([]byte, error) {
	switch {
	case c.SecretFile != "":
		text, err := textfile.Read(o.path(c.SecretFile), textfile.Document)
		if err != nil {
			return nil, fmt.Errorf("secretFile: %w", err)
		}
		secret, err := ParseSecret(string(text))
		if err != nil {
			return nil, fmt.Errorf("secretFile: %w", err)
		}
		return secret, nil
	case c.SecretEnv != "":
		getenv := o.Getenv
		if getenv == nil {
			getenv = os.Getenv
		}
		secret, err := ParseSecret(getenv(c.SecretEnv))
		if err != nil {
			return nil, fmt.Errorf("secretEnv, the environment variable %s: %w", c.SecretEnv, err)
		}
		return secret, nil
	}
	return nil, nil
}

// path is where a path of the file leads.
func (o SinkOptions) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(o.Dir, p)
}
