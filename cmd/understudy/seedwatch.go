package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/understudy-iam/understudy/seed"
	"github.com/understudy-iam/understudy/server"
)

// reseed applies the seeds again on SIGHUP and, if they are watched, after each change,
// until ctx is done. An error is logged and changes nothing.
func (c *serveCommand) reseed(ctx context.Context, s *server.Server, logger *slog.Logger) error {
	if len(c.Seed) == 0 {
		if c.WatchSeed {
			return usageError{errors.New("--watch-seed has no effect without --seed; name the file to watch with " +
				"--seed FILE, or leave --watch-seed out")}
		}
		return nil
	}
	w := &fileWatch{
		files: c.Seed, others: seedFiles, apply: s.ApplySeeds, logger: logger, after: settle,
		failed: "the seed was not applied, and nothing has changed",
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	if !c.WatchSeed {
		go w.run(ctx, nil, hangup)
		return nil
	}
	if err := w.start(ctx, hangup); err != nil {
		return fmt.Errorf("--watch-seed: %w", err)
	}
	return nil
}

// seedFiles are the files that a seed refers to, by name.
func seedFiles(name string, text []byte) map[string][]byte {
	files := map[string][]byte{}
	others, _ := seed.Files(name, text) // an error is found when it is applied
	for other, contents := range others {
		files[seed.Beside(name, other)] = contents
	}
	return files
}
