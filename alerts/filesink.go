package alerts

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/understudy-iam/understudy/internal/linefile"
)

// FileOptions configures a File. Path is required.
type FileOptions struct {
	Path   string
	Logger *slog.Logger // of alerts that cannot be written; nil: nothing is logged

	// Open opens the file to append to it; nil is the system's, and a new file can be
	// read by its owner only.
	Open func(path string) (linefile.Opened, error)
}

// File is a Sink that appends alerts to a file as lines of JSON.
type File struct{ lines *lines }

// NewFile opens the file.
func NewFile(o FileOptions) (*File, error) {
	lines, err := newLines(o.Path, orSilent(o.Logger), o.Open)
	if err != nil {
		return nil, err
	}
	return &File{lines}, nil
}

// Send writes the alert, soon.
func (f *File) Send(a *Alert) {
	body, err := json.Marshal(a)
	if err != nil {
		f.lines.lose(letter{alert: a}, err)
		return
	}
	f.lines.put(letter{a, body})
}

// Close writes what was sent, and closes the file.
func (f *File) Close(ctx context.Context) error { return f.lines.close(ctx) }

func orSilent(logger *slog.Logger) *slog.Logger {
	if logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return logger
}
