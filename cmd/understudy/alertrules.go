package main

import (
	"fmt"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// readAlerts reads the rules and sinks of a file, or the built-in rules.
func readAlerts(file string) (*alerts.Config, error) {
	if file == alerts.BuiltinName {
		return &alerts.Config{Rules: alerts.Builtin()}, nil
	}
	text, err := textfile.Read(file, textfile.Document)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, textfile.RootCause(err))
	}
	c, err := alerts.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}
