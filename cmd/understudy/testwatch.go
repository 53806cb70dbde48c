package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/understudy-iam/understudy/internal/textfile"
)

// watch runs the files, and runs them again whenever a file that was read has changed.
func (c *testCommand) watch() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	w := &fileWatch{
		files: c.Files, others: c.others, after: settle, logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		failed: "the tests were not run",
	}
	runs := 0
	w.apply = func(ctx context.Context) error {
		for same := false; !same && ctx.Err() == nil; same = c.unchanged() {
			if runs++; runs > 1 {
				_, _ = io.WriteString(os.Stdout, "\n")
			}
			c.tell(c.once(ctx))
			w.digest = w.read() // from here on, changes of files that were read are noticed
		}
		return nil
	}
	hangup := make(chan os.Signal, 1)
	hangup <- syscall.SIGHUP // the first run
	signal.Notify(hangup, syscall.SIGHUP)
	if err := w.start(ctx, hangup); err != nil {
		return fmt.Errorf("--watch: %w", err)
	}
	<-ctx.Done()
	return nil
}

// tell prints an error of a run; another run may follow.
func (c *testCommand) tell(err error) {
	if err != nil && err != errAnsweredNo {
		say("understudy: " + err.Error())
	}
}

// others are the files that the tests have read, with their current contents. All of them
// belong to the first file of tests.
func (c *testCommand) others(name string, _ []byte) map[string][]byte {
	if name != c.Files[0] {
		return nil
	}
	now := map[string][]byte{}
	for path := range c.read {
		now[path], _ = textfile.Read(path, textfile.Seed) // none, if it cannot be read
	}
	return now
}

// unchanged reports whether the files are as they were when the last run read them.
func (c *testCommand) unchanged() bool {
	for path, now := range c.others(c.Files[0], nil) {
		if !bytes.Equal(now, c.read[path]) {
			return false
		}
	}
	return true
}
