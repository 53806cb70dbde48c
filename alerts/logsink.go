package alerts

import (
	"context"
	"log/slog"
)

// Log is a Sink that writes a line for each alert to a logger, as a warning.
type Log struct{ logger *slog.Logger }

// NewLog makes a Log.
func NewLog(logger *slog.Logger) *Log { return &Log{logger} }

// Send logs the alert.
func (l *Log) Send(a *Alert) { logAlert(l.logger, "alert", a) }

// Close does nothing: a line is written when it is sent.
func (*Log) Close(context.Context) error { return nil }

// logAlert logs something about an alert, so that the alert can be found again.
func logAlert(logger *slog.Logger, message string, a *Alert, more ...any) {
	logger.Warn(message, append([]any{
		"rule", a.Rule, "severity", a.Severity, "sentence", a.Sentence, "id", a.ID,
		"request_id", a.Event.Detail.RequestID,
	}, more...)...)
}
