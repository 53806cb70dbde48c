package alerts

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/understudy-iam/understudy/internal/linefile"
)

// maxLines is how many lines wait for a file. They wait only while the disk is slow.
const maxLines = 10_000

// lines writes letters to a file, a line each, on a goroutine of its own. A letter that
// cannot be written is logged: nothing is lost in silence.
type lines struct {
	path   string
	logger *slog.Logger
	file   *linefile.File // of the goroutine
	box    *outbox
}

// newLines opens the file; open is nil for files of the system.
func newLines(path string, logger *slog.Logger, open func(string) (linefile.Opened, error)) (*lines, error) {
	file, err := linefile.New(linefile.Options{Path: path, Open: open})
	if err != nil {
		return nil, err
	}
	f := &lines{path: path, logger: logger, file: file}
	f.box = newOutbox(maxLines, f.deliver)
	return f, nil
}

// put takes a letter and does not wait.
func (f *lines) put(l letter) {
	if err := f.box.put(l); err != nil {
		f.lose(l, err)
	}
}

func (f *lines) deliver(l letter) {
	if _, err := f.file.Write(append(l.body[:len(l.body):len(l.body)], '\n')); err != nil {
		f.lose(l, err)
	}
}

// lose says in the log what the file does not hold.
func (f *lines) lose(l letter, err error) {
	logAlert(f.logger, "an alert could not be written to "+f.path, l.alert, "error", err)
}

// close waits until all lines are written, or until ctx is done.
func (f *lines) close(ctx context.Context) error {
	f.box.close()
	select {
	case <-f.box.done:
		return f.file.Close()
	case <-ctx.Done():
		return fmt.Errorf("%s: the last alerts are not written yet: %w", f.path, context.Cause(ctx))
	}
}
